#include "edit/brush.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>

#include "core/error.h"

namespace roundel {
namespace {

constexpr double kLargestRadius = 4096;
constexpr double kFarthest = 1e7;
constexpr double kSlack = 1e-9;   ///< a centre exactly at the radius is in
constexpr double kPencil = 0.75;  ///< below this radius a brush may slip between pixel centres
constexpr double kNothing = std::numeric_limits<double>::infinity();

/// A part of a row of pixel centres, in radii from the stroke's first point; empty where high < low.
struct Interval {
  double low = kNothing, high = -kNothing;

  void add(double from, double to) {
    low = std::min(low, from);
    high = std::max(high, to);
  }
};

/// The way of the brush in units of its radius on every axis, from the origin to `d`.
struct Way {
  std::array<double, 3> from{};    ///< first point, pixels
  std::array<double, 3> radius{};  ///< pixels
  std::array<double, 3> d{};
};

/// Where a row at (v, w) lies in the disc or ball around (centre, ...) of radius 1.
void addBall(Interval& row, double u, double v, double w) {
  const double rest = 1 + kSlack - v * v - w * w;
  if (rest >= 0) row.add(u - std::sqrt(rest), u + std::sqrt(rest));
}

/// A capsule is the balls at both ends and the cylinder between them; the union is convex, so a row meets it in one interval.
Interval capsuleRow(const Way& way, double v, double w) {
  Interval row;
  addBall(row, 0, v, w);
  const auto& d = way.d;
  addBall(row, d[0], v - d[1], w - d[2]);
  const double length = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
  if (length <= 0) return row;
  // |P|^2 - (P.d)^2 / |d|^2 <= 1 as a quadratic in u, for 0 <= P.d <= |d|^2.
  const double k = v * d[1] + w * d[2];
  const double a = length - d[0] * d[0], half = -d[0] * k, c = length * (v * v + w * w - 1 - kSlack) - k * k;
  double low = -kNothing, high = kNothing;
  if (a > kSlack * length) {
    const double root = half * half - a * c;
    if (root < 0) return row;
    low = (-half - std::sqrt(root)) / a;
    high = (-half + std::sqrt(root)) / a;
  } else if (c > 0) {
    return row;
  }
  if (d[0] != 0) {
    const double begin = -k / d[0], end = (length - k) / d[0];
    low = std::max(low, std::min(begin, end));
    high = std::min(high, std::max(begin, end));
  } else if (k < 0 || k > length) {
    return row;
  }
  if (low <= high) row.add(low, high);
  return row;
}

/// The part of the way, 0..1, on which a coordinate stays within a radius of `at`.
void narrow(double at, double d, double& begin, double& end) {
  const double low = at - 1 - kSlack, high = at + 1 + kSlack;
  if (d == 0) {
    if (low > 0 || high < 0) end = -1;
    return;
  }
  begin = std::max(begin, std::min(low / d, high / d));
  end = std::min(end, std::max(low / d, high / d));
}

Interval squareRow(const Way& way, double v, double w) {
  double begin = 0, end = 1;
  narrow(v, way.d[1], begin, end);
  narrow(w, way.d[2], begin, end);
  Interval row;
  if (begin > end) return row;
  for (const double t : {begin, end}) row.add(way.d[0] * t - 1 - kSlack, way.d[0] * t + 1 + kSlack);
  return row;
}

void requireUsable(const Brush& brush, const EditPoint& point, const Geometry& geometry) {
  for (const double value : {point.x, point.y, point.z})
    if (!std::isfinite(value) || std::abs(value) > kFarthest)
      throw Error(ErrorKind::Usage, "bad-parameter", "A point of a stroke is no place near the image.");
  if (!(brush.radius > 0) || !std::isfinite(brush.radius))
    throw Error(ErrorKind::Usage, "bad-parameter", "The radius of a brush is a length above 0.");
  if (brush.unit == LengthUnit::Millimetres)
    for (const double step : geometry.spacingMm)
      if (!(step > 0) || !std::isfinite(step))
        throw Error(ErrorKind::BadInput, "bad-image", "The image's spacing is not a length above 0.");
}

Way wayOf(const Brush& brush, const EditPoint& from, const EditPoint& to, const Geometry& geometry, std::optional<SlicePlane> slice) {
  Way way{.from = {from.x, from.y, from.z}};
  std::array<double, 3> end{to.x, to.y, to.z};
  if (slice) {
    const auto axis = static_cast<std::size_t>(slice->axis);
    way.from[axis] = end[axis] = static_cast<double>(slice->index);
  }
  for (std::size_t axis = 0; axis < 3; ++axis) {
    way.radius[axis] = brush.unit == LengthUnit::Millimetres ? brush.radius / geometry.spacingMm[axis] : brush.radius;
    if (way.radius[axis] > kLargestRadius) throw Error(ErrorKind::Usage, "bad-parameter", "The radius of a brush is at most 4096 pixels.");
    way.radius[axis] = std::max(way.radius[axis], 0.5);
    way.d[axis] = (end[axis] - way.from[axis]) / way.radius[axis];
  }
  return way;
}

/// The pixels under a thin line.
std::vector<PixelSpan> pencilSpans(const Way& way, const Size& size) {
  std::array<double, 3> length{};
  double longest = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    length[axis] = way.d[axis] * way.radius[axis];
    longest = std::max(longest, std::abs(length[axis]));
  }
  const auto steps = static_cast<std::int64_t>(std::ceil(2 * longest));
  std::vector<PixelSpan> spans;
  for (std::int64_t i = 0; i <= steps; ++i) {
    const double t = steps == 0 ? 0 : static_cast<double>(i) / static_cast<double>(steps);
    const auto at = [&](std::size_t axis) { return std::llround(way.from[axis] + t * length[axis]); };
    const std::int64_t x = at(0), y = at(1), z = at(2);
    if (x >= 0 && y >= 0 && z >= 0 && x < size.x && y < size.y && z < size.z) spans.push_back({y, z, x, x + 1});
  }
  std::sort(spans.begin(), spans.end(),
            [](const PixelSpan& a, const PixelSpan& b) { return std::tie(a.z, a.y, a.x0) < std::tie(b.z, b.y, b.x0); });
  std::vector<PixelSpan> joined;
  for (const auto& span : spans) {
    if (!joined.empty() && joined.back().y == span.y && joined.back().z == span.z && span.x0 <= joined.back().x1)
      joined.back().x1 = std::max(joined.back().x1, span.x1);
    else joined.push_back(span);
  }
  return joined;
}

struct Rows {
  std::int64_t begin = 0, end = 0;
};

/// The rows or slices between which the way lies, cut at the grid; only the slice's own where the axis is its normal.
Rows rowsOf(const Way& way, std::size_t axis, std::int64_t extent, std::optional<SlicePlane> slice) {
  if (slice && static_cast<std::size_t>(slice->axis) == axis) {
    const bool inside = slice->index >= 0 && slice->index < extent;
    return inside ? Rows{slice->index, slice->index + 1} : Rows{};
  }
  const double a = way.from[axis], b = a + way.d[axis] * way.radius[axis];
  const auto low = static_cast<std::int64_t>(std::ceil(std::min(a, b) - way.radius[axis] - kSlack));
  const auto high = static_cast<std::int64_t>(std::floor(std::max(a, b) + way.radius[axis] + kSlack));
  return {std::max<std::int64_t>(low, 0), std::min(high + 1, extent)};
}

}  // namespace

