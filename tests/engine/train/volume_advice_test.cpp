// SemiSAM+ on volumes: what generalists that look at pictures are asked about a patch, and what their answers teach.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <set>

#include "engine/train/box_generalist.h"
#include "engine/train/strategy_bench.h"
#include "train/strategies/patch_advice.h"
#include "train/volume_panel.h"

namespace roundel {
namespace {

using test::BoxGeneralist;
using test::StrategyBench;

constexpr Size kSize{20, 16, 12};

/// A box found on slices `first` .. `last` (half-open); of the second class nothing.
Prediction foundOn(std::int64_t first, std::int64_t last) {
  Prediction prediction{
      .size = kSize, .classCount = 2, .probabilities = std::vector<float>(2 * static_cast<std::size_t>(kSize.count()), 0.1f)};
  for (std::int64_t z = first; z < last; ++z)
    for (std::int64_t y = 4; y < 11; ++y)
      for (std::int64_t x = 5; x < 14; ++x) prediction.probabilities[static_cast<std::size_t>((z * kSize.y + y) * kSize.x + x)] = 0.9f;
  return prediction;
}

std::vector<float> patch() {
  std::vector<float> values;
  Random random(1, "patch");
  for (std::int64_t i = 0; i < kSize.count(); ++i) values.push_back(static_cast<float>(random.normal()));
  return values;
}

PatchAdvice advice(const std::shared_ptr<BoxGeneralist>& generalist, const Prediction& prediction, int slices, std::int64_t step = 0) {
  GeneralistPanel panel({generalist}, {.form = PromptForm::Box, .samples = 4, .keep = KeptComponent::All});
  return adviceOnPatch(panel, patch(), prediction, slices, 1, step, 0);
}

TEST(PatchAdvice, AsksAboutSlicesOnWhichSomethingWasFound) {
  const auto generalist = std::make_shared<BoxGeneralist>();
  const PatchAdvice all = advice(generalist, foundOn(3, 8), 100);
  EXPECT_EQ(generalist->embedded, 5);
  EXPECT_EQ(all.prompts, 5 * 4);
  EXPECT_EQ(all.asked(), (std::vector<std::uint8_t>{0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  const auto at = [&](std::int64_t x, std::int64_t y, std::int64_t z) { return static_cast<std::size_t>((z * kSize.y + y) * kSize.x + x); };
  EXPECT_GT(all.mean[at(9, 7, 5)], 0.9f);
  EXPECT_LT(all.mean[at(18, 14, 5)], 0.1f);
  EXPECT_EQ(all.mean[at(9, 7, 9)], 0.0f) << "nobody was asked there";
  EXPECT_GT(all.variance[at(5, 7, 5)], 2 * all.variance[at(9, 7, 5)]) << "moved boxes differ at the edge";
}

TEST(PatchAdvice, AsksAboutAFewSlicesAndOthersEachTime) {
  const auto generalist = std::make_shared<BoxGeneralist>();
  std::set<std::vector<std::uint8_t>> seen;
  for (std::int64_t step = 0; step < 8; ++step) {
    const PatchAdvice few = advice(generalist, foundOn(0, 12), 3, step);
    EXPECT_EQ(few.prompts, 3 * 4);
    seen.insert(few.asked());
  }
  EXPECT_GT(seen.size(), 1U);
  EXPECT_EQ(advice(generalist, foundOn(0, 12), 3, 5).mean, advice(generalist, foundOn(0, 12), 3, 5).mean) << "a function of the step";
}

TEST(PatchAdvice, NothingFoundCostsNothing) {
  const auto generalist = std::make_shared<BoxGeneralist>();
  const PatchAdvice none = advice(generalist, foundOn(0, 0), 8);
  EXPECT_EQ(none.prompts, 0);
  EXPECT_EQ(generalist->embedded, 0);
}

TEST(PatchAdvice, OneComponentOfTheVolumeCountsAlsoWhereASliceShowsTwoPartsOfIt) {
  Prediction bent = foundOn(3, 8);
  const auto at = [&](std::int64_t x, std::int64_t y, std::int64_t z) { return static_cast<std::size_t>((z * kSize.y + y) * kSize.x + x); };
  for (std::int64_t z = 4; z < 7; ++z)  // a gap through the middle slices: two parts there, one body
    for (std::int64_t y = 0; y < kSize.y; ++y)
      for (std::int64_t x = 8; x < 11; ++x) bent.probabilities[at(x, y, z)] = 0.1f;
  bent.probabilities[at(1, 1, 0)] = 0.9f;  // a speck far away is none of it
  const PatchAdvice told = advice(std::make_shared<BoxGeneralist>(), bent, 100);
  EXPECT_EQ(told.asked()[0], 0);
  EXPECT_GT(told.mean[at(6, 7, 5)], 0.8f);
  EXPECT_GT(told.mean[at(12, 7, 5)], 0.5f) << "the box holds both parts; near its edge, where moved boxes differ";
}

TEST(PatchAdvice, GeneralistsAreWeighedOnLabelledVolumes) {
  TrainingSet set = test::balls(3);
  GeneralistPanel panel({std::make_shared<BoxGeneralist>(), std::make_shared<BoxGeneralist>(6)}, {.form = PromptForm::Box, .samples = 2});
  weighOnVolumes(panel, set.labelled, 2, 1);
  EXPECT_GT(panel.weights()[0], panel.weights()[1] + 0.1);
}

/// Looks at volumes: answers with a ball around its first positive point or, without one, with nothing. Sees the first `reach` slices only.
class BallGeneralist : public Generalist {
 public:
  explicit BallGeneralist(double radius = 4, std::int64_t reach = 1000) : m_radius(radius), m_reach(reach) {}
  std::string name() const override { return "balls"; }
  GeneralistTraits traits() const override { return {.takesBox = false, .dimensions = 3}; }
  std::string contentHash() const override { return "balls"; }
  std::shared_ptr<const Embedding> embed(const Image& image, Job&) const override {
    ++embedded;
    auto made = std::make_shared<Embedding>();
    made->imageSize = image.geometry.size;
    return made;
  }
  std::vector<GeneralistMask> segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks, Job&) const override {
    std::vector<GeneralistMask> answers;
    for (const Prompt& prompt : prompts) {
      requireUsable(prompt, 3);
      const PromptPoint& at = prompt.points.front();
      GeneralistMask answer;
      for (std::int64_t z = 0; z < embedding.imageSize.z; ++z)
        for (std::int64_t y = 0; y < embedding.imageSize.y; ++y)
          for (std::int64_t x = 0; x < embedding.imageSize.x; ++x) {
            const double far = std::hypot(static_cast<double>(x) - at.x, static_cast<double>(y) - at.y, static_cast<double>(z) - at.z);
            answer.probability.push_back(z < m_reach ? static_cast<float>(1 / (1 + std::exp(far - m_radius))) : 0.0f);
          }
      answers.push_back(std::move(answer));
    }
    return answers;
  }
  FeatureMap features(const Embedding&) const override { return {}; }
  mutable int embedded = 0;

 private:
  double m_radius;
  std::int64_t m_reach;
};

TEST(VolumePanel, AsksAboutThePatchAsAWhole) {
  const auto generalist = std::make_shared<BallGeneralist>();
  const VolumePanel panel({generalist}, {.samples = 6});
  const Prediction found = foundOn(3, 8);
  const PatchAdvice told = panel.ask(patch(), found, 1, 0, 0);
  EXPECT_EQ(generalist->embedded, 1);
  EXPECT_EQ(told.prompts, 6) << "of the second class nothing was found: nobody was asked";
  const auto at = [&](std::int64_t x, std::int64_t y, std::int64_t z) { return static_cast<std::size_t>((z * kSize.y + y) * kSize.x + x); };
  EXPECT_GT(told.mean[at(9, 7, 5)], 0.6f);
  EXPECT_LT(told.mean[at(18, 14, 11)], 0.1f);
  EXPECT_GT(told.variance[at(5, 7, 5)], told.variance[at(9, 7, 5)]) << "clicks differ, and so do the balls' edges";
  EXPECT_EQ(panel.ask(patch(), found, 1, 0, 0).mean, told.mean) << "a function of seed, step and sample";
  EXPECT_NE(panel.ask(patch(), found, 1, 1, 0).mean, told.mean);
  EXPECT_EQ(panel.ask(patch(), foundOn(0, 0), 1, 0, 0).prompts, 0);
  EXPECT_EQ(generalist->embedded, 3) << "nothing found costs nothing";
}

TEST(VolumePanel, WhatNobodyLookedAtIsNotCertainGround) {
  const PatchAdvice told = VolumePanel({std::make_shared<BallGeneralist>(4, 6)}, {}).ask(patch(), foundOn(3, 8), 1, 0, 0);
  const auto asked = told.asked();
  EXPECT_EQ(asked[5], 1);
  EXPECT_EQ(asked[6], 0);
  EXPECT_EQ(told.seen()[static_cast<std::size_t>(6 * kSize.x * kSize.y)], 0.0f);
}

TEST(VolumePanel, IsWeighedOnLabelledVolumes) {
  VolumePanel panel({std::make_shared<BallGeneralist>(5), std::make_shared<BallGeneralist>(0.1)}, {});
  panel.weigh(test::balls(3).labelled, 2, 1);
  EXPECT_GT(panel.weights()[0], panel.weights()[1] + 0.1);
}

TEST(PatchAdvice, OfSeveralGeneralistsIsThatOfAllAnswers) {
  PatchAdvice first(1, {1, 1, 3}), second(1, {1, 1, 3});
  // Answers 0.2 and 0.4 of one generalist of weight 1 and, except of the last voxel, 0.9 of another one of weight 3.
  first.count = {2, 2, 2}, first.weight = {2, 2, 2}, first.mean = first.plainMean = {0.3f, 0.3f, 0.3f},
  first.variance = {0.01f, 0.01f, 0.01f};
  second.count = {1, 1, 0}, second.weight = {3, 3, 0}, second.mean = second.plainMean = {0.9f, 0.9f, 0}, second.variance = {0, 0, 0};
  first.add(second);
  EXPECT_NEAR(first.mean[0], (0.2 + 0.4 + 3 * 0.9) / 5, 1e-6);
  EXPECT_NEAR(first.variance[0], (0.2 * 0.2 + 0.4 * 0.4 + 0.9 * 0.9) / 3 - 0.25, 1e-6);
  EXPECT_NEAR(first.mean[2], 0.3, 1e-6);
  EXPECT_NEAR(first.variance[2], 0.01, 1e-6);
}

const Json kSmallAdvice{{"width", 4}, {"judge_width", 4}, {"batch", 2}, {"uncertainty_passes", 2}, {"generalist_slices", 3}};

TrainingSet halfLabelledBalls() {
  TrainingSet set = test::balls(4);
  set.unlabelled.assign(set.labelled.begin() + 2, set.labelled.end());
  set.labelled.resize(2);
  return set;
}

TEST(SemisamPlusOnVolumes, EveryTermTeachesOnEveryBase) {
  for (const auto& [base, prompt] : std::vector<std::pair<std::string, std::string>>{
           {"supervised", "mixed"}, {"mean-teacher", "box"}, {"ua-mt", "points"}, {"dan", "mixed"}, {"dtc", "box"}, {"urpc", "points"}}) {
    Json values = kSmallAdvice;
    values["semisam_base"] = base, values["generalist_prompt"] = prompt;
    std::vector<std::shared_ptr<const Generalist>> asked;  // one kind, the other and both
    asked.reserve(2);
    if (base != "dtc") asked.emplace_back(std::make_shared<BoxGeneralist>());
    if (base != "supervised") asked.emplace_back(std::make_shared<BallGeneralist>());
    StrategyBench bench("semisam-plus", values, halfLabelledBalls(), "unet3d", asked);
    bench.learn(10);
    const StepLoss loss = bench.loss(50);
    bool advised = false;
    for (const auto& [name, value] : loss.terms) {
      advised = advised || name == "generalist";
      EXPECT_GT(bench.gradient(value), 1e-12) << base << " " << name;
    }
    EXPECT_TRUE(advised) << base;
  }
}

TEST(SemisamPlusOnVolumes, TakesWhatIsInUnlabelledCasesForNothing) {
  TrainingSet set = halfLabelledBalls(), noisy = set;
  for (auto& one : noisy.unlabelled)
    for (auto& label : one.classes) {
      std::vector<std::uint8_t> bytes;
      for (std::int64_t i = 0; i < one.size.count(); ++i) bytes.push_back(i % 3 == 0);
      label.mask = Mask::fromBytes(one.size, bytes);
    }
  const auto lossOf = [&](const TrainingSet& of) {
    StrategyBench bench("semisam-plus", kSmallAdvice, of, "unet3d", {std::make_shared<BoxGeneralist>()});
    bench.learn(10);
    return bench.loss(50).total.item<double>();
  };
  EXPECT_EQ(lossOf(noisy), lossOf(set));
}

}  // namespace
}  // namespace roundel
