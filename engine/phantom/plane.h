#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/mask.h"

namespace roundel::phantom {

/// A value a pixel, x fastest.
using Map = std::vector<float>;

struct Point {
  double x = 0;
  double y = 0;
};

/// The detector's grid over the plane of projection (mm, x right, y down). The patient may lie rotated and shifted in it.
struct Plane {
  int width = 0;
  int height = 0;
  double mmPerPixel = 1;
  Point centreMm;       ///< what falls on the middle of the picture
  double rotation = 0;  ///< radians, clockwise on screen

  std::size_t count() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
  /// Patient's millimetres at a pixel centre.
  Point toMm(double i, double j) const { return toMm(i, j, std::cos(rotation), std::sin(rotation)); }
  /// With the rotation's cosine and sine at hand.
  Point toMm(double i, double j, double c, double s) const {
    const double x = (i - 0.5 * (width - 1)) * mmPerPixel;
    const double y = (j - 0.5 * (height - 1)) * mmPerPixel;
    return {centreMm.x + c * x + s * y, centreMm.y - s * x + c * y};
  }
  Point toPixel(Point mm) const {
    const double x = mm.x - centreMm.x, y = mm.y - centreMm.y;
    const double c = std::cos(rotation), s = std::sin(rotation);
    return {(c * x - s * y) / mmPerPixel + 0.5 * (width - 1), (s * x + c * y) / mmPerPixel + 0.5 * (height - 1)};
  }
};

/// Pixels x0 <= x < x1, y0 <= y < y1 of a plane.
struct PixelRange {
  int x0 = 0, x1 = 0, y0 = 0, y1 = 0;

  static PixelRange between(const Plane& plane, Point low, Point high) {
    const auto bound = [](double value, int limit) { return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(limit))); };
    return {bound(std::floor(low.x), plane.width), bound(std::ceil(high.x) + 1, plane.width), bound(std::floor(low.y), plane.height),
            bound(std::ceil(high.y) + 1, plane.height)};
  }
  /// All within `radiusMm` of `middle`, as a square.
  static PixelRange around(const Plane& plane, Point middle, double radiusMm) {
    const Point pixel = plane.toPixel(middle);
    const double reach = radiusMm / plane.mmPerPixel + 1;
    return between(plane, {pixel.x - reach, pixel.y - reach}, {pixel.x + reach, pixel.y + reach});
  }
  /// Those of them in the upright box around a solid's corners (mm).
  PixelRange within(const Plane& plane, const std::array<Point, 4>& corners) const {
    Point low{1e9, 1e9}, high{-1e9, -1e9};
    for (const Point& corner : corners) {
      const Point pixel = plane.toPixel(corner);
      low = {std::min(low.x, pixel.x), std::min(low.y, pixel.y)};
      high = {std::max(high.x, pixel.x), std::max(high.y, pixel.y)};
    }
    const PixelRange box = between(plane, low, high);
    return {std::max(x0, box.x0), std::min(x1, box.x1), std::max(y0, box.y0), std::min(y1, box.y1)};
  }
};

/// Calls visit(pixelIndex, pointMm) for every pixel of a range, row after row; visit says whether the pixel is in the solid's shadow.
/// Returns the shadow.
template <class Visit>
Mask castShadow(const Plane& plane, const PixelRange& range, Visit&& visit) {
  const Size size{plane.width, plane.height, 1};
  const auto [x0, x1, y0, y1] = range;
  const double c = std::cos(plane.rotation), s = std::sin(plane.rotation);
  const Point right{c * plane.mmPerPixel, -s * plane.mmPerPixel};
  std::vector<Mask::Run> runs;
  for (int y = y0; y < y1; ++y) {
    const Point first = plane.toMm(0, y, c, s);
    std::int64_t start = -1;
    const std::int64_t row = static_cast<std::int64_t>(y) * plane.width;
    for (int x = x0; x < x1; ++x) {
      const bool inside = visit(static_cast<std::size_t>(row + x), Point{first.x + right.x * x, first.y + right.y * x});
      if (inside && start < 0) start = row + x;
      if (!inside && start >= 0) {
        runs.push_back({start, row + x - start});
        start = -1;
      }
    }
    if (start >= 0) runs.push_back({start, row + x1 - start});
  }
  return Mask(size, std::move(runs));
}

/// The same for every pixel within `radiusMm` (as a square) of `middle`.
template <class Visit>
Mask castShadow(const Plane& plane, Point middle, double radiusMm, Visit&& visit) {
  return castShadow(plane, PixelRange::around(plane, middle, radiusMm), std::forward<Visit>(visit));
}

/// The same over the whole picture, for what has no outline.
template <class Visit>
void forEachRay(const Plane& plane, Visit&& visit) {
  const double c = std::cos(plane.rotation), s = std::sin(plane.rotation);
  const Point right{c * plane.mmPerPixel, -s * plane.mmPerPixel};
  for (int y = 0; y < plane.height; ++y) {
    const Point first = plane.toMm(0, y, c, s);
    for (int x = 0; x < plane.width; ++x)
      visit(static_cast<std::size_t>(y) * static_cast<std::size_t>(plane.width) + static_cast<std::size_t>(x),
            Point{first.x + right.x * x, first.y + right.y * x});
  }
}

inline double smoothStep(double low, double high, double value) {
  const double t = std::clamp((value - low) / (high - low), 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

inline double square(double value) { return value * value; }

/// exp(-x^2 / 2) of (value - middle) / sigma; beyond nine sigmas (2.6e-18) nothing.
inline double bell(double value, double middle, double sigma) {
  const double squares = square((value - middle) / sigma);
  return squares > 81 ? 0 : std::exp(-0.5 * squares);
}

}  // namespace roundel::phantom
