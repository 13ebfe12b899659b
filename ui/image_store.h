#pragma once
#include <QImage>
#include <QObject>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "core/json.h"
#include "viewer/picture.h"

namespace roundel {

/// What is to be opened: a case of the project.
struct ImageOrder {
  std::int64_t caseId = 0;
  std::filesystem::path path;
  Json pixelPipeline;
};

/// Opens pictures beside the window: through the limited process `roundel decode` and the pixel pipeline, never in this one. The latest
/// wish is served first; the neighbours of the case on the screen wait behind it, and small pictures for the list have a process of
/// their own, which stands back while somebody waits for a picture. Keeps what was opened, up to `kMostBytes`.
class ImageStore : public QObject {
  Q_OBJECT

 public:
  static constexpr std::size_t kMostBytes = std::size_t{800} << 20;

  explicit ImageStore(QObject* parent = nullptr);
  ~ImageStore() override;

  /// Starts the process that opens pictures, before there is one to be opened.
  void warmUp();
  /// Null where it is not there yet: loaded() or failed() will tell.
  PicturePointer open(const ImageOrder& order);
  /// To be opened when nothing else is wanted.
  void prepare(const ImageOrder& order);
  /// thumbnail() will tell.
  void openThumbnail(const ImageOrder& order);
  /// Forgets everything; answers that are still on their way are not told.
  void clear();

 Q_SIGNALS:
  void loaded(qint64 caseId, const roundel::PicturePointer& picture);
  void failed(qint64 caseId, const QString& sentence);
  void thumbnail(qint64 caseId, const QImage& image);

 private:
  struct Lane {
    std::deque<ImageOrder> orders;  ///< first: next
    std::thread thread;
  };
  void work(Lane& lane, bool thumbnails);
  void keep(std::int64_t caseId, PicturePointer picture);

  std::mutex m_mutex;
  std::condition_variable m_wake;
  bool m_ending = false, m_warm = false;
  int m_generation = 0;
  Lane m_pictures, m_thumbnails;
  std::set<std::int64_t> m_wanted;                             ///< whose end is told
  std::deque<std::pair<std::int64_t, PicturePointer>> m_kept;  ///< first: used last
};

}  // namespace roundel

Q_DECLARE_METATYPE(roundel::PicturePointer)
