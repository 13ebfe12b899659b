#include "ui/image_store.h"

#include <QCoreApplication>
#include <algorithm>

#include "imaging/decode_client.h"
#include "ui/texts.h"

namespace roundel {
namespace {

constexpr int kThumbnailSide = 128;

QImage thumbnailOf(const Picture& picture) {
  const auto& level = picture.levels().back();
  const auto table = picture.greyTable(picture.settings());
  const std::uint16_t* codes = level.codes.data() + picture.size().z / 2 * level.width * level.height;
  QImage image(static_cast<int>(level.width), static_cast<int>(level.height), QImage::Format_Grayscale8);
  for (int y = 0; y < image.height(); ++y) {
    uchar* line = image.scanLine(y);
    for (int x = 0; x < image.width(); ++x) line[x] = table[codes[static_cast<std::int64_t>(y) * level.width + x]];
  }
  return image.scaled(kThumbnailSide, kThumbnailSide, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

}  // namespace

ImageStore::ImageStore(QObject* parent) : QObject(parent) {
  qRegisterMetaType<roundel::PicturePointer>("roundel::PicturePointer");
  m_pictures.thread = std::thread([this] { work(m_pictures, false); });
  m_thumbnails.thread = std::thread([this] { work(m_thumbnails, true); });
}

ImageStore::~ImageStore() {
  {
    const std::lock_guard lock(m_mutex);
    m_ending = true;
    m_pictures.orders.clear();
    m_thumbnails.orders.clear();
  }
  m_wake.notify_all();
  m_pictures.thread.join();
  m_thumbnails.thread.join();
}

void ImageStore::warmUp() {
  const std::lock_guard lock(m_mutex);
  m_warm = true;
  m_wake.notify_all();
}

PicturePointer ImageStore::open(const ImageOrder& order) {
  const std::lock_guard lock(m_mutex);
  const auto kept = std::find_if(m_kept.begin(), m_kept.end(), [&](const auto& one) { return one.first == order.caseId; });
  if (kept != m_kept.end()) {
    const auto entry = *kept;
    m_kept.erase(kept);
    m_kept.push_front(entry);
    return entry.second;
  }
  std::erase_if(m_pictures.orders, [&](const ImageOrder& one) { return one.caseId == order.caseId; });
  m_pictures.orders.push_front(order);
  m_wanted = {order.caseId};
  m_wake.notify_all();
  return nullptr;
}

void ImageStore::prepare(const ImageOrder& order) {
  const std::lock_guard lock(m_mutex);
  const auto same = [&](const auto& one) { return one.first == order.caseId; };
  if (std::any_of(m_kept.begin(), m_kept.end(), same)) return;
  std::erase_if(m_pictures.orders, [&](const ImageOrder& one) { return one.caseId == order.caseId; });
  if (m_pictures.orders.size() >= 4) m_pictures.orders.pop_back();  // neighbours of where one was long ago
  m_pictures.orders.push_back(order);
  m_wake.notify_all();
}

void ImageStore::openThumbnail(const ImageOrder& order) {
  const std::lock_guard lock(m_mutex);
  if (std::any_of(m_thumbnails.orders.begin(), m_thumbnails.orders.end(), [&](const auto& one) { return one.caseId == order.caseId; }))
    return;
  m_thumbnails.orders.push_front(order);
  m_wake.notify_all();
}

void ImageStore::clear() {
  const std::lock_guard lock(m_mutex);
  ++m_generation;
  m_pictures.orders.clear();
  m_thumbnails.orders.clear();
  m_wanted.clear();
  m_kept.clear();
}

void ImageStore::keep(std::int64_t caseId, PicturePointer picture) {
  m_kept.emplace_front(caseId, std::move(picture));
  std::size_t sum = 0;
  for (auto one = m_kept.begin(); one != m_kept.end(); ++one) {
    sum += one->second->bytes();
    if (sum > kMostBytes && one != m_kept.begin()) {
      m_kept.erase(one, m_kept.end());
      break;
    }
  }
}

void ImageStore::work(Lane& lane, bool thumbnails) {
  DecodeClient client;
  bool started = thumbnails;
  for (;;) {
    ImageOrder order;
    int generation = 0;
    {
      std::unique_lock lock(m_mutex);
      m_wake.wait(lock, [&] { return m_ending || (!started && m_warm) || (!lane.orders.empty() && (!thumbnails || m_wanted.empty())); });
      if (m_ending) return;
      if (!started && lane.orders.empty()) {
        started = true;
        lock.unlock();
        try {
          client.start();
        } catch (const Error&) {
          // Said when a picture is wanted.
        }
        continue;
      }
      order = lane.orders.front();
      lane.orders.pop_front();
      generation = m_generation;
    }
    const auto stale = [&] {
      const std::lock_guard lock(m_mutex);
      return m_ending || generation != m_generation;
    };
    PicturePointer picture;
    QString sentence;
    try {
      DecodeRequest request{.paths = {order.path}};
      request.stopRequested = stale;
      picture = std::make_shared<const Picture>(client.decode(request).image, pixelPipelineFromJson(order.pixelPipeline));
    } catch (const Cancelled&) {
      continue;
    } catch (const Error& error) {
      sentence = sentenceOf(error);
    } catch (const std::exception& error) {
      sentence = QCoreApplication::translate("ImageStore", "The picture could not be opened (%1).").arg(QString::fromUtf8(error.what()));
    }
    // Told on the window's thread; what is told there was true when it was sent.
    if (!thumbnails) {
      const std::lock_guard lock(m_mutex);
      if (m_ending || generation != m_generation) continue;
      std::erase_if(m_thumbnails.orders, [&](const ImageOrder& one) { return one.caseId == order.caseId; });
      if (picture) keep(order.caseId, picture);
      if (m_wanted.erase(order.caseId) > 0) {
        if (picture) QMetaObject::invokeMethod(this, [this, id = order.caseId, picture] { Q_EMIT loaded(id, picture); });
        else QMetaObject::invokeMethod(this, [this, id = order.caseId, sentence] { Q_EMIT failed(id, sentence); });
        m_wake.notify_all();  // small pictures go on
      }
    }
    const QImage small = picture ? thumbnailOf(*picture) : QImage();
    const std::lock_guard lock(m_mutex);
    if (m_ending || generation != m_generation || small.isNull()) continue;
    QMetaObject::invokeMethod(this, [this, id = order.caseId, small] { Q_EMIT thumbnail(id, small); });
  }
}

}  // namespace roundel
