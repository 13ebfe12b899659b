#include "models/generalists/prompt_cube.h"

#include <algorithm>
#include <cmath>

#include "core/add_scaled.h"
#include "models/generalists/axis_taps.h"

namespace roundel {
namespace {

constexpr double kLeastAspect = 0.4;

std::array<double, 3> lowOf(const PromptBox& box) { return {box.x0, box.y0, box.z0}; }
std::array<double, 3> highOf(const PromptBox& box) { return {box.x1, box.y1, box.z1}; }
std::array<std::int64_t, 3> sidesOf(Size size) { return {size.x, size.y, size.z}; }

void drawBall(std::span<float> channel, int side, const PromptPoint& point) {
  constexpr double kSigma = 1.5;
  const std::array<double, 3> at{point.x, point.y, point.z};
  std::array<int, 3> from{}, to{};
  for (std::size_t a = 0; a < 3; ++a) {
    from[a] = std::max(0, static_cast<int>(std::floor(at[a] - 4 * kSigma)));
    to[a] = std::min(side, static_cast<int>(std::ceil(at[a] + 4 * kSigma)));
  }
  for (int z = from[2]; z < to[2]; ++z)
    for (int y = from[1]; y < to[1]; ++y)
      for (int x = from[0]; x < to[0]; ++x) {
        const double dx = x + 0.5 - at[0], dy = y + 0.5 - at[1], dz = z + 0.5 - at[2];
        float& value = channel[static_cast<std::size_t>((z * side + y) * side + x)];
        value = std::max(value, static_cast<float>(std::exp(-0.5 * (dx * dx + dy * dy + dz * dz) / (kSigma * kSigma))));
      }
}

/// The samples that some places look at: first and last, within a volume.
struct Stretch {
  std::int64_t first = 0, last = 0;

