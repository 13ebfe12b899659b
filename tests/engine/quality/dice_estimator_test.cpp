#include "quality/dice_estimator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/random.h"
#include "quality/calibration_report.h"

namespace roundel {
namespace {

/// Cases of five classes whose Dice follows agreement and entropy with noise; class 3 is hard. `signal` 0: features tell nothing.
std::vector<DiceSample> study(int cases, double signal, std::uint64_t seed) {
  std::vector<DiceSample> samples;
  for (int i = 0; i < cases; ++i)
    for (int c = 0; c < 5; ++c) {
      Random random(seed, "study", static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(c));
      const double truth = 1.2 + random.normal() - (c == 3 ? 1.5 : 0);
      const double seen = signal * truth + (1 - signal) * random.normal();
      const auto squash = [](double x) { return 1 / (1 + std::exp(-x)); };
      samples.push_back({.caseName = "case-" + std::to_string(i),
                         .classIndex = c,
                         .features = {.score = squash(random.normal()),
                                      .agreement = squash(seen + 0.3 * random.normal()),
                                      .stability = i % 7 ? std::optional(squash(seen + random.normal())) : std::nullopt,
                                      .entropy = squash(-seen)},
                         .measuredDice = squash(truth)});
    }
  return samples;
}

double meanError(const std::vector<DiceSample>& samples, const std::vector<double>& estimates) {
  double sum = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) sum += std::abs(samples[i].measuredDice - estimates[i]);
  return sum / static_cast<double>(samples.size());
}

TEST(DiceEstimator, BeatsTheMeansWhereFeaturesTellSomething) {
  const auto train = study(30, 0.9, 1), test = study(200, 0.9, 2);
  const auto estimator = DiceEstimator::fit(train);
  std::vector<double> estimates, means;
  for (const auto& sample : test) {
    estimates.push_back(estimator.estimate(sample.features, sample.classIndex));
    means.push_back(estimator.classMean(sample.classIndex));
    EXPECT_TRUE(estimates.back() >= 0 && estimates.back() <= 1);
  }
  EXPECT_LT(meanError(test, estimates), 0.6 * meanError(test, means));
  // Calibrated: the mean of the estimates is the mean of the truth.
  double estimated = 0, measured = 0;
  for (std::size_t i = 0; i < test.size(); ++i)
    estimated += estimates[i] / static_cast<double>(test.size()), measured += test[i].measuredDice / static_cast<double>(test.size());
  EXPECT_NEAR(estimated, measured, 0.03);
}

TEST(DiceEstimator, FallsBackToTheMeansWhereFeaturesTellNothing) {
  const auto train = study(12, 0, 3), test = study(200, 0, 4);
  const auto estimator = DiceEstimator::fit(train);
  std::vector<double> estimates, means;
  for (const auto& sample : test)
    estimates.push_back(estimator.estimate(sample.features, sample.classIndex)), means.push_back(estimator.classMean(sample.classIndex));
  EXPECT_LT(meanError(test, estimates), 1.15 * meanError(test, means));
  const auto own = crossFitted(train);
  std::vector<EstimatedAndMeasured> rows;
  for (std::size_t i = 0; i < train.size(); ++i)
    rows.push_back(
        {train[i].caseName, train[i].classIndex, own.estimates[i], own.globalMeans[i], own.classMeans[i], train[i].measuredDice});
  EXPECT_EQ(verdict(calibrationReport(rows, 5).overall), "not informative");
}

TEST(DiceEstimator, CrossFittingNeverSeesTheSamplesOwnCase) {
  auto samples = study(15, 0.9, 5);
  const auto before = crossFitted(samples);
  for (std::size_t i = 0; i < samples.size(); ++i)
    if (samples[i].caseName == "case-4") samples[i].measuredDice = 1 - samples[i].measuredDice;
  const auto after = crossFitted(samples);
  int others = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].caseName == "case-4") {
      EXPECT_EQ(before.estimates[i], after.estimates[i]);
    } else {
      others += before.estimates[i] != after.estimates[i];
    }
  }
  EXPECT_GT(others, 0) << "the others do learn from it";
}

TEST(DiceEstimator, FewSamplesGiveTheShrunkenMeanOfTheClass) {
  std::vector<DiceSample> samples{{.caseName = "a", .classIndex = 0, .measuredDice = 0.9},
                                  {.caseName = "a", .classIndex = 1, .measuredDice = 0.5}};
  const auto estimator = DiceEstimator::fit(samples, {.classPull = 1});
  EXPECT_NEAR(estimator.estimate({.score = 0.1}, 0), (0.9 + 0.7) / 2, 1e-12);
  EXPECT_NEAR(estimator.estimate({}, 6), 0.7, 1e-12);
  EXPECT_NEAR(estimator.estimate({}, -1), 0.7, 1e-12);
  const auto alone = crossFitted(samples);
  EXPECT_EQ(alone.estimates, alone.globalMeans);
}

TEST(DiceEstimator, OddSamplesDoNoHarm) {
  auto samples = study(20, 0.9, 6);
  for (auto& sample : samples) {
    sample.features.sizeZ = 1e9;
    sample.features.meanProbability = std::nan("");
    sample.measuredDice = 1;
  }
  const auto estimator = DiceEstimator::fit(samples);
  EXPECT_GT(estimator.estimate(samples[0].features, 0), 0.95);
  EXPECT_THROW(DiceEstimator::fit({}), Error);
  samples[0].measuredDice = std::nan("");
  EXPECT_THROW(DiceEstimator::fit(samples), Error);
}

TEST(DiceEstimator, SurvivesJson) {
  const auto samples = study(20, 0.8, 7);
  const auto estimator = DiceEstimator::fit(samples);
  const auto back = DiceEstimator::fromJson(Json::parse(estimator.toJson().dump()));
  for (const auto& sample : samples)
    EXPECT_EQ(back.estimate(sample.features, sample.classIndex), estimator.estimate(sample.features, sample.classIndex));
  EXPECT_THROW(DiceEstimator::fromJson(Json::object()), Error);
}

}  // namespace
}  // namespace roundel
