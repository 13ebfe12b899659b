// The parts of a training: masked losses, warps, fused operators, gradients of every loss term, the test of convergence.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "engine/train/discs.h"
#include "nn/blocks2d.h"
#include "nn/joined_doubled.h"
#include "train/convergence.h"
#include "train/train_plan.h"
#include "train/training_strategy.h"

namespace roundel {
namespace {

using torch::Tensor;

double distance(const Tensor& a, const Tensor& b) { return (a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max().item<double>(); }

TEST(Blocks, FusedNormAgreesWithLibTorch) {
  torch::manual_seed(1);
  for (const std::int64_t channels : {1, 2, 4, 5, 8, 16, 24}) {
    const Tensor x = (torch::randn({2, channels, 70, 65}) * 3 + 10).contiguous(torch::MemoryFormat::ChannelsLast);
    const Tensor gain = torch::randn({channels}), bias = torch::randn({channels}), weights = torch::randn({2, channels, 70, 65});
    const auto run = [&](bool fused) {
      std::vector<Tensor> in{x.clone().requires_grad_(), gain.clone().requires_grad_(), bias.clone().requires_grad_()};
      const Tensor y = fused ? nn::instanceNormLeakyRelu(in[0], in[1], in[2])
                             : torch::leaky_relu(torch::instance_norm(in[0].to(torch::kDouble), in[1].to(torch::kDouble),
                                                                      in[2].to(torch::kDouble), {}, {}, true, 0.0, 1e-5, false),
                                                 0.01);
      (y * weights).sum().backward();
      return std::vector<Tensor>{y, in[0].grad(), in[1].grad() / 100, in[2].grad() / 100};
    };
    const auto fused = run(true), plain = run(false);
    for (std::size_t i = 0; i < fused.size(); ++i) EXPECT_LT(distance(fused[i], plain[i]), 2e-4) << channels << " " << i;
  }
  const Tensor flat = torch::full({1, 16, 8, 8}, 0.3f).contiguous(torch::MemoryFormat::ChannelsLast);
  EXPECT_EQ(nn::instanceNormLeakyRelu(flat, torch::ones({16}), torch::zeros({16})).abs().max().item<float>(), 0.0f);
}

TEST(Blocks, PoolAgreesWithLibTorch) {
  torch::manual_seed(2);
  for (const std::int64_t channels : {3, 16, 20})
    for (const std::int64_t width : {10, 11}) {
      const Tensor x = torch::randint(0, 5, {2, channels, 9, width}).to(torch::kFloat).contiguous(torch::MemoryFormat::ChannelsLast);
      const Tensor a = x.clone().requires_grad_(), b = x.clone().requires_grad_();
      const Tensor mine = nn::maxPool2x2(a), theirs = torch::max_pool2d(b, 2), weights = torch::randn(mine.sizes());
      (mine * weights).sum().backward();
      (theirs * weights).sum().backward();
      EXPECT_EQ(distance(mine, theirs), 0.0);
      EXPECT_EQ(distance(a.grad(), b.grad()), 0.0);
    }
}

TEST(Blocks, JoinedWithDoubledAgreesWithLibTorch) {
  torch::manual_seed(3);
  for (const std::int64_t channels : {3, 16, 20})
    for (const std::int64_t side : {1, 2, 5}) {
      const auto layout = torch::MemoryFormat::ChannelsLast3d;
      const Tensor skip = torch::randn({2, 5, 2 * side, 6, 8}).contiguous(layout),
                   deep = torch::randn({2, channels, side, 3, 4}).contiguous(layout);
      const Tensor weights = torch::randn({2, 5 + channels, 2 * side, 6, 8});
      const auto run = [&](bool ours) {
        const Tensor a = skip.clone().requires_grad_(), b = deep.clone().requires_grad_();
        const Tensor y = ours ? nn::joinedWithDoubled(a, b) : torch::cat({a, torch::upsample_trilinear3d(b, {2 * side, 6, 8}, false)}, 1);
        (y * weights).sum().backward();
        return std::vector<Tensor>{y, a.grad(), b.grad()};
      };
      const auto ours = run(true), theirs = run(false);
      for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_LT(distance(ours[i], theirs[i]), 1e-5) << channels << " " << side << " " << i;
    }
}

TEST(Batches, AShareOfThemIsTrueLabels) {
  Params params = makeTrainPlan("quick", 1).params;
  for (const double share : {0.0, 0.5, 1.0}) {
    params["labelled_share"] = share;
    int fromLabels = 0;
    for (std::int64_t step = 0; step < 50; ++step)
      for (const auto index : mixedIndices(params, 4, 40, 1, step)) {
        ASSERT_TRUE(index >= 0 && index < 40);
        fromLabels += index < 4;
      }
    if (share > 0) EXPECT_EQ(fromLabels, std::llround(share * 300));
    else EXPECT_LT(fromLabels, 80);
  }
  params["labelled_share"] = 0.5;
  params["batch"] = 1;
  EXPECT_NE(mixedIndices(params, 4, 40, 1, 0).front() < 4, mixedIndices(params, 4, 40, 1, 1).front() < 4) << "a batch of one alternates";
  EXPECT_EQ(mixedIndices(params, 0, 40, 1, 3), batchIndices(params, 40, 1, 3));
  EXPECT_EQ(mixedIndices(params, 40, 40, 1, 3), batchIndices(params, 40, 1, 3));
}

TEST(Augmentation, MasksFollowPicturesAndComeBack) {
  const TrainingSet set = test::discs(2, 64);
  std::vector<const TrainingCase*> cases{&set.labelled[0], &set.labelled[1]};
  const CaseTensors tensors = makeCaseTensors(cases, set, {});
  const Batch still = makeBatch(tensors, {1, 0}, {.augmentation = {.affine = 0}, .mirror = {0, 1}}, "augment", 0);
  EXPECT_EQ(distance(still.images, tensors.images.flip(0)), 0.0);
  const Batch moved = makeBatch(tensors, {0, 1}, {.augmentation = {.affine = 0.1}, .mirror = {0, 1}}, "augment", 0);
  const Tensor labels = targetOf(tensors.planes, tensors.classWeight, false).labels().to(torch::kFloat);
  // Nearest masks lie where a bilinear warp of the masks says, but for pixels on the rim.
  const Tensor expected = warped(labels, moved.thetas);
  const Tensor sure = (expected - 0.5).abs() > 0.49;
  EXPECT_GT(sure.to(torch::kFloat).mean().item<float>(), 0.8f);
  EXPECT_TRUE((moved.target.labels().to(torch::kFloat).eq(expected.round()).logical_or(sure.logical_not())).all().item<bool>());
  const Tensor back = warped(warped(labels, moved.thetas), inverted(moved.thetas));
  EXPECT_LT((back - labels).abs().mean().item<float>(), 0.05f);
}

TEST(Augmentation, FlipSwapsMirroredClasses) {
  const TrainingSet set = test::discs(1, 32);
  const CaseTensors tensors = makeCaseTensors({&set.labelled[0]}, set, {});
  const Batch flipped = makeBatch(tensors, {0}, {.augmentation = {.affine = 0, .flip = 1}, .mirror = {1, 0}}, "augment", 0);
  const Tensor labels = targetOf(tensors.planes, tensors.classWeight, false).labels();
  EXPECT_LT(distance(flipped.images, tensors.images.flip(3)), 1e-5);
  EXPECT_EQ(distance(flipped.target.labels(), labels.flip(3).flip(1)), 0.0);
}

TEST(Losses, PositiveWeightsAreTheRatioOfPixels) {
  TrainingSet set = test::discs(1, 32);
  const double area = static_cast<double>(set.labelled[0].classes[0].mask.area());
  set.labelled[0].classes[1] = {ClassState::Absent, Mask({32, 32, 1})};
  const Tensor weights = positiveWeights(makeCaseTensors({&set.labelled[0]}, set, {}), 0);
  EXPECT_NEAR(weights[0].item<double>(), (1024 - area) / area, 1e-4);
  EXPECT_EQ(weights[1].item<float>(), 1.0f);
  EXPECT_EQ(positiveWeights(makeCaseTensors({&set.labelled[0]}, set, {}), 2.0)[0].item<float>(), 2.0f);
}

TEST(Convergence, TellsAFallingCurveFromAFlatOne) {
  std::vector<float> falling, flat;
  for (int i = 0; i < 200; ++i) {
    falling.push_back(2.0f - 0.009f * static_cast<float>(i));
    flat.push_back(i < 50 ? 1.0f - 0.01f * static_cast<float>(i) : 0.5f);
  }
  EXPECT_FALSE(judgeConvergence(falling, {}, false).converged);
  EXPECT_TRUE(judgeConvergence(flat, {}, false).converged);
  EXPECT_FALSE(judgeConvergence(flat, {.1, .2, .3, .4, .5, .6, .7, .8}, false).converged);
  EXPECT_TRUE(judgeConvergence(falling, {.1, .5, .7, .7, .7, .7, .7, .7}, false).converged);
  EXPECT_FALSE(judgeConvergence({1.0f}, {}, false).converged);
}

}  // namespace
}  // namespace roundel
