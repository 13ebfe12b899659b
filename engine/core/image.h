#pragma once
#include <vector>

#include "core/geometry.h"

namespace roundel {

/// A picture after the pixel pipeline: what a person sees, what a generalist is asked about and what a specialist learns from.
///
/// Grey values in [0, 1] for radiographs (0 black); z-normalised or as stored for volumes. Order: x fastest, then y, then z.
struct Image {
  Geometry geometry;
  std::vector<float> values;  ///< geometry.size.count() of them

  std::int64_t width() const { return geometry.size.x; }
  std::int64_t height() const { return geometry.size.y; }
};

}  // namespace roundel
