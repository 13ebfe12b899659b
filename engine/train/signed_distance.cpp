#include "train/signed_distance.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "core/geometry.h"
#include "raster/distance_map.h"

namespace roundel {
namespace {

using torch::Tensor;

/// Distances less their smallest, over their range.
std::vector<double> normalised(std::vector<double> squared) {
  for (double& value : squared) value = std::sqrt(value);
  const auto [low, high] = std::minmax_element(squared.begin(), squared.end());
  const double from = *low, range = *high - *low;
  for (double& value : squared) value = range > 0 ? (value - from) / range : 0.0;
  return squared;
}

/// Whether a pixel of the mask has a neighbour, by a side, that is none.
bool onEdge(std::span<const std::uint8_t> mask, const Size& size, std::int64_t x, std::int64_t y, std::int64_t z) {
  const auto out = [&](std::int64_t dx, std::int64_t dy, std::int64_t dz) {
    const std::int64_t nx = x + dx, ny = y + dy, nz = z + dz;
    if (nx < 0 || ny < 0 || nz < 0 || nx >= size.x || ny >= size.y || nz >= size.z) return false;
    return mask[static_cast<std::size_t>((nz * size.y + ny) * size.x + nx)] == 0;
  };
  return out(1, 0, 0) || out(-1, 0, 0) || out(0, 1, 0) || out(0, -1, 0) || out(0, 0, 1) || out(0, 0, -1);
}

void fillDistances(std::span<const std::uint8_t> mask, const Size& size, float ofNothing, float* result) {
  const auto inside = static_cast<std::int64_t>(std::count_if(mask.begin(), mask.end(), [](std::uint8_t v) { return v != 0; }));
  if (inside == 0 || inside == size.count()) {
    std::fill_n(result, size.count(), inside == 0 ? ofNothing : -1.0f);
    return;
  }
  std::vector<std::uint8_t> ground(mask.size());
  std::transform(mask.begin(), mask.end(), ground.begin(), [](std::uint8_t v) { return static_cast<std::uint8_t>(v == 0); });
  const auto outward = normalised(squaredDistanceTo(size, mask)), inward = normalised(squaredDistanceTo(size, ground));
  std::size_t at = 0;
  for (std::int64_t z = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x, ++at)
        result[at] = mask[at] != 0 && onEdge(mask, size, x, y, z) ? 0.0f : static_cast<float>(outward[at] - inward[at]);
}

}  // namespace

Tensor signedDistances(const Tensor& masks, float ofNothing) {
  const Tensor plain = masks.to(torch::kCPU, torch::kByte).contiguous();
  const bool volume = plain.dim() == 5;
  const Size size{plain.size(-1), plain.size(-2), volume ? plain.size(2) : 1};
  Tensor result = torch::empty(plain.sizes(), torch::kFloat);
  const auto pixels = static_cast<std::size_t>(size.count());
  at::parallel_for(0, plain.size(0) * plain.size(1), 1, [&](std::int64_t from, std::int64_t to) {
    for (auto i = static_cast<std::size_t>(from); i < static_cast<std::size_t>(to); ++i)
      fillDistances(std::span(plain.const_data_ptr<std::uint8_t>() + i * pixels, pixels), size, ofNothing,
                    result.mutable_data_ptr<float>() + i * pixels);
  });
  return result.to(masks.device());
}

}  // namespace roundel
