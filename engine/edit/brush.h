#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/geometry.h"
#include "core/mask.h"

namespace roundel {

/// A place in an image: pixel centres at integers, first pixel (0, 0, 0), x right, y down, z slice. Between pixels is allowed.
struct EditPoint {
  double x = 0, y = 0, z = 0;
  bool operator==(const EditPoint&) const = default;
};

/// One plane of a volume (or a picture: axis Z, index 0). X is sagittal, Y coronal, Z axial where the direction is the identity.
enum class SliceAxis { X, Y, Z };
struct SlicePlane {
  SliceAxis axis = SliceAxis::Z;
  std::int64_t index = 0;
  bool operator==(const SlicePlane&) const = default;
};

enum class BrushShape {
  Round,  ///< a disc on a slice, a ball in a volume
  Square  ///< a square on a slice, a cube in a volume
};
enum class LengthUnit { Pixels, Millimetres };

struct Brush {
  BrushShape shape = BrushShape::Round;
  double radius = 10;  ///< from the centre to the edge; 0.5 is one pixel
  LengthUnit unit = LengthUnit::Pixels;
};

/// Pixels x0 <= x < x1 of row (y, z).
struct PixelSpan {
  std::int64_t y = 0, z = 0, x0 = 0, x1 = 0;
};

/// What the brush covers on its straight way from one point to the next: every pixel whose centre comes within the radius, exactly,
/// so that fast strokes have no gaps. From a point to itself it is one dab. On a slice the points are taken into its plane; without one
/// the brush is a ball or cube. A brush smaller than a pixel draws the pixels under it. Spans come in row-major order, cut at the grid.
/// Throws Error(Usage, "bad-parameter") on a radius that is no positive number up to 4096 pixels, or points that are no numbers.
std::vector<PixelSpan> brushSpans(const Brush& brush, const EditPoint& from, const EditPoint& to, const Geometry& geometry,
                                  std::optional<SlicePlane> slice);
/// The whole stroke as a mask; one point is a dab.
Mask strokeMask(const Brush& brush, const std::vector<EditPoint>& points, const Geometry& geometry, std::optional<SlicePlane> slice);

std::string toString(BrushShape shape);
std::string toString(SliceAxis axis);
std::string toString(LengthUnit unit);
/// Throw Error(Usage, "bad-parameter").
BrushShape brushShapeFromString(const std::string& text);
SliceAxis sliceAxisFromString(const std::string& text);
LengthUnit lengthUnitFromString(const std::string& text);

}  // namespace roundel
