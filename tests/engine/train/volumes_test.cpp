// Volumes: patches and what they carry, windows that slide, and every strategy's step on them.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/error.h"
#include "engine/train/strategy_bench.h"
#include "models/sliding_window.h"
#include "models/volume_prediction.h"
#include "support/temporary_folder.h"
#include "train/patch_sampler.h"
#include "train/trainer.h"
#include "train/validation.h"

namespace roundel {
namespace {

using test::StrategyBench;
using torch::Tensor;

CaseTensors tensorsOf(const TrainingSet& set) {
  std::vector<const TrainingCase*> cases;
  for (const auto& one : set.labelled) cases.push_back(&one);
  return makeCaseTensors(cases, set, {});
}

BatchRecipe recipeOf(const TrainingSet& set) {
  return {.augmentation = {.affine = 0}, .mirror = set.classes.mirrorIndices(), .patch = {set.depth, set.height, set.width}};
}

TEST(Patches, LabelsFollowTheirVolumesThroughTurnsAndFlips) {
  TrainingSet set = test::balls(3);
  set.width = 24;  // a flat patch, wider than any volume: it is padded, and quarter turns change its sides
  const CaseTensors tensors = tensorsOf(set);
  for (std::int64_t step = 0; step < 12; ++step) {
    const Batch batch = makeBatch(tensors, {0, 1, 2}, recipeOf(set), "augment", step);
    ASSERT_EQ(batch.images.sizes().vec(), (std::vector<std::int64_t>{3, 1, 16, 16, 24}));
    const Tensor labels = asPictures(batch.target).labels().to(torch::kBool), grey = asPictures(batch.images);
    // Where one class alone is, the noise cannot hide its grey.
    const Tensor bright = labels.select(1, 0).logical_and(labels.select(1, 1).logical_not());
    ASSERT_GT(bright.sum().item<std::int64_t>(), 50);
    EXPECT_GT(grey.select(1, 0).masked_select(bright).min().item<float>(), 0.6f) << step;
    EXPECT_LT(grey.select(1, 0).masked_select(labels.any(1).logical_not()).max().item<float>(), 0.4f) << step;
  }
}

TEST(Patches, AreFunctionsOfTheStepAndLieElsewhereEachTime) {
  const TrainingSet set = test::balls(2);
  const CaseTensors tensors = tensorsOf(set);
  const auto image = [&](std::int64_t step) { return makeBatch(tensors, {0, 1}, recipeOf(set), "augment", step).images; };
  EXPECT_TRUE(image(3).equal(image(3)));
  EXPECT_FALSE(image(3).equal(image(4)));
  BatchRecipe still = recipeOf(set);
  still.augmentation.turns = false;
  still.augmentation.foreground = 1;
  TrainingSet nothing = set;
  for (auto& one : nothing.labelled) one.classes.clear();
  EXPECT_TRUE(torch::isfinite(makeBatch(tensorsOf(nothing), {0, 1}, still, "augment", 0).images).all().item<bool>())
      << "no class to be centred on";
}

TEST(Patches, MirroredClassesChangeSides) {
  TrainingSet set = test::balls(1);
  auto classes = set.classes.classes();
  classes[0].mirror = classes[1].name, classes[1].mirror = classes[0].name;
  set.classes = LabelSet(classes);
  const Batch batch = makeBatch(tensorsOf(set), {0}, recipeOf(set), "augment", 0);
  const Tensor labels = asPictures(batch.target).labels().to(torch::kBool), grey = asPictures(batch.images).select(1, 0);
  const Tensor second = labels.select(1, 1).logical_and(labels.select(1, 0).logical_not());
  EXPECT_GT(grey.masked_select(second).min().item<float>(), 0.6f) << "one flip always: what was bright is now the other class";
}

TEST(SlidingWindow, GivesBackWhatItSees) {
  torch::manual_seed(5);
  for (const auto weights : {WindowWeights::Uniform, WindowWeights::Gaussian})
    for (const std::vector<std::int64_t>& size : {std::vector<std::int64_t>{20, 17, 33}, {5, 16, 40}, {16, 16, 16}, {37, 3, 2}}) {
      const Tensor volume = torch::randn({1, size[0], size[1], size[2]});
      const SlidingWindow windows{.patch = {16, 16, 16}, .stride = {8, 5, 16}, .weights = weights, .batch = 3};
      const Tensor found = slidOver(volume, windows, [](const Tensor& seen) { return torch::cat({seen, 2 * seen}, 1); });
      ASSERT_EQ(found.sizes().vec(), (std::vector<std::int64_t>{2, size[0], size[1], size[2]}));
      EXPECT_LT((found - torch::cat({volume, 2 * volume})).abs().max().item<float>(), 1e-5f);
    }
}

TEST(SlidingWindow, AveragesOverItsVisits) {
  // Every window answers with its own number; the middle is the mean of those that saw it.
  float number = 0;
  const SlidingWindow windows{.patch = {4, 4, 4}, .stride = {2, 4, 4}, .weights = WindowWeights::Uniform};
  const Tensor found = slidOver(torch::zeros({1, 8, 4, 4}), windows, [&](const Tensor& seen) { return torch::full_like(seen, ++number); });
  const Tensor along = found[0].select(2, 0).select(1, 0).contiguous();  // windows 1, 2, 3 begin at slices 0, 2, 4
  EXPECT_TRUE(along.equal(torch::tensor({1.0f, 1.0f, 1.5f, 1.5f, 2.5f, 2.5f, 3.0f, 3.0f})));
}

TEST(Volumes, EveryStrategyTakesAStepAndTeaches) {
  TrainingSet set = test::balls(4);
  set.unlabelled.assign(set.labelled.begin() + 2, set.labelled.end());
  set.labelled.resize(2);
  const Json values{{"width", 4}, {"judge_width", 4}, {"batch", 2}, {"uncertainty_passes", 2}};
  for (const std::string strategy : {"supervised", "mean-teacher", "ua-mt", "dan", "dtc", "urpc"}) {
    StrategyBench bench(strategy, values, set, "unet3d");
    bench.learn(4);
    for (const auto& [name, value] : bench.loss(50).terms) EXPECT_GT(bench.gradient(value), 1e-12) << strategy << " " << name;
  }
  Json exclusive = values;
  exclusive["outputs"] = "exclusive";
  StrategyBench vnet("ua-mt", exclusive, set, "vnet");
  EXPECT_TRUE(std::isfinite(vnet.loss(50).total.item<double>()));
}

TEST(Volumes, NnunetsNetworkLearnsOnEveryLevel) {
  StrategyBench bench("supervised", {{"nnunet_width", 4}, {"nnunet_stages", "133/111 333/122 333/222"}}, test::balls(2), "nnunet-like-3d");
  bench.loss(0).total.backward();
  for (const auto& [name, parameter] : parametersOf(bench.context().network)) {
    ASSERT_TRUE(parameter.grad().defined()) << name;
    // What a convolution adds to a whole channel is taken away again by the norm after it.
    if (name.ends_with("conv.bias")) continue;
    EXPECT_GT(parameter.grad().abs().sum().item<double>(), 0) << name;
  }
  const Tensor x = torch::randn({1, 1, 8, 16, 12});
  EXPECT_EQ(bench.context().network.forward(x).sizes(), (std::vector<std::int64_t>{1, 2, 8, 16, 12}));
  EXPECT_THROW(bench.context().network.forward(torch::randn({1, 1, 9, 16, 16})), Error) << "nine slices cannot be halved";
}

TEST(Volumes, ValidationSlidesOverWholeVolumes) {
  const TrainingSet set = test::balls(2);
  StrategyBench bench("supervised", {{"width", 4}}, set, "unet3d");
  const double dice = validationDice(bench.context().network, tensorsOf(set), bench.context().recipe, torch::kFloat, 2);
  EXPECT_GE(dice, 0.0);
  EXPECT_LE(dice, 1.0);
}

/// Masks come from slabs of slices, two at a time; they are those of the whole prediction brought back at once, also where the specialist
/// learnt at another spacing.
TEST(Volumes, MasksOfSlabsAreThoseOfTheWhole) {
  for (const std::array<double, 3> spacing : {std::array<double, 3>{}, std::array<double, 3>{2, 2, 2.5}}) {
    TrainingSet set = test::balls(3);
    set.spacingMm = spacing;
    const test::TemporaryFolder folder;
    Job job;
    TrainPlan plan = makeTrainPlan("quick", 1, {{"width", 4}, {"steps", 40}, {"learning_rate", 0.01}}, "unet3d", "supervised");
    plan.threads = 1;  // too small for more
    const Specialist specialist =
        Specialist::load(train(set, plan, TrainStart::fromScratch(), folder / "model", job).checkpoint, {.threads = 1});
    const TrainingCase& ball = set.labelled[1];
    for (const std::array<double, 3> own : {std::array<double, 3>{2, 2, 2}, std::array<double, 3>{1.5, 3.1, 1.1}}) {
      const Image volume{.geometry = {.size = ball.size, .spacingMm = own, .spacingSource = SpacingSource::FileHeader},
                         .values = ball.image};
      const Prediction whole = specialist.predict(std::span(&volume, 1), job).front();
      const auto expected = masksOnVolume(whole, {0, 0, ball.size.x, ball.size.y, 0, ball.size.z}, ball.size);
      const auto masks = predictVolume(specialist, volume, "", job);
      ASSERT_EQ(masks.size(), expected.size());
      for (std::size_t c = 0; c < masks.size(); ++c) {
        EXPECT_GT(masks[c].area(), 0);
        EXPECT_LE(subtract(masks[c], expected[c]).area() + subtract(expected[c], masks[c]).area(), 2) << "but for rounding";
      }
    }
  }
}

TEST(Volumes, PositiveWeightsCountVoxels) {
  TrainingSet set = test::balls(1);
  const auto voxels = static_cast<double>(set.labelled[0].size.count()),
             inside = static_cast<double>(set.labelled[0].classes[0].mask.area());
  EXPECT_NEAR(positiveWeights(tensorsOf(set), 0)[0].item<double>(), (voxels - inside) / inside, 1e-4);
}

}  // namespace
}  // namespace roundel
