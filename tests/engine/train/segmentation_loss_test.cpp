#include "train/segmentation_loss.h"

#include <gtest/gtest.h>

namespace roundel {
namespace {

struct Example {
  torch::Tensor logits, posWeight;
  LossTarget target;
};

/// Odd sizes, weights of every kind, a class that nobody annotated, extreme logits.
Example example(bool withIgnored, std::int64_t classes = 4) {
  const auto generator = at::detail::createCPUGenerator(7);
  const auto random = [&](at::IntArrayRef shape) { return torch::rand(shape, generator); };
  Example one;
  one.logits = 6 * (random({3, classes, 37, 29}) - 0.5);
  one.logits[0][0][0][0] = 150;
  one.logits[0][0][0][1] = -150;
  one.posWeight = 1 + 5 * random({classes});
  one.target.planes = bitPlanes((random({3, classes, 37, 29}) < 0.2).to(torch::kByte));
  one.target.classWeight = (random({3, classes}) * 1.5 - 0.3).clamp(0, 1);
  one.target.classWeight.select(1, classes - 1).zero_();
  if (withIgnored) one.target.ignored = (random({3, 1, 37, 29}) < 0.3).to(torch::kByte);
  return one;
}

class SegmentationLossTest : public ::testing::TestWithParam<bool> {};

TEST_P(SegmentationLossTest, AgreesWithTheTwoLossesAndTheirGradients) {
  for (const std::int64_t classes : {4, 16, 37}) {  // fewer than a vector holds, one whole vector, two and a rest
    for (const auto type : {torch::kFloat, torch::kBFloat16}) {
      const Example one = example(GetParam(), classes);
      const torch::Tensor logits = one.logits.to(type);
      const torch::Tensor a = logits.to(torch::kFloat, false, true).requires_grad_(),
                          b = logits.contiguous(torch::MemoryFormat::ChannelsLast).clone().requires_grad_();
      const torch::Tensor entropy = binaryCrossEntropy(a, one.target, one.posWeight), dice = knownDiceLoss(a, one.target);
      (2 * entropy + 3 * dice).backward();
      const SegmentationLoss both = segmentationLoss(b, one.target, one.posWeight);
      (2 * both.entropy + 3 * both.dice).backward();
      EXPECT_NEAR(both.entropy.item<double>(), entropy.item<double>(), 1e-5 * entropy.item<double>()) << classes;
      EXPECT_NEAR(both.dice.item<double>(), dice.item<double>(), 1e-5) << classes;
      EXPECT_GT(a.grad().abs().max().item<double>(), 0);
      const double rounding = type == torch::kFloat ? 1e-5 : 0.004;  // the gradient is rounded to the logits' type
      EXPECT_LT((b.grad().to(torch::kFloat) - a.grad()).abs().max().item<double>(), rounding * a.grad().abs().max().item<double>())
          << classes;
    }
  }
}

TEST_P(SegmentationLossTest, TheSameBytesTwice) {
  const Example one = example(GetParam());
  const auto first = segmentationLoss(one.logits, one.target, one.posWeight),
             second = segmentationLoss(one.logits, one.target, one.posWeight);
  EXPECT_TRUE(torch::equal(first.entropy, second.entropy));
  EXPECT_TRUE(torch::equal(first.dice, second.dice));
}

INSTANTIATE_TEST_SUITE_P(Ignored, SegmentationLossTest, ::testing::Bool());

TEST(SegmentationLoss, IsNothingWhereNothingIsKnown) {
  Example one = example(false);
  one.target.classWeight.zero_();
  const torch::Tensor x = one.logits.clone().requires_grad_();
  const SegmentationLoss both = segmentationLoss(x, one.target, one.posWeight);
  (both.entropy + both.dice).backward();
  EXPECT_EQ(both.entropy.item<float>(), 0.0f);
  EXPECT_EQ(both.dice.item<float>(), 0.0f);
  EXPECT_EQ(x.grad().abs().max().item<float>(), 0.0f);
}

}  // namespace
}  // namespace roundel
