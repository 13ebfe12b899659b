#include "rounds/learning_curve.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace roundel {
namespace {

std::vector<LearningPoint> pointsOf(double a, double b, double c, double noise) {
  std::vector<LearningPoint> points;
  for (const int labels : {1, 2, 5, 10, 20}) {
    LearningPoint point{.labels = labels, .caseDice = {}};
    for (int i = 0; i < 50; ++i) {
      Random random(7, "case", static_cast<std::uint64_t>(i), noise > 0 ? static_cast<std::uint64_t>(labels) : 0);
      point.caseDice.push_back(a - b * std::pow(labels, -c) + noise * random.normal());
    }
    points.push_back(point);
  }
  return points;
}

TEST(LearningCurve, FindsAPowerLaw) {
  std::vector<std::pair<double, double>> points;
  for (const double n : {1.0, 2.0, 5.0, 10.0, 20.0}) points.emplace_back(n, 0.9 - 0.5 * std::pow(n, -0.5));
  const auto curve = fitPowerLaw(points);
  ASSERT_TRUE(curve);
  EXPECT_NEAR(curve->a, 0.9, 0.01);
  EXPECT_NEAR(curve->c, 0.5, 0.05);
}

TEST(LearningCurve, TellsHowManyMoreLabelsAGainTakes) {
  const LearningForecast told = forecast(pointsOf(0.9, 0.5, 0.5, 0), 0.02, 1);
  ASSERT_TRUE(told.told) << told.sentence;
  // 0.9 - 0.5 / sqrt(20) + 0.02 = 0.9 - 0.5 / sqrt(n)  =>  n = 29.7
  EXPECT_NEAR(*told.moreLabels, 9.7, 2.5);
  EXPECT_LE(*told.low, *told.moreLabels);
  EXPECT_GE(*told.high, *told.moreLabels);
}

TEST(LearningCurve, SaysSoWhereItCannotBeTold) {
  EXPECT_FALSE(forecast(pointsOf(0.7, 0.0, 0.5, 0.05), 0.02, 1).told);  // flat
  EXPECT_FALSE(forecast(pointsOf(0.80, 0.3, 2.0, 0.0), 0.10, 1).told);  // beyond its ceiling
  auto two = pointsOf(0.9, 0.5, 0.5, 0);
  two.resize(2);
  EXPECT_FALSE(forecast(two, 0.02, 1).told);
  EXPECT_FALSE(forecast(two, 0.02, 1).curve);
  auto nothing = pointsOf(0.9, 0.5, 0.5, 0);
  for (auto& one : nothing) one.caseDice.clear();
  EXPECT_NE(forecast(nothing, 0.02, 1).sentence.find("no test cases"), std::string::npos);
  auto uneven = pointsOf(0.9, 0.5, 0.5, 0);
  uneven.back().caseDice.pop_back();
  EXPECT_FALSE(forecast(uneven, 0.02, 1).told);
}

}  // namespace
}  // namespace roundel
