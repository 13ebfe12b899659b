#include "edit/metric_morphology.h"

#include <algorithm>
#include <cmath>

#include "raster/distance_map.h"
#include "raster/morphology.h"

namespace roundel {
namespace {

constexpr double kDistanceSlack = 1e-9;

/// A whole number of pixels in a picture: run-length morphology does the same, faster.
bool isDisk(const Mask& mask, double distance, const std::array<double, 3>& spacing) {
  return mask.size().z == 1 && spacing[0] == 1 && spacing[1] == 1 && distance == std::floor(distance) && distance <= 64;
}

StructuringElement diskOf(double distance) { return {.shape = ElementShape::Disk, .radius = static_cast<int>(distance)}; }

std::array<std::int64_t, 3> reachOf(double distance, const std::array<double, 3>& spacing) {
  std::array<std::int64_t, 3> reach{};
  for (std::size_t axis = 0; axis < 3; ++axis)
    reach[axis] = static_cast<std::int64_t>(std::min(1e6, std::ceil(distance / spacing[axis]))) + 1;
  return reach;
}

/// The pixels of a small mask's grid whose distance to it is within `distance`.
Mask within(const Mask& mask, double distance, const std::array<double, 3>& spacing) {
  const auto squared = squaredDistanceTo(mask, spacing);
  std::vector<std::uint8_t> in(squared.size());
  const double limit = distance * distance * (1 + kDistanceSlack);
  for (std::size_t i = 0; i < squared.size(); ++i) in[i] = squared[i] <= limit;
  return Mask::fromBytes(mask.size(), in);
}

}  // namespace

PixelBox grownBox(const PixelBox& box, const std::array<std::int64_t, 3>& by, const Size& size) {
  return {std::max<std::int64_t>(box.x0 - by[0], 0), std::max<std::int64_t>(box.y0 - by[1], 0), std::min(box.x1 + by[0], size.x),
          std::min(box.y1 + by[1], size.y),          std::max<std::int64_t>(box.z0 - by[2], 0), std::min(box.z1 + by[2], size.z)};
}

Mask uncropped(const Mask& mask, const PixelBox& box, const Size& size) {
  const Size& part = mask.size();
  std::vector<Mask::Run> runs;
  for (const auto& run : mask.runs())
    for (std::int64_t at = run.start, end = run.start + run.length; at < end;) {
      const std::int64_t row = at / part.x, x = at % part.x, length = std::min(end - at, part.x - x);
      runs.push_back({((box.z0 + row / part.y) * size.y + box.y0 + row % part.y) * size.x + box.x0 + x, length});
      at += length;
    }
  return Mask(size, std::move(runs));
}

Mask grownBy(const Mask& mask, double distance, const std::array<double, 3>& spacing) {
  if (mask.empty() || !(distance > 0)) return mask;
  if (isDisk(mask, distance, spacing)) return dilated(mask, diskOf(distance));
  const PixelBox box = grownBox(mask.bounds(), reachOf(distance, spacing), mask.size());
  return uncropped(within(cropped(mask, box), distance, spacing), box, mask.size());
}

Mask shrunkBy(const Mask& mask, double distance, const std::array<double, 3>& spacing) {
  if (mask.empty() || !(distance > 0)) return mask;
  if (isDisk(mask, distance, spacing)) return eroded(mask, diskOf(distance));
  // One pixel more than the mask: what is outside begins there, but never beyond the image.
  const PixelBox box = grownBox(mask.bounds(), {1, 1, 1}, mask.size());
  const Mask part = cropped(mask, box);
  const Mask outside = subtract(Mask(part.size(), {{0, part.size().count()}}), part);
  return uncropped(subtract(part, within(outside, distance, spacing)), box, mask.size());
}

Mask openedBy(const Mask& mask, double distance, const std::array<double, 3>& spacing) {
  return grownBy(shrunkBy(mask, distance, spacing), distance, spacing);
}

Mask closedBy(const Mask& mask, double distance, const std::array<double, 3>& spacing) {
  return shrunkBy(grownBy(mask, distance, spacing), distance, spacing);
}

}  // namespace roundel
