#pragma once
#include <QObject>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "edit/edit_tool.h"

namespace roundel {

class SeenImage;

/// Where the outline that clings to edges would run, worked out beside the window while the mouse moves. The latest question counts.
class LivewirePaths : public QObject {
  Q_OBJECT

 public:
  struct Ground {
    std::shared_ptr<SeenImage> image;
    std::optional<SlicePlane> slice;
    double smoothing = 1.5, sharpness = 2;
    bool operator==(const Ground&) const = default;
  };
  using Way = std::pair<EditPoint, EditPoint>;  ///< from, to; in pixels of the case

  explicit LivewirePaths(QObject* parent = nullptr);
  ~LivewirePaths() override;
  void ask(Ground ground, std::vector<Way> ways);

 Q_SIGNALS:
  /// Places in pixels of the case, from one end to the other.
  void found(const roundel::EditPoint& from, const roundel::EditPoint& to, const std::vector<roundel::EditPoint>& path);

 private:
  void work();

  std::mutex m_mutex;
  std::condition_variable m_wake;
  bool m_ending = false;
  std::optional<std::pair<Ground, std::vector<Way>>> m_question;
  std::thread m_thread;
};

}  // namespace roundel
