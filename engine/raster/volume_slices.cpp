#include "raster/volume_slices.h"

#include <algorithm>
#include <cmath>

namespace roundel {

std::vector<float> greyOf(std::span<const float> values) {
  std::vector<float> sorted;
  for (const float value : values)
    if (std::isfinite(value)) sorted.push_back(value);
  std::vector<float> grey(values.size(), 0.0f);
  if (sorted.empty()) return grey;
  const auto ranked = [&](double share) {
    const auto at = static_cast<std::ptrdiff_t>(std::llround(share * static_cast<double>(sorted.size() - 1)));
    std::nth_element(sorted.begin(), sorted.begin() + at, sorted.end());
    return sorted[static_cast<std::size_t>(at)];
  };
  const float low = ranked(0.005), high = ranked(0.995);
  if (!(high > low)) return grey;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::isfinite(values[i])) grey[i] = std::clamp((values[i] - low) / (high - low), 0.0f, 1.0f);
  return grey;
}

Image sliceOf(const Image& volume, std::int64_t z) {
  Image slice{.geometry = volume.geometry};
  slice.geometry.size.z = 1;
  const auto pixels = volume.geometry.size.x * volume.geometry.size.y;
  slice.values.assign(volume.values.begin() + z * pixels, volume.values.begin() + (z + 1) * pixels);
  return slice;
}

Mask sliceOf(const Mask& volume, std::int64_t z) {
  const Size size{volume.size().x, volume.size().y, 1};
  const std::int64_t pixels = size.x * size.y, begin = z * pixels, end = begin + pixels;
  std::vector<Mask::Run> runs;
  for (const auto& run : volume.runs()) {
    const std::int64_t first = std::max(run.start, begin), last = std::min(run.start + run.length, end);
    if (first < last) runs.push_back({first - begin, last - first});
  }
  return Mask(size, std::move(runs));
}

}  // namespace roundel
