#include "quality/calibration_report.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace roundel {
namespace {

std::vector<EstimatedAndMeasured> rows(double noise) {
  std::vector<EstimatedAndMeasured> out;
  for (int i = 0; i < 40; ++i)
    for (int c = 0; c < 3; ++c) {
      Random random(1, "rows", static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(c));
      const double measured = random.uniform();
      out.push_back({"case-" + std::to_string(i), c, (1 - noise) * measured + noise * random.uniform(), 0.5, 0.5, measured});
    }
  return out;
}

TEST(RankCorrelation, AgreesWithHandWorkedRanks) {
  const std::vector<double> a{1, 2, 3, 4}, up{10, 20, 30, 40}, down{4, 3, 2, 1}, ties{1, 1, 2, 2}, flat{3, 3, 3, 3};
  EXPECT_NEAR(*rankCorrelation(a, up), 1, 1e-12);
  EXPECT_NEAR(*rankCorrelation(a, down), -1, 1e-12);
  EXPECT_NEAR(*rankCorrelation(a, ties), 4 / std::sqrt(20.0), 1e-12);
  EXPECT_FALSE(rankCorrelation(a, flat));
  EXPECT_FALSE(rankCorrelation(std::vector<double>{1, 2}, std::vector<double>{1, 2}));
}

TEST(CalibrationReport, SaysInformativeOnlyWhereTheEstimateBeatsTheMean) {
  const auto good = calibrationReport(rows(0.2), 4), bad = calibrationReport(rows(1), 4);
  EXPECT_EQ(verdict(good.overall), "informative");
  EXPECT_LT(good.overall.differenceHigh, 0);
  EXPECT_GT(*good.overall.rankCorrelation, 0.9);
  EXPECT_EQ(verdict(bad.overall), "not informative");
  EXPECT_GT(bad.overall.meanAbsoluteError, bad.overall.classMeanError);
  EXPECT_FALSE(good.overall.classMeanRankCorrelation) << "a constant has no rank";
  ASSERT_EQ(good.classes.size(), 4U);
  EXPECT_EQ(good.classes[1].count, 40);
  EXPECT_EQ(good.classes[3].count, 0);
  EXPECT_FALSE(good.classes[3].informative);
}

TEST(CalibrationReport, FewCasesProveNothing) {
  auto few = rows(0.05);
  few.resize(3 * 5);
  EXPECT_EQ(verdict(calibrationReport(few, 3).overall), "not informative");
}

TEST(CalibrationReport, TheBetterOfBothMeansIsTheOneToBeat) {
  auto samples = rows(0.5);
  for (auto& sample : samples) sample.classMean = sample.measured;
  EXPECT_EQ(verdict(calibrationReport(samples, 3).overall), "not informative");
}

TEST(CalibrationReport, AnEstimateThatOnlyBeatsMeansThatAreOffIsNotInformative) {
  std::vector<EstimatedAndMeasured> samples;
  for (int i = 0; i < 40; ++i) {
    const double measured = 0.8 + 0.05 * (i % 2 == 0 ? 1 : -1);
    samples.push_back({"case-" + std::to_string(i), 0, 0.8, 0.4, 0.4, measured});  // the folds' specialists were worse: their means are low
  }
  const auto report = calibrationReport(samples, 1);
  EXPECT_LT(report.overall.meanAbsoluteError, report.overall.classMeanError);
  EXPECT_NEAR(report.overall.ownMeanError, 0.05, 1e-12);
  EXPECT_EQ(verdict(report.overall), "not informative");
}

TEST(CalibrationReport, ReliabilityBinsHoldEquallyMany) {
  const auto report = calibrationReport(rows(0.2), 3, 6);
  ASSERT_EQ(report.overall.reliability.size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(report.overall.reliability[i].count, 20);
    if (i > 0) {
      EXPECT_GT(report.overall.reliability[i].meanMeasured, report.overall.reliability[i - 1].meanMeasured);
    }
  }
}

TEST(CalibrationReport, IsTheSameTwiceAndSaysSoInJson) {
  const LabelSet classes({{.id = 1, .name = "11"}, {.id = 2, .name = "12"}, {.id = 3, .name = "13"}});
  const auto json = toJson(calibrationReport(rows(0.2), 3), classes);
  EXPECT_EQ(json, toJson(calibrationReport(rows(0.2), 3), classes));
  EXPECT_EQ(json.at("overall").at("verdict"), "informative");
  EXPECT_EQ(json.at("classes").at(2).at("class"), "13");
  EXPECT_EQ(toJson(calibrationReport({}, 1), classes).at("overall").at("count"), 0);
}

}  // namespace
}  // namespace roundel
