#include "raster/percentile.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace roundel {
namespace {

TEST(Percentile, InterpolatesBetweenRanksAsNumpy) {
  std::vector<double> values{15, 20, 35, 40, 50};
  EXPECT_DOUBLE_EQ(percentile(values, 0), 15);
  EXPECT_DOUBLE_EQ(percentile(values, 40), 29);  // numpy.percentile([15, 20, 35, 40, 50], 40)
  EXPECT_DOUBLE_EQ(percentile(values, 95), 48);
  EXPECT_DOUBLE_EQ(percentile(values, 100), 50);
  std::vector<double> one{7};
  EXPECT_DOUBLE_EQ(percentile(one, 95), 7);
}

TEST(Percentile, OfCountsIsThatOfTheList) {
  Random random(5, "percentile");
  for (int round = 0; round < 50; ++round) {
    std::vector<ValueCount> counts;
    std::vector<double> list;
    for (int i = 0; i < 6; ++i) {
      counts.push_back({i + random.uniform(), 1 + random.below(4)});
      list.insert(list.end(), static_cast<std::size_t>(counts.back().count), counts.back().value);
    }
    for (const double percent : {0.0, 0.5, 12.5, 50.0, 77.7, 99.5, 100.0})
      EXPECT_NEAR(percentile(counts, percent), percentile(list, percent), 1e-12);
  }
}

}  // namespace
}  // namespace roundel
