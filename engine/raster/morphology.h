#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/mask.h"

namespace roundel {

/// Shapes of scikit-image's footprints, which the paper's search went through (ALGORITHMS 6.7).
enum class ElementShape {
  Square,   ///< |dx| <= r and |dy| <= r
  Disk,     ///< dx^2 + dy^2 <= r^2
  Diamond,  ///< |dx| + |dy| <= r
  Star      ///< the square of radius r and the diamond of radius r + r/2 (whole division) together
};

/// A structuring element, symmetric about its centre. Radius 0 is the single pixel: nothing changes.
struct StructuringElement {
  ElementShape shape = ElementShape::Square;
  int radius = 1;

  /// Half width of every row of the element, from dy = -reach() to reach().
  std::vector<std::int64_t> halfWidths() const;
  std::int64_t reach() const;
};

/// What lies beyond the edge of the image when a mask is eroded.
enum class Outside { Background, Foreground };

/// Binary morphology in the plane, over run lengths; volumes slice by slice. Throw Error(Usage, "bad-parameter") on a negative
/// radius or one above 4096.
Mask dilated(const Mask& mask, const StructuringElement& element);
Mask eroded(const Mask& mask, const StructuringElement& element, Outside outside = Outside::Foreground);
Mask opened(const Mask& mask, const StructuringElement& element);
Mask closed(const Mask& mask, const StructuringElement& element);

/// The pixels whose neighbours by sides (4 in a picture, 6 in a volume) are all in the mask: its erosion by the smallest cross,
/// pixels beyond the image being background. What is left of the mask is its surface (medpy).
Mask interior(const Mask& mask);

std::string toString(ElementShape shape);
/// Throws Error(Usage, "bad-parameter").
ElementShape elementShapeFromString(const std::string& text);

}  // namespace roundel
