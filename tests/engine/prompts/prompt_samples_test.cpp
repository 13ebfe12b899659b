#include "prompts/prompt_samples.h"

#include <gtest/gtest.h>

#include <set>

namespace roundel {
namespace {

constexpr Size kSize{40, 40, 1};

Mask square(int x0, int y0, int side) {
  std::vector<std::uint8_t> bytes(1600);
  for (int y = y0; y < y0 + side; ++y)
    for (int x = x0; x < x0 + side; ++x) bytes[static_cast<std::size_t>(40 * y + x)] = 1;
  return Mask::fromBytes(kSize, bytes);
}

class PromptSamples : public testing::Test {
 protected:
  std::vector<Prompt> samples(PromptForm form, int count = 6, PromptAbilities abilities = {}, std::int64_t step = 3) const {
    return promptSamples(m_masks, m_prompts, 0, form, abilities, count, 1, step);
  }
  std::vector<Mask> m_masks{square(4, 6, 12), square(24, 20, 10), Mask(kSize)};
  std::vector<ClassPrompts> m_prompts = promptExtractors().create("sctb")->extract(m_masks);
};

TEST_F(PromptSamples, BoxesMoveAroundTheMaskAndTheFirstDoesNot) {
  const auto boxes = samples(PromptForm::Box);
  ASSERT_EQ(boxes.size(), 6u);
  EXPECT_EQ(boxes[0].box, (PromptBox{4, 6, 16, 18}));
  std::set<double> left;
  for (const Prompt& one : boxes) {
    ASSERT_TRUE(one.box);
    EXPECT_TRUE(one.points.empty());
    left.insert(one.box->x0);
  }
  EXPECT_GT(left.size(), 1u);
  EXPECT_EQ(samples(PromptForm::Box)[3].box, boxes[3].box) << "a function of the step";
}

TEST_F(PromptSamples, ClicksLieDeepInTheMaskWithTheOthersAsNegatives) {
  for (const Prompt& one : samples(PromptForm::Points)) {
    EXPECT_FALSE(one.box);
    int positive = 0, negative = 0;
    for (const PromptPoint& point : one.points) {
      ++(point.positive ? positive : negative);
      const bool deep = point.x >= 6 && point.x < 14 && point.y >= 8 && point.y < 16;
      EXPECT_EQ(deep, point.positive);
    }
    EXPECT_EQ(positive, 2);
    EXPECT_EQ(negative, 1) << "the one other class that is there";
  }
}

TEST_F(PromptSamples, FollowWhatTheGeneralistTakes) {
  for (const Prompt& one : samples(PromptForm::Mixed, 4, {.box = false})) EXPECT_FALSE(one.box);
  for (const Prompt& one : samples(PromptForm::Mixed, 4, {.points = false})) EXPECT_TRUE(one.box);
  const auto mixed = samples(PromptForm::Mixed, 4);
  EXPECT_TRUE(mixed[0].box && !mixed[1].box && mixed[2].box && !mixed[3].box);
  EXPECT_TRUE(promptSamples(m_masks, m_prompts, 2, PromptForm::Mixed, {}, 4, 1, 0).empty()) << "nothing was found of the third";
}

}  // namespace
}  // namespace roundel
