// Contract of the training strategies: every loss term teaches the specialist, labels of unlabelled cases are never read, and each step is
// a function of its number.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/error.h"
#include "engine/train/box_generalist.h"
#include "engine/train/strategy_bench.h"
#include "train/strategies/semi_supervised.h"

namespace roundel {
namespace {

using test::kSmall;
using test::StrategyBench;
using test::with;
using torch::Tensor;

const std::vector<std::shared_ptr<const Generalist>> kAdvisers{std::make_shared<test::BoxGeneralist>()};

void expectGradients(const std::string& name, StrategyBench& bench) {
  bench.learn(12);
  const StepLoss loss = bench.loss(50);
  ASSERT_FALSE(loss.terms.empty()) << name;
  for (const auto& [term, value] : loss.terms) EXPECT_GT(bench.gradient(value), 1e-10) << name << " " << term;
}

TEST(Strategies, EveryLossTermHasAGradientHalfWayThrough) {
  for (const auto& entry : trainingStrategies().entries())
    for (const auto& [specialist, outputs] : {std::pair("unet2d", "overlapping"), std::pair("unet2d-ssl", "exclusive")}) {
      StrategyBench bench(entry.name, with(kSmall, {{"outputs", outputs}}), test::partlyLabelledDiscs(), specialist, kAdvisers);
      expectGradients(entry.name + " " + specialist + " " + outputs, bench);
    }
  StrategyBench noise("mean-teacher", with(kSmall, {{"teacher_form", "noise"}}), test::partlyLabelledDiscs(), "unet2d");
  // Student and teacher are equal before the first update: what they disagree about is the noise.
  expectGradients("mean-teacher, noise", noise);
}

TEST(Strategies, AStepIsAFunctionOfItsNumber) {
  for (const auto& entry : trainingStrategies().entries()) {
    StrategyBench bench(entry.name, kSmall, test::partlyLabelledDiscs(), "unet2d-ssl", kAdvisers);
    const double first = bench.loss(7).total.item<double>(), between = bench.loss(8).total.item<double>();
    EXPECT_EQ(bench.loss(7).total.item<double>(), first) << entry.name;
    EXPECT_NE(between, first) << entry.name;
  }
}

TEST(Strategies, LabelsOfUnlabelledCasesAreNeverRead) {
  TrainingSet set = test::partlyLabelledDiscs(), labelled = set;
  for (auto& one : labelled.unlabelled) one.classes = set.labelled.front().classes;
  for (const auto& entry : trainingStrategies().entries()) {
    StrategyBench without(entry.name, kSmall, set, "unet2d", kAdvisers), with(entry.name, kSmall, labelled, "unet2d", kAdvisers);
    EXPECT_EQ(without.loss(3).total.item<double>(), with.loss(3).total.item<double>()) << entry.name;
  }
}

TEST(Strategies, OneLabelledCaseAndNoOtherWillDo) {
  TrainingSet set = test::partlyLabelledDiscs();
  set.labelled.resize(1);
  TrainingSet alone = set;
  alone.unlabelled.clear();
  for (const auto& entry : trainingStrategies().entries()) {
    StrategyBench one(entry.name, kSmall, set, "unet2d", kAdvisers), nothing(entry.name, kSmall, alone, "unet2d", kAdvisers);
    EXPECT_TRUE(std::isfinite(one.loss(3).total.item<double>())) << entry.name;
    EXPECT_TRUE(std::isfinite(nothing.loss(3).total.item<double>())) << entry.name;
  }
}

TEST(Strategies, AskForTheHeadsTheyLearnWith) {
  for (const std::string strategy : {"dtc", "urpc"}) {
    const auto code = [&]() -> std::string {
      try {
        StrategyBench bench(strategy, with(kSmall, {{"heads", "plain"}}), test::partlyLabelledDiscs(), "unet2d");
        bench.loss(0);
      } catch (const Error& error) {
        return error.code();
      }
      return "";
    };
    EXPECT_EQ(code(), "bad-parameter") << strategy;
  }
}

TEST(TwoStreams, LabelledCasesOnceAnEpochAndOthersBeside) {
  const Params params = makeTrainPlan("quick", 1, {{"batch", 4}}).params;
  std::vector<int> labelled(6), unlabelled(10);
  for (std::int64_t step = 0; step < 3; ++step) {  // an epoch
    const TwoStreamIndices drawn = twoStreamIndices(params, 6, 6, 10, 1, step);
    ASSERT_EQ(drawn.labelled.size(), 2u);
    ASSERT_EQ(drawn.unlabelled.size(), 2u);
    for (const auto i : drawn.labelled) ++labelled[static_cast<std::size_t>(i)];
    for (const auto i : drawn.unlabelled) ++unlabelled[static_cast<std::size_t>(i)];
  }
  EXPECT_EQ(labelled, std::vector<int>(6, 1));
  EXPECT_EQ(*std::max_element(unlabelled.begin(), unlabelled.end()), 1);
  EXPECT_EQ(twoStreamIndices(params, 1, 1, 3, 1, 5).labelled, (std::vector<std::int64_t>{0, 0}));
}

TEST(Beliefs, TeachWhereTheyAreSure) {
  TrainingSet set = test::partlyLabelledDiscs();
  const std::size_t values = set.labelled[0].image.size() * 2;
  TrainingSet unsure = set, sure = set;
  for (auto& one : unsure.unlabelled) one.beliefs.assign(values, 127);
  for (auto& one : sure.unlabelled) one.beliefs.assign(values, 250);
  const auto beliefTerm = [](StrategyBench& bench) -> Tensor {
    for (const auto& [name, value] : bench.loss(50).terms)
      if (name == "beliefs") return value;
    return {};
  };
  StrategyBench none("ua-mt", kSmall, set, "unet2d"), low("ua-mt", kSmall, unsure, "unet2d"), high("ua-mt", kSmall, sure, "unet2d");
  EXPECT_FALSE(beliefTerm(none).defined());
  EXPECT_LT(beliefTerm(low).item<double>(), 0.05);
  EXPECT_GT(beliefTerm(high).item<double>(), 0.3);
  EXPECT_GT(high.gradient(beliefTerm(high)), 1e-10);
}

}  // namespace
}  // namespace roundel
