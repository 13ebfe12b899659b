#pragma once
#include <QColor>
#include <QImage>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "core/mask.h"
#include "viewer/picture.h"

// Volumes whose look can be worked out by hand, and how far two pictures of them are apart.
namespace roundel::test {

inline PicturePointer pictureOf(const Geometry& geometry, std::vector<std::uint16_t> values) {
  StoredImage image;
  image.geometry = geometry;
  image.bitsStored = 12;
  image.values = std::move(values);
  return std::make_shared<Picture>(std::move(image), PixelPipelineSettings{});
}

inline Mask ball(const Size& size, double cx, double cy, double cz, double radius) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size.count()));
  for (std::int64_t z = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x)
        bytes[static_cast<std::size_t>((z * size.y + y) * size.x + x)] =
            std::hypot(static_cast<double>(x) - cx, static_cast<double>(y) - cy, static_cast<double>(z) - cz) < radius;
  return Mask::fromBytes(size, bytes);
}

/// Pixels that differ by more than a rounding, in hundredths of all.
inline double differing(const QImage& a, const QImage& b) {
  if (a.size() != b.size()) return 100;
  int count = 0;
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x) {
      const QColor p = a.pixelColor(x, y), q = b.pixelColor(x, y);
      count += std::abs(p.red() - q.red()) + std::abs(p.green() - q.green()) + std::abs(p.blue() - q.blue()) > 9 ? 1 : 0;
    }
  return 100.0 * count / std::max(1, a.width() * a.height());
}

}  // namespace roundel::test
