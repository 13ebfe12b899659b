#pragma once
#include <memory>
#include <mutex>

#include "core/image.h"
#include "viewer/picture.h"

namespace roundel {

/// The picture as the pixel pipeline gives it to trainer and generalist: what tools that look at grey values work on. Made when it is first
/// asked for, by whoever asks: for a large radiograph better not the thread of the window.
class SeenImage {
 public:
  explicit SeenImage(PicturePointer picture) : m_picture(std::move(picture)) {}
  /// Any thread; a second one waits for the first.
  std::shared_ptr<const Image> get();

 private:
  PicturePointer m_picture;
  std::mutex m_mutex;
  std::shared_ptr<const Image> m_image;
};

}  // namespace roundel
