// SemiSAM+: what generalists are asked, what it costs, and what their answers teach.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/error.h"
#include "engine/train/box_generalist.h"
#include "engine/train/strategy_bench.h"
#include "train/generalist_panel.h"

namespace roundel {
namespace {

using test::BoxGeneralist;
using test::kSmall;
using test::StrategyBench;
using test::with;

double note(const StepLoss& loss, const std::string& name) {
  for (const auto& [known, value] : loss.notes)
    if (known == name) return value;
  return -1;
}

torch::Tensor term(const StepLoss& loss, const std::string& name) {
  for (const auto& [known, value] : loss.terms)
    if (known == name) return value;
  return {};
}

TEST(SemisamPlus, EveryTermTeachesOnEveryBase) {
  const std::vector<std::pair<std::string, std::string>> forms{{"supervised", "mixed"}, {"mean-teacher", "box"}, {"ua-mt", "points"},
                                                               {"dan", "mask"},         {"dtc", "mixed"},        {"urpc", "box"}};
  for (const auto& [base, prompt] : forms) {
    StrategyBench bench("semisam-plus", with(kSmall, {{"semisam_base", base}, {"generalist_prompt", prompt}}), test::partlyLabelledDiscs(),
                        "unet2d", {std::make_shared<BoxGeneralist>()});
    bench.learn(6);
    const StepLoss loss = bench.loss(50);
    ASSERT_TRUE(term(loss, "generalist").defined()) << base << " " << prompt;
    for (const auto& [name, value] : loss.terms) EXPECT_GT(bench.gradient(value), 1e-10) << base << " " << prompt << " " << name;
    EXPECT_GT(note(loss, "generalist_prompts"), 0);
  }
}

TEST(SemisamPlus, TheReleasedFormTeachesNothing) {
  StrategyBench bench("semisam-plus", with(kSmall, {{"generalist_confidence", "released"}}), test::partlyLabelledDiscs(), "unet2d",
                      {std::make_shared<BoxGeneralist>()});
  const StepLoss loss = bench.loss(50);
  EXPECT_NEAR(term(loss, "generalist").item<double>(), 1.0, 1e-6);
  EXPECT_LT(bench.gradient(term(loss, "generalist")), 1e-10);
}

TEST(SemisamPlus, WaitsForItsWarmUpAndAsksEveryKthStep) {
  const auto generalist = std::make_shared<BoxGeneralist>();
  StrategyBench bench("semisam-plus", with(kSmall, {{"generalist_every", 3}}), test::partlyLabelledDiscs(), "unet2d", {generalist});
  bench.loss(9);  // of 100: still warming up
  EXPECT_EQ(generalist->asked, 0);
  bench.loss(50);
  EXPECT_EQ(generalist->asked, 0);
  bench.loss(51);
  EXPECT_GT(generalist->asked, 0);
  const int embedded = generalist->embedded;
  bench.loss(54), bench.loss(57);
  EXPECT_EQ(embedded, 2) << "both unlabelled pictures are in the batch of 2";
  EXPECT_EQ(generalist->embedded, embedded) << "a picture is embedded once";
}

TEST(SemisamPlus, NeedsAGeneralist) {
  try {
    StrategyBench bench("semisam-plus", kSmall, test::partlyLabelledDiscs(), "unet2d");
    FAIL() << "began without one";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "no-generalist");
  }
}

Prediction squares(std::initializer_list<bool> present) {
  Prediction prediction{.size = {24, 24, 1}, .classCount = static_cast<int>(present.size()), .probabilities = {}};
  int at = 4;
  for (const bool here : present) {
    for (int y = 0; y < 24; ++y)
      for (int x = 0; x < 24; ++x) prediction.probabilities.push_back(here && x >= at && x < at + 8 && y >= 6 && y < 14 ? 0.9f : 0.1f);
    at += 6;
  }
  return prediction;
}

Image plain() { return {.geometry = {.size = {24, 24, 1}}, .values = std::vector<float>(24 * 24, 0.5f)}; }

TEST(GeneralistPanel, AsksNothingAboutWhatWasNotFound) {
  const auto generalist = std::make_shared<BoxGeneralist>();
  GeneralistPanel panel({generalist}, {.samples = 4});
  const Advice nothing = panel.ask(0, plain(), squares({false, false}), 1, 0);
  EXPECT_EQ(generalist->asked, 0);
  EXPECT_EQ(generalist->embedded, 0);
  EXPECT_EQ(nothing.prompts, 0);
  const Advice one = panel.ask(0, plain(), squares({false, true}), 1, 0);
  EXPECT_EQ(one.asked, (std::vector<std::uint8_t>{0, 1}));
  EXPECT_EQ(one.prompts, 4);
  EXPECT_EQ(generalist->asked, 4);
}

TEST(GeneralistPanel, SpreadOfTheAnswersIsTheUncertainty) {
  GeneralistPanel one({std::make_shared<BoxGeneralist>()}, {.form = PromptForm::Box, .samples = 8});
  const Advice advice = one.ask(0, plain(), squares({true}), 1, 0);
  const auto at = [&](const std::vector<float>& map, int x, int y) { return map[static_cast<std::size_t>(y * 24 + x)]; };
  EXPECT_GT(at(advice.mean, 8, 10), 0.9f);
  EXPECT_LT(at(advice.mean, 20, 20), 0.1f);
  EXPECT_GT(at(advice.variance, 4, 10), 4 * at(advice.variance, 8, 10)) << "moved boxes differ at the edge";
  const Advice same = one.ask(0, plain(), squares({true}), 1, 0);
  EXPECT_EQ(same.mean, advice.mean) << "a function of the step";
  EXPECT_NE(one.ask(0, plain(), squares({true}), 1, 1).mean, advice.mean);
  // Two that disagree are less certain than either of them.
  GeneralistPanel two({std::make_shared<BoxGeneralist>(), std::make_shared<BoxGeneralist>(4)}, {.form = PromptForm::Box, .samples = 8});
  EXPECT_GT(at(two.ask(0, plain(), squares({true}), 1, 0).variance, 2, 10), at(advice.variance, 2, 10));
}

TEST(GeneralistPanel, TheOneThatAgreesWithTheLabelsCountsMore) {
  GeneralistPanel panel({std::make_shared<BoxGeneralist>(), std::make_shared<BoxGeneralist>(6)}, {.form = PromptForm::Box, .samples = 2});
  std::vector<std::uint8_t> bytes(24 * 24);
  for (int y = 6; y < 14; ++y)
    for (int x = 4; x < 12; ++x) bytes[static_cast<std::size_t>(y * 24 + x)] = 1;
  const std::vector<ClassAnnotation> classes{{ClassState::Present, Mask::fromBytes({24, 24, 1}, bytes)}};
  panel.weigh(-1, plain(), classes, 1);
  EXPECT_GT(panel.weights()[0], 0.9);
  EXPECT_LT(panel.weights()[1], 0.7);
}

}  // namespace
}  // namespace roundel
