#include "raster/distance_map.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "engine/raster/random_mask.h"

namespace roundel {
namespace {

double nearestByTrial(const Mask& mask, std::int64_t at, const std::array<double, 3>& spacing) {
  const Size size = mask.size();
  double best = INFINITY;
  for (const auto& run : mask.runs())
    for (std::int64_t other = run.start; other < run.start + run.length; ++other) {
      const double dx = static_cast<double>(other % size.x - at % size.x) * spacing[0];
      const double dy = static_cast<double>(other / size.x % size.y - at / size.x % size.y) * spacing[1];
      const double dz = static_cast<double>(other / (size.x * size.y) - at / (size.x * size.y)) * spacing[2];
      best = std::min(best, dx * dx + dy * dy + dz * dz);
    }
  return best;
}

TEST(DistanceMap, AgreesWithTrialOnRandomMasks) {
  const std::array<double, 3> spacings[] = {{1, 1, 1}, {0.3, 1.7, 2.5}};
  for (const Size size : {Size{17, 23, 1}, Size{1, 9, 1}, Size{9, 1, 1}, Size{7, 6, 5}})
    for (const double share : {0.01, 0.2})
      for (const auto& spacing : spacings)
        for (std::uint64_t seed = 0; seed < 8; ++seed) {
          const Mask mask = randomMask(size, share, seed);
          const auto squared = squaredDistanceTo(mask, spacing);
          for (std::size_t i = 0; i < squared.size(); ++i) {
            const double expected = nearestByTrial(mask, static_cast<std::int64_t>(i), spacing);
            if (std::isinf(expected)) {
              EXPECT_TRUE(std::isinf(squared[i]));
            } else {
              EXPECT_NEAR(squared[i], expected, 1e-12 * (1 + expected));
            }
          }
        }
}

TEST(DistanceMap, RefusesASpacingThatIsNoLength) {
  EXPECT_THROW(squaredDistanceTo(Mask(Size{3, 3, 1}), {0, 1, 1}), Error);
  EXPECT_THROW(squaredDistanceTo(Mask(Size{3, 3, 1}), {1, NAN, 1}), Error);
}

}  // namespace
}  // namespace roundel
