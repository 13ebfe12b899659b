#include "quality/dice_shift.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace roundel {
namespace {

double logitOf(double p) { return std::log(p / (1 - p)); }
double diceOf(double logit) { return 1 / (1 + std::exp(-logit)); }

/// Estimates that order well and are too low by one logit, of `cases` cases with five classes each.
std::vector<EstimateOfTruth> tooLow(int cases) {
  std::vector<EstimateOfTruth> samples;
  for (int i = 0; i < cases; ++i)
    for (const double measured : {0.3, 0.6, 0.7, 0.8, 0.9})
      samples.push_back({.caseName = "case " + std::to_string(i), .estimate = diceOf(logitOf(measured) - 1), .measured = measured});
  return samples;
}

TEST(DiceShift, MovesEstimatesThatAreTooLowAsAWhole) {
  const DiceShift shift = DiceShift::fit(tooLow(98));
  EXPECT_EQ(shift.cases(), 98);
  EXPECT_NEAR(shift.logits(), 0.98, 1e-6);  // one logit, shrunk by 98 / 100
  EXPECT_NEAR(shift.apply(diceOf(logitOf(0.8) - 1)), 0.8, 0.005);
  EXPECT_GT(shift.toJson()["error_before"], 0.15);
  EXPECT_LT(shift.toJson()["error_after"], 0.01);
}

TEST(DiceShift, OneCaseMovesItAThirdOfTheWay) { EXPECT_NEAR(DiceShift::fit(tooLow(1)).logits(), 1.0 / 3, 1e-6); }

TEST(DiceShift, KeepsTheOrderAndStaysBetweenZeroAndOne) {
  const DiceShift shift = DiceShift::fit(tooLow(20));
  double last = 0;
  for (double estimate = 0; estimate <= 1; estimate += 0.01) {
    const double now = shift.apply(estimate);
    EXPECT_GE(now, last) << estimate;
    EXPECT_LE(now, 1) << estimate;
    last = now;
  }
}

TEST(DiceShift, WithoutCasesNothingMoves) {
  EXPECT_EQ(DiceShift::fit({}).apply(0.37), 0.37);
  EXPECT_EQ(DiceShift().apply(0), 0);
}

TEST(DiceShift, IsReadBackAsItWasWritten) {
  const DiceShift shift = DiceShift::fit(tooLow(7));
  EXPECT_EQ(DiceShift::fromJson(Json::parse(shift.toJson().dump())).apply(0.4), shift.apply(0.4));
  EXPECT_THROW(DiceShift::fromJson(Json{{"logits", "much"}}), Error);
}

TEST(DiceShift, AFewMasksOnTheWrongStructureDoNotPullAllOthersDown) {
  std::vector<EstimateOfTruth> samples;
  for (int i = 0; i < 40; ++i)
    for (const double measured : {0.7, 0.8, 0.9})
      samples.push_back({.caseName = "case " + std::to_string(i), .estimate = measured, .measured = measured});
  for (int i = 0; i < 12; ++i) samples.push_back({.caseName = "case " + std::to_string(i), .estimate = 0.7, .measured = 0});
  const DiceShift shift = DiceShift::fit(samples);
  EXPECT_NEAR(shift.logits(), 0, 0.05) << "nine in ten are right as they are";
  EXPECT_LE(shift.toJson()["error_after"].get<double>(), shift.toJson()["error_before"].get<double>() + 1e-3);
}

TEST(DiceShift, AllWrongIsBounded) {
  const std::vector<EstimateOfTruth> samples{{.caseName = "a", .estimate = 0.9, .measured = 0},
                                             {.caseName = "b", .estimate = 0.8, .measured = 0}};
  EXPECT_GT(DiceShift::fit(samples).apply(0.9), 0);
  EXPECT_LT(DiceShift::fit(samples).apply(0.9), 0.6);
}

}  // namespace
}  // namespace roundel
