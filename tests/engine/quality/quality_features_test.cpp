#include "quality/quality_features.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace roundel {
namespace {

TEST(QualityFeatures, SurviveJsonAndKeepWhatIsUnknown) {
  const QualityFeatures features{.score = 0.5, .entropy = 0.25, .sizeZ = -2};
  const auto json = toJson(features);
  EXPECT_TRUE(json.at("agreement").is_null());
  EXPECT_EQ(qualityFeaturesFromJson(json), features);
  EXPECT_TRUE(toJson(QualityFeatures{.score = std::nan("")}).at("score").is_null()) << "never NaN";
}

TEST(QualityFeatures, EntropyAndMeanProbabilityAreThoseOfTheMasksPixels) {
  const std::vector<float> map{1.0F, 0.5F, 0.75F, 0.0F, 0.05F, 0.5F};
  const auto summary = summarise(map, Mask::fromBytes({3, 2, 1}, std::vector<std::uint8_t>{1, 1, 1, 0, 0, 0}));
  EXPECT_NEAR(*summary.meanProbability, 0.75, 1e-9);
  // Inside 0, 1 and h(0.75); outside only the pixel with one half counts.
  const double h = -(0.75 * std::log2(0.75) + 0.25 * std::log2(0.25));
  EXPECT_NEAR(*summary.entropy, (0 + 1 + h + 1) / 4, 1e-9);
  const auto nothing = summarise(std::vector<float>(6, 0.0F), Mask({3, 2, 1}));
  EXPECT_FALSE(nothing.entropy || nothing.meanProbability);
  EXPECT_THROW(summarise(map, Mask({2, 2, 1})), Error);
}

TEST(SizeModel, CountsDeviationsOnALogarithmicScale) {
  std::vector<std::vector<double>> areas;
  for (int i = 0; i < 40; ++i) areas.push_back({0.01 * std::exp(i % 2 ? 0.2 : -0.2), i == 0 ? 0.05 : 0, 0});
  const auto model = SizeModel::fit(areas);
  EXPECT_NEAR(*model.zScore(0, 0.01), 0, 1e-6);
  EXPECT_NEAR(*model.zScore(0, 0.01 * std::exp(0.6)), 3, 0.2);
  EXPECT_NEAR(*model.zScore(0, 0.01 * std::exp(-0.6)), -3, 0.2);
  EXPECT_NEAR(*model.zScore(1, 0.05 * std::exp(0.6)), 3, 0.2) << "one case: the deviation of the other classes";
  EXPECT_FALSE(model.zScore(2, 0.01));
  EXPECT_FALSE(model.zScore(0, 0));
  EXPECT_FALSE(model.zScore(7, 0.1));
}

}  // namespace
}  // namespace roundel