std::vector<PixelSpan> brushSpans(const Brush& brush, const EditPoint& from, const EditPoint& to, const Geometry& geometry,
                                  std::optional<SlicePlane> slice) {
  requireUsable(brush, from, geometry);
  requireUsable(brush, to, geometry);
  const Size& size = geometry.size;
  const Way way = wayOf(brush, from, to, geometry, slice);
  bool thin = true;
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (!(slice && static_cast<std::size_t>(slice->axis) == axis) && way.radius[axis] >= kPencil) thin = false;
  if (thin) return pencilSpans(way, size);

  const Rows zs = rowsOf(way, 2, size.z, slice), ys = rowsOf(way, 1, size.y, slice), xs = rowsOf(way, 0, size.x, slice);
  std::vector<PixelSpan> spans;
  for (std::int64_t z = zs.begin; z < zs.end; ++z)
    for (std::int64_t y = ys.begin; y < ys.end; ++y) {
      const double v = (static_cast<double>(y) - way.from[1]) / way.radius[1], w = (static_cast<double>(z) - way.from[2]) / way.radius[2];
      const Interval row = brush.shape == BrushShape::Round ? capsuleRow(way, v, w) : squareRow(way, v, w);
      if (row.low > row.high) continue;
      const double low = std::ceil(way.from[0] + row.low * way.radius[0] - kSlack);
      const double high = std::floor(way.from[0] + row.high * way.radius[0] + kSlack);
      const std::int64_t x0 = std::max(static_cast<std::int64_t>(low), xs.begin);
      const std::int64_t x1 = std::min(static_cast<std::int64_t>(high) + 1, xs.end);
      if (x0 < x1) spans.push_back({y, z, x0, x1});
    }
  return spans;
}

Mask strokeMask(const Brush& brush, const std::vector<EditPoint>& points, const Geometry& geometry, std::optional<SlicePlane> slice) {
  const Size& size = geometry.size;
  std::vector<Mask::Run> runs;
  for (std::size_t i = 0; i < points.size(); ++i)
    for (const auto& span : brushSpans(brush, points[i > 0 ? i - 1 : 0], points[i], geometry, slice))
      runs.push_back({(span.z * size.y + span.y) * size.x + span.x0, span.x1 - span.x0});
  return Mask(size, std::move(runs));
}

std::string toString(BrushShape shape) { return shape == BrushShape::Round ? "round" : "square"; }
std::string toString(SliceAxis axis) { return axis == SliceAxis::X ? "x" : axis == SliceAxis::Y ? "y" : "z"; }
std::string toString(LengthUnit unit) { return unit == LengthUnit::Pixels ? "px" : "mm"; }

BrushShape brushShapeFromString(const std::string& text) {
  for (const auto shape : {BrushShape::Round, BrushShape::Square})
    if (toString(shape) == text) return shape;
  throw Error(ErrorKind::Usage, "bad-parameter", "There is no brush of the shape " + text + ".", {.remedy = "Known: round, square."});
}

SliceAxis sliceAxisFromString(const std::string& text) {
  for (const auto axis : {SliceAxis::X, SliceAxis::Y, SliceAxis::Z})
    if (toString(axis) == text) return axis;
  throw Error(ErrorKind::Usage, "bad-parameter", "There is no axis named " + text + ".", {.remedy = "Known: x, y, z."});
}

LengthUnit lengthUnitFromString(const std::string& text) {
  for (const auto unit : {LengthUnit::Pixels, LengthUnit::Millimetres})
    if (toString(unit) == text) return unit;
  throw Error(ErrorKind::Usage, "bad-parameter", "There is no unit of length named " + text + ".", {.remedy = "Known: px, mm."});
}

}  // namespace roundel
