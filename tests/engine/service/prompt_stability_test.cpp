#include "service/prompt_stability.h"

#include <gtest/gtest.h>

#include "engine/service/fake_generalist.h"

namespace roundel {
namespace {

Embedding imageOf(std::int64_t width, std::int64_t height) {
  Embedding embedding;
  embedding.imageSize = {width, height, 1};
  return embedding;
}

std::vector<std::optional<double>> stabilityOf(const Prompt& prompt, int samples = 4) {
  const auto control = std::make_shared<test::FakeControl>();
  const test::FakeGeneralist generalist(control);
  const Embedding image = imageOf(200, 200);
  Job job;
  const std::vector<Prompt> prompts{prompt};
  const auto answers = generalist.segment(image, prompts, SoftMasks::No, job);
  return promptStability(generalist, image, prompts, answers, samples, job);
}

TEST(PromptStability, ABoxThatIsFollowedBlindlyIsNotStable) {
  const auto stability = stabilityOf({.box = PromptBox{50, 50, 100, 100}});
  ASSERT_TRUE(stability.at(0));
  EXPECT_GT(*stability[0], 0.5);
  EXPECT_LT(*stability[0], 0.99);
  EXPECT_EQ(stabilityOf({.box = PromptBox{50, 50, 100, 100}}), stability) << "deterministic";
}

TEST(PromptStability, PointsWithoutABoxMoveToo) {
  const auto stability = stabilityOf({.points = {{.x = 60, .y = 60}}}, 8);
  ASSERT_TRUE(stability.at(0));
  EXPECT_LT(*stability[0], 1.0);
}

TEST(PromptStability, WhereNothingCanMoveThereIsNone) {
  EXPECT_EQ(stabilityOf({.mask = LowResLogits{.width = 1, .height = 1, .values = {1}}}).at(0), std::nullopt);
  EXPECT_EQ(stabilityOf({.box = PromptBox{300, 300, 310, 310}}).at(0), std::nullopt) << "nothing was found";
}

}  // namespace
}  // namespace roundel
