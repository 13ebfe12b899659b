#include "prompts/clicks.h"

#include <algorithm>

#include "raster/distance_map.h"

namespace roundel {
namespace {

/// Squared depth of every voxel of the mask below its edge; a volume gets a border of ground all around, a picture on its four sides.
std::vector<double> squaredDepths(const Mask& mask) {
  const Size size = mask.size(), border{1, 1, size.z > 1 ? 1 : 0}, wide{size.x + 2, size.y + 2, size.z + 2 * border.z};
  std::vector<std::uint8_t> ground(static_cast<std::size_t>(wide.count()), 1);
  const std::vector<std::uint8_t> inside = mask.toBytes();
  const auto wideAt = [&](std::int64_t x, std::int64_t y, std::int64_t z) {
    return static_cast<std::size_t>(((z + border.z) * wide.y + y + 1) * wide.x + x + 1);
  };
  const auto forEach = [&](const auto& body) {
    std::size_t at = 0;
    for (std::int64_t z = 0; z < size.z; ++z)
      for (std::int64_t y = 0; y < size.y; ++y)
        for (std::int64_t x = 0; x < size.x; ++x, ++at) body(at, wideAt(x, y, z));
  };
  forEach([&](std::size_t at, std::size_t there) { ground[there] = static_cast<std::uint8_t>(inside[at] == 0); });
  const std::vector<double> squared = squaredDistanceTo(wide, ground);
  std::vector<double> depths(inside.size());
  forEach([&](std::size_t at, std::size_t there) { depths[at] = squared[there]; });
  return depths;
}

}  // namespace

ClickCandidates clickCandidates(const Mask& wanted, const Mask& found) {
  const std::vector<double> missing = squaredDepths(subtract(wanted, found)), tooMuch = squaredDepths(subtract(found, wanted));
  const auto deepest = [](const std::vector<double>& depths) {
    return depths.empty() ? 0.0 : *std::max_element(depths.begin(), depths.end());
  };
  const double missingDepth = deepest(missing), tooMuchDepth = deepest(tooMuch);
  ClickCandidates candidates{.voxels = {}, .positive = missingDepth > tooMuchDepth};
  const std::vector<double>& depths = candidates.positive ? missing : tooMuch;
  const double limit = std::max(missingDepth, tooMuchDepth) / 4;  // squares: a quarter is half the depth
  for (std::size_t i = 0; i < depths.size(); ++i)
    if (depths[i] > limit) candidates.voxels.push_back(static_cast<std::int64_t>(i));
  return candidates;
}

std::optional<PromptPoint> drawnClick(const ClickCandidates& candidates, Size size, Random& random) {
  if (candidates.voxels.empty()) return {};
  const std::int64_t at = candidates.voxels[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(candidates.voxels.size())))];
  return PromptPoint{.x = static_cast<double>(at % size.x),
                     .y = static_cast<double>(at / size.x % size.y),
                     .z = static_cast<double>(at / (size.x * size.y)),
                     .positive = candidates.positive};
}

}  // namespace roundel