  Stretch(const std::vector<AxisTaps>& places, std::int64_t count)
      : first(std::clamp<std::int64_t>(places.front().first, 0, count - 1)),
        last(std::clamp<std::int64_t>(places.back().first + static_cast<std::int64_t>(places.back().shares.size()) - 1, first, count - 1)) {
  }
  std::int64_t count() const { return last - first + 1; }
  /// Where the k-th sample of a place lies in the stretch; beyond the volume its edge goes on.
  std::int64_t within(const AxisTaps& place, std::size_t k) const {
    return std::clamp(place.first + static_cast<std::int64_t>(k), first, last) - first;
  }
};

}  // namespace

CubeWindow cubeAround(const PromptBox& box, double margin) {
  const auto low = lowOf(box), high = highOf(box);
  std::array<double, 3> side{};
  for (std::size_t a = 0; a < 3; ++a) side[a] = std::max(1e-3, high[a] - low[a]);
  const double mean = std::cbrt(side[0] * side[1] * side[2]);
  CubeWindow window;
  for (std::size_t a = 0; a < 3; ++a) window.length[a] = std::max(kSmallestCube, side[a] + margin * (side[a] + mean));
  const double longest = *std::max_element(window.length.begin(), window.length.end());
  for (std::size_t a = 0; a < 3; ++a) {
    window.length[a] = std::max(window.length[a], kLeastAspect * longest);
    window.start[a] = (low[a] + high[a] - window.length[a]) / 2;
  }
  return window;
}

std::vector<float> resampledCube(std::span<const float> volume, Size size, const CubeWindow& window, int side) {
  const auto columns = axisTaps(window.start[0], window.length[0], side), rows = axisTaps(window.start[1], window.length[1], side),
             slices = axisTaps(window.start[2], window.length[2], side);
  // Only what is looked at is touched, and whole rows are added as long as there are some: along z and y first.
  const Stretch x(columns, size.x), y(rows, size.y), z(slices, size.z);
  const std::int64_t width = x.count(), plane = y.count() * width;
  std::vector<float> slice(static_cast<std::size_t>(plane)), line(static_cast<std::size_t>(width)), cube;
  cube.reserve(static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  for (const auto& ofZ : slices) {
    std::fill(slice.begin(), slice.end(), 0.0F);
    for (std::size_t k = 0; k < ofZ.shares.size(); ++k)
      for (std::int64_t j = 0; j < y.count(); ++j)
        addScaled(slice.data() + j * width, volume.data() + ((z.first + z.within(ofZ, k)) * size.y + y.first + j) * size.x + x.first,
                  ofZ.shares[k], width);
    for (const auto& ofY : rows) {
      std::fill(line.begin(), line.end(), 0.0F);
      for (std::size_t k = 0; k < ofY.shares.size(); ++k)
        addScaled(line.data(), slice.data() + y.within(ofY, k) * width, ofY.shares[k], width);
      for (const auto& ofX : columns) {
        float value = 0;
        for (std::size_t k = 0; k < ofX.shares.size(); ++k) value += ofX.shares[k] * line[static_cast<std::size_t>(x.within(ofX, k))];
        cube.push_back(value);
      }
    }
  }
  return cube;
}

PixelBox voxelsOf(const CubeWindow& window, Size size) {
  const auto sides = sidesOf(size);
  const auto edge = [&](std::size_t axis, double at) {
    return static_cast<std::int64_t>(std::clamp(std::ceil(at - 0.5), 0.0, static_cast<double>(sides[axis])));
  };
  const auto low = [&](std::size_t axis) { return edge(axis, window.start[axis]); };
  const auto high = [&](std::size_t axis) { return edge(axis, window.start[axis] + window.length[axis]); };
  return {.x0 = low(0), .y0 = low(1), .x1 = high(0), .y1 = high(1), .z0 = low(2), .z1 = high(2)};
}

std::vector<float> spreadOutCube(std::span<const float> cube, int side, const CubeWindow& window, const PixelBox& area) {
  const auto columns = placesBetween(area.x0, area.x1, window.start[0], window.length[0], side),
             rows = placesBetween(area.y0, area.y1, window.start[1], window.length[1], side),
             slices = placesBetween(area.z0, area.z1, window.start[2], window.length[2], side);
  const std::ptrdiff_t plane = static_cast<std::ptrdiff_t>(side) * side;
  std::vector<float> out;
  out.reserve(columns.size() * rows.size() * slices.size());
  for (const auto& slice : slices)
    for (const auto& row : rows) {
      const float* const at = cube.data() + slice.first * plane + static_cast<std::ptrdiff_t>(row.first) * side;
      for (const auto& column : columns) {
        const auto line = [&](const float* values) {
          return values[column.first] + column.share * (values[column.first + 1] - values[column.first]);
        };
        const float near = line(at) + row.share * (line(at + side) - line(at));
        const float far = line(at + plane) + row.share * (line(at + plane + side) - line(at + plane));
        out.push_back(near + slice.share * (far - near));
      }
    }
  return out;
}

CropPrompt inCube(const Prompt& prompt, const CubeWindow& window, int side) {
  std::array<double, 3> scale{};
  for (std::size_t a = 0; a < 3; ++a) scale[a] = side / window.length[a];
  const auto place = [&](std::size_t axis, double at) { return (at - window.start[axis]) * scale[axis]; };
  CropPrompt inside;
  if (const auto& box = prompt.box)
    inside.box = PromptBox{.x0 = place(0, box->x0),
                           .y0 = place(1, box->y0),
                           .x1 = place(0, box->x1),
                           .y1 = place(1, box->y1),
                           .z0 = place(2, box->z0),
                           .z1 = place(2, box->z1)};
  for (const auto& point : prompt.points) {
    const PromptPoint at{place(0, point.x + 0.5), place(1, point.y + 0.5), place(2, point.z + 0.5), point.positive};
    const auto within = [&](double v) { return v >= 0 && v <= side; };
    if (within(at.x) && within(at.y) && within(at.z)) inside.points.push_back(at);
  }
  return inside;
}

std::vector<float> drawnCube(std::span<const float> grey, const CropPrompt& prompt, int side) {
  const std::size_t volume = grey.size();
  std::vector<float> channels(5 * volume, 0.0F);
  std::copy(grey.begin(), grey.end(), channels.begin());
  const std::span<float> all(channels);
  if (const auto& box = prompt.box) {
    const auto drawn = all.subspan(volume, volume);
    std::size_t i = 0;
    for (int z = 0; z < side; ++z)
      for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x)
          drawn[i++] =
              x + 0.5 >= box->x0 && x + 0.5 < box->x1 && y + 0.5 >= box->y0 && y + 0.5 < box->y1 && z + 0.5 >= box->z0 && z + 0.5 < box->z1
                  ? 1.0F
                  : -1.0F;
  }
  for (const auto& point : prompt.points) drawBall(all.subspan((point.positive ? 2 : 3) * volume, volume), side, point);
  for (std::size_t i = 0; i < prompt.mask.size(); ++i) channels[4 * volume + i] = 2 * prompt.mask[i] - 1;
  return channels;
}

}  // namespace roundel
