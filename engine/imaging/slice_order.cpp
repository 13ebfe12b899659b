#include "imaging/slice_order.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace roundel {
namespace {

using Vector = std::array<double, 3>;

double dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

Vector minus(const Vector& a, const Vector& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }

bool alike(const Vector& a, const Vector& b) {
  const Vector difference = minus(a, b);
  return dot(difference, difference) < 1e-6;
}

void warn(SliceOrder& result, const std::string& code, const std::string& message) {
  result.warnings.push_back({.code = code, .caseName = {}, .message = message});
}

void describeGaps(SliceOrder& result, const std::vector<double>& along) {
  std::vector<double> gaps;
  for (std::size_t index = 1; index < result.order.size(); ++index)
    gaps.push_back(along[result.order[index]] - along[result.order[index - 1]]);
  if (gaps.empty()) return;
  result.gapMm = std::accumulate(gaps.begin(), gaps.end(), 0.0) / static_cast<double>(gaps.size());
  std::vector<double> sorted = gaps;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
  const double median = sorted[sorted.size() / 2];
  std::int64_t missing = 0;
  bool uneven = false;
  for (const double gap : gaps) {
    if (std::abs(gap - median) > 0.01 * median) uneven = true;
    if (gap > 1.5 * median) missing += std::llround(gap / median) - 1;
  }
  if (uneven) warn(result, "uneven-slices", "The slices are not evenly spaced; lengths across slices are not exact.");
  if (missing > 0)
    warn(result, "missing-slices", "It looks as if " + std::to_string(missing) + " slices were missing between the first and the last.");
}

void reportShear(SliceOrder& result, const std::vector<SlicePlacement>& planes) {
  if (result.order.size() < 2) return;
  const SlicePlacement& first = planes[result.order.front()];
  const Vector shift = minus(planes[result.order.back()].position, first.position);
  const Vector normal = normalOf(first);
  const double along = dot(shift, normal);
  const auto steps = static_cast<double>(result.order.size() - 1);
  for (std::size_t axis = 0; axis < 3; ++axis) result.stepMm[axis] = along * normal[axis] / steps;
  const Vector lateral{shift[0] - along * normal[0], shift[1] - along * normal[1], shift[2] - along * normal[2]};
  if (std::sqrt(dot(lateral, lateral)) > 0.01 * std::abs(along) && std::sqrt(dot(lateral, lateral)) > 0.1) {
    for (std::size_t axis = 0; axis < 3; ++axis) result.stepMm[axis] = shift[axis] / steps;
    warn(result, "sheared-slices",
         "The slices are shifted against one another (a tilted gantry); the axes of the volume are not at right angles.");
  }
}

}  // namespace

Vector normalOf(const SlicePlacement& plane) {
  const Vector &r = plane.rowDirection, &c = plane.columnDirection;
  Vector normal{r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0]};
  const double length = std::sqrt(dot(normal, normal));
  if (!(length > 1e-9)) return {0, 0, 1};
  for (double& part : normal) part /= length;
  return normal;
}

SliceOrder orderSlices(const std::vector<SlicePlacement>& planes) {
  SliceOrder result;
  result.order.resize(planes.size());
  std::iota(result.order.begin(), result.order.end(), std::size_t{0});
  if (planes.size() < 2) return result;
  for (const auto& plane : planes) {
    if (alike(plane.rowDirection, planes.front().rowDirection) && alike(plane.columnDirection, planes.front().columnDirection)) continue;
    warn(result, "mixed-orientation",
         "The slices lie in different directions, so they are kept in the order of the file and are no volume.");
    return result;
  }
  const Vector normal = normalOf(planes.front());
  std::vector<double> along;
  for (const auto& plane : planes) along.push_back(dot(plane.position, normal));
  const auto [low, high] = std::minmax_element(along.begin(), along.end());
  if (!(*high - *low > 1e-4)) return result;
  std::stable_sort(result.order.begin(), result.order.end(), [&along](std::size_t a, std::size_t b) { return along[a] < along[b]; });
  const double tolerance = 1e-3 * (*high - *low) / static_cast<double>(planes.size());
  const auto doubled = std::unique(result.order.begin(), result.order.end(),
                                   [&](std::size_t a, std::size_t b) { return std::abs(along[a] - along[b]) < tolerance; });
  const auto dropped = result.order.end() - doubled;
  result.order.erase(doubled, result.order.end());
  if (dropped > 0)
    warn(result, "doubled-slices", std::to_string(dropped) + " slices lie where another one lies already; the first of each is kept.");
  result.isVolume = true;
  describeGaps(result, along);
  reportShear(result, planes);
  return result;
}

void placeSlices(Geometry& geometry, const SlicePlacement& first, const SliceOrder& order) {
  const Vector normal = normalOf(first);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    geometry.direction[3 * axis] = first.rowDirection[axis];
    geometry.direction[3 * axis + 1] = first.columnDirection[axis];
    geometry.direction[3 * axis + 2] = normal[axis];
  }
  geometry.originMm = first.position;
  if (!order.isVolume || !(order.gapMm > 0)) return;
  geometry.spacingMm[2] = order.gapMm;
  const double length = std::sqrt(dot(order.stepMm, order.stepMm));
  if (!(length > order.gapMm * (1 + 1e-9))) return;
  geometry.spacingMm[2] = length;
  for (std::size_t axis = 0; axis < 3; ++axis) geometry.direction[3 * axis + 2] = order.stepMm[axis] / length;
}

}  // namespace roundel
