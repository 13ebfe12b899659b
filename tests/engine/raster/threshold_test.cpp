#include "raster/threshold.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>

#include "core/error.h"
#include "core/random.h"
#include "raster/parallel.h"

namespace roundel {
namespace {

TEST(Threshold, AgreesWithAComparisonAPixel) {
  for (const std::int64_t width : {1, 63, 64, 65, 200, 1000})
    for (const double share : {0.0, 0.03, 0.5, 0.97, 1.0}) {
      Random random(static_cast<std::uint64_t>(width), "threshold");
      const Size size{width, 3, 1};
      std::vector<float> values(static_cast<std::size_t>(size.count()));
      std::vector<std::uint8_t> bytes(values.size());
      for (std::size_t i = 0; i < values.size(); ++i) {
        bytes[i] = random.uniform() < share;
        values[i] = bytes[i] != 0 ? 0.75F : 0.25F;
      }
      EXPECT_EQ(maskAbove(values, size, 0.5F), Mask::fromBytes(size, bytes)) << width << " " << share;
    }
}

TEST(Threshold, IsStrictAndPassesOverNaN) {
  std::vector<float> values(70, 0.5F);
  values[3] = std::nextafter(0.5F, 1.0F);
  values[66] = NAN;
  values[67] = INFINITY;
  EXPECT_EQ(maskAbove(values, {70, 1, 1}, 0.5F), Mask({70, 1, 1}, {{3, 1}, {67, 1}}));
}

TEST(Threshold, RefusesAPredictionOfTheWrongLength) {
  EXPECT_THROW(masksAbove({{4, 4, 1}, 2, std::vector<float>(31)}, 0.5F), Error);
  EXPECT_THROW(maskAbove(std::vector<float>(5), {2, 2, 1}, 0.5F), Error);
}

TEST(ParallelFor, CallsEveryIndexOnceAndHandsOnFailures) {
  std::vector<std::atomic<int>> calls(100);
  parallelFor(100, 4, [&](int i) { ++calls[static_cast<std::size_t>(i)]; });
  for (const auto& count : calls) EXPECT_EQ(count, 1);
  EXPECT_THROW(parallelFor(50, 3,
                           [](int i) {
                             if (i == 17) throw Error(ErrorKind::BadInput, "bad", "Bad.");
                           }),
               Error);
  parallelFor(0, 2, [](int) { FAIL(); });
}

}  // namespace
}  // namespace roundel
