#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/annotation.h"
#include "core/image.h"
#include "core/random.h"
#include "edit/brush.h"

namespace roundel::test {

inline Geometry geometryOf(Size size, std::array<double, 3> spacingMm = {1, 1, 1}) {
  return {.size = size, .spacingMm = spacingMm, .spacingSource = SpacingSource::User};
}

/// A box of pixels as a mask.
inline Mask boxMask(Size size, std::int64_t x0, std::int64_t y0, std::int64_t x1, std::int64_t y1, std::int64_t z0 = 0,
                    std::int64_t z1 = 1) {
  std::vector<Mask::Run> runs;
  for (std::int64_t z = z0; z < z1; ++z)
    for (std::int64_t y = y0; y < y1; ++y) runs.push_back({(z * size.y + y) * size.x + x0, x1 - x0});
  return Mask(size, std::move(runs));
}

/// Blobs of every class that overlap, some with holes, some classes absent, some not annotated, and a region to ignore.
inline Annotation randomAnnotation(Size size, int classCount, std::uint64_t seed) {
  Random random(seed, "annotation");
  Annotation annotation = Annotation::empty(size, classCount);
  const auto blob = [&] {
    const auto along = [&](std::int64_t extent) {
      const std::int64_t a = random.below(extent);
      return std::pair{a, a + 1 + random.below(extent - a)};
    };
    const auto [x0, x1] = along(size.x);
    const auto [y0, y1] = along(size.y);
    const auto [z0, z1] = along(size.z);
    return boxMask(size, x0, y0, x1, y1, z0, z1);
  };
  const auto speckles = [&] {  // single pixels, a tenth of all
    std::vector<Mask::Run> runs;
    for (std::int64_t at = 0; at < size.count(); ++at)
      if (random.below(10) == 0) runs.push_back({at, 1});
    return Mask(size, std::move(runs));
  };
  for (int i = 0; i < classCount; ++i) {
    if (random.below(5) == 0) continue;
    Mask mask = random.below(6) == 0 ? Mask(size) : unite(blob(), blob());
    if (random.below(2) == 0) mask = subtract(mask, speckles());
    annotation.set(i, std::move(mask));
  }
  annotation.ignore = blob();
  return annotation;
}

inline Image randomImage(const Geometry& geometry, std::uint64_t seed) {
  Random random(seed, "image");
  Image image{.geometry = geometry, .values = {}};
  for (std::int64_t i = 0; i < geometry.size.count(); ++i) image.values.push_back(static_cast<float>(random.uniform()));
  return image;
}

/// A place in the image or a little outside.
inline EditPoint randomPoint(Size size, Random& random) {
  const auto along = [&](std::int64_t extent) { return random.uniform(-2.0, static_cast<double>(extent) + 1.0); };
  return {along(size.x), along(size.y), along(size.z)};
}

}  // namespace roundel::test
