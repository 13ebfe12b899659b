#include "models/generalists/sam_3d_features.h"

#include <algorithm>
#include <array>
#include <vector>

namespace roundel {
namespace {

using torch::Tensor;

/// Along one axis of the canonical grid, in places: where the cubes begin, and how many places there are.
struct Tiling {
  std::vector<std::int64_t> firsts;
  std::int64_t places = 0;
};

Tiling tilingOf(std::int64_t voxels, std::int64_t patch, std::int64_t grid) {
  Tiling tiling{.firsts = {}, .places = std::max<std::int64_t>(1, (voxels + patch / 2) / patch)};
  const std::int64_t last = tiling.places - grid;
  for (std::int64_t first = 0; first < last; first += std::max<std::int64_t>(1, grid / 2)) tiling.firsts.push_back(first);
  tiling.firsts.push_back(last > 0 ? last : last / 2);
  return tiling;
}

/// Adds a cube that begins at the places `first` to the sums; what lies beyond them is left out.
void add(Tensor cube, const std::array<std::int64_t, 3>& first, Tensor sum, Tensor count) {
  for (std::size_t c = 0; c < 3; ++c) {
    const auto axis = static_cast<std::int64_t>(c) + 1;
    const std::int64_t from = std::max<std::int64_t>(0, first[c]), length = std::min(first[c] + cube.size(axis), sum.size(axis)) - from;
    cube = cube.narrow(axis, from - first[c], length);
    sum = sum.narrow(axis, from, length);
    count = count.narrow(axis, from, length);
  }
  sum.add_(cube);
  count.add_(1);
}

}  // namespace

FeatureMap tiledFeatures(const VolumeFrame& frame, std::int64_t side, std::int64_t grid,
                         const std::function<Tensor(const CubeCrop&)>& encode) {
  const std::int64_t patch = side / grid;
  std::array<Tiling, 3> tiling;
  for (std::size_t c = 0; c < 3; ++c) tiling[c] = tilingOf(frame.size[c], patch, grid);
  Tensor sum, count;
  for (const auto i : tiling[0].firsts)
    for (const auto j : tiling[1].firsts)
      for (const auto k : tiling[2].firsts) {
        const Tensor cube = encode({{i * patch, j * patch, k * patch}, side}).to(torch::kCPU, torch::kFloat);
        if (!sum.defined()) {
          sum = torch::zeros({cube.size(0), tiling[0].places, tiling[1].places, tiling[2].places});
          count = torch::zeros({1, tiling[0].places, tiling[1].places, tiling[2].places});
        }
        add(cube, {i, j, k}, sum, count);
      }
  const Tensor mean = sum / count;
  // To [channel][z][y][x] in the image's directions.
  std::array<std::int64_t, 4> order{};
  std::vector<std::int64_t> reversed;
  for (std::size_t c = 0; c < 3; ++c) {
    order[3 - frame.axis[c]] = static_cast<std::int64_t>(c) + 1;
    if (frame.reversed[c]) reversed.push_back(static_cast<std::int64_t>(c) + 1);
  }
  const Tensor map = (mean / mean.norm(2, 0, true).clamp_min(1e-12)).flip(reversed).permute(order).contiguous();
  return {.channels = static_cast<int>(map.size(0)),
          .size = {map.size(3), map.size(2), map.size(1)},
          .values = {map.const_data_ptr<float>(), map.const_data_ptr<float>() + map.numel()}};
}

}  // namespace roundel
