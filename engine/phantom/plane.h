#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
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
  Point toMm(double i, double j) const {
    const double x = (i - 0.5 * (width - 1)) * mmPerPixel;
    const double y = (j - 0.5 * (height - 1)) * mmPerPixel;
    const double c = std::cos(rotation), s = std::sin(rotation);
    return {centreMm.x + c * x + s * y, centreMm.y - s * x + c * y};
  }
  Point toPixel(Point mm) const {
    const double x = mm.x - centreMm.x, y = mm.y - centreMm.y;
    const double c = std::cos(rotation), s = std::sin(rotation);
    return {(c * x - s * y) / mmPerPixel + 0.5 * (width - 1), (s * x + c * y) / mmPerPixel + 0.5 * (height - 1)};
  }
};

/// Calls visit(pixelIndex, pointMm) for every pixel within `radiusMm` (as a square) of `middle`; visit says whether the pixel is
/// in the solid's shadow. Returns the shadow.
template <class Visit>
Mask castShadow(const Plane& plane, Point middle, double radiusMm, Visit&& visit) {
  const Size size{plane.width, plane.height, 1};
  const Point pixel = plane.toPixel(middle);
  const double reach = radiusMm / plane.mmPerPixel + 1;
  const auto bound = [](double value, int limit) { return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(limit))); };
  const int x0 = bound(std::floor(pixel.x - reach), plane.width), x1 = bound(std::ceil(pixel.x + reach) + 1, plane.width);
  const int y0 = bound(std::floor(pixel.y - reach), plane.height), y1 = bound(std::ceil(pixel.y + reach) + 1, plane.height);
  const Point right{std::cos(plane.rotation) * plane.mmPerPixel, -std::sin(plane.rotation) * plane.mmPerPixel};
  std::vector<Mask::Run> runs;
  for (int y = y0; y < y1; ++y) {
    const Point first = plane.toMm(0, y);
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

/// The same over the whole picture, for what has no outline.
template <class Visit>
void forEachRay(const Plane& plane, Visit&& visit) {
  const Point right{std::cos(plane.rotation) * plane.mmPerPixel, -std::sin(plane.rotation) * plane.mmPerPixel};
  for (int y = 0; y < plane.height; ++y) {
    const Point first = plane.toMm(0, y);
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

/// exp(-x^2 / 2) of (value - middle) / sigma.
inline double bell(double value, double middle, double sigma) { return std::exp(-0.5 * square((value - middle) / sigma)); }

}  // namespace roundel::phantom
