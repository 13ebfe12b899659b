#include "raster/polygon.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "raster/label_size.h"

namespace roundel {
namespace {

constexpr double kFarthest = 1e6;
constexpr std::int64_t kMaximumCrossings = std::int64_t{1} << 26;

void requireUsable(OutlinePoint point) {
  if (!std::isfinite(point.x) || !std::isfinite(point.y))
    throw Error(ErrorKind::BadInput, "bad-outline", "An outline has a coordinate that is no number.");
  if (std::abs(point.x) > kFarthest || std::abs(point.y) > kFarthest)
    throw Error(ErrorKind::BadInput, "bad-outline", "An outline lies more than a million pixels outside its image.");
}

/// First pixel whose centre is not before `at`, kept within 0..end.
std::int64_t firstCentre(double at, std::int64_t end) {
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(at - 0.5)), 0, end);
}

/// Where the edge crosses the line of centres of row `y`. Both directions of an edge give the same number.
double crossing(OutlinePoint a, OutlinePoint b, std::int64_t y) {
  if (b.y < a.y) std::swap(a, b);
  return a.x + (static_cast<double>(y) + 0.5 - a.y) * (b.x - a.x) / (b.y - a.y);
}

}  // namespace

Mask maskFromOutline(Size size, const Outline& outline) {
  requireLabelSize(size);
  if (outline.size() < 3) throw Error(ErrorKind::BadInput, "bad-outline", "An outline has fewer than 3 points.");
  double top = outline[0].y, bottom = outline[0].y;
  for (const auto& point : outline) {
    requireUsable(point);
    top = std::min(top, point.y);
    bottom = std::max(bottom, point.y);
  }
  const std::int64_t y0 = firstCentre(top, size.y), y1 = firstCentre(bottom, size.y);
  std::vector<std::vector<double>> crossings(static_cast<std::size_t>(y1 - y0));
  std::int64_t total = 0;
  for (std::size_t i = 0; i < outline.size(); ++i) {
    const OutlinePoint a = outline[i], b = outline[(i + 1) % outline.size()];
    const std::int64_t first = firstCentre(std::min(a.y, b.y), size.y), last = firstCentre(std::max(a.y, b.y), size.y);
    total += last - first;
    if (total > kMaximumCrossings) throw Error(ErrorKind::BadInput, "bad-outline", "An outline is too long to be a label.");
    for (std::int64_t y = first; y < last; ++y) crossings[static_cast<std::size_t>(y - y0)].push_back(crossing(a, b, y));
  }
  std::vector<Mask::Run> runs;
  for (std::int64_t y = y0; y < y1; ++y) {
    auto& row = crossings[static_cast<std::size_t>(y - y0)];
    std::sort(row.begin(), row.end());
    for (std::size_t i = 0; i + 1 < row.size(); i += 2) {
      const std::int64_t x0 = firstCentre(row[i], size.x), x1 = firstCentre(row[i + 1], size.x);
      if (x0 < x1) runs.push_back({y * size.x + x0, x1 - x0});
    }
  }
  return Mask(size, std::move(runs));
}

Mask maskFromCircle(Size size, OutlinePoint centre, double radius) {
  requireLabelSize(size);
  requireUsable(centre);
  requireUsable({radius, radius});
  std::vector<Mask::Run> runs;
  for (std::int64_t y = firstCentre(centre.y - radius, size.y); y < size.y; ++y) {
    const double dy = static_cast<double>(y) + 0.5 - centre.y;
    if (dy > radius) break;
    const double half = std::sqrt(std::max(0.0, radius * radius - dy * dy));
    const std::int64_t x0 = firstCentre(centre.x - half, size.x);
    // Unlike an outline's right side, the circle's own line is still inside.
    const auto beyond = static_cast<std::int64_t>(std::floor(centre.x + half - 0.5)) + 1;
    const std::int64_t x1 = std::clamp<std::int64_t>(beyond, 0, size.x);
    if (x0 < x1) runs.push_back({y * size.x + x0, x1 - x0});
  }
  return Mask(size, std::move(runs));
}

}  // namespace roundel
