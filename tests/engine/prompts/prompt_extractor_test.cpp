#include "prompts/prompt_extractor.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "engine/raster/random_mask.h"

namespace roundel {
namespace {

std::vector<ClassPrompts> extracted(const std::vector<Mask>& masks, const Json& params = Json::object()) {
  return promptExtractors().create("sctb", params)->extract(masks);
}

PromptPoint positive(double x, double y) { return {x, y, 0, true}; }
PromptPoint negative(double x, double y) { return {x, y, 0, false}; }

TEST(SctbExtractor, BoxFirstThenPointsWithTheOthersAsNegatives) {
  const auto prompts =
      extracted({drawnMask({"###......", "###......", "###......"}), Mask({9, 3, 1}), drawnMask({".......##", ".......##", "........."})});
  ASSERT_EQ(prompts.size(), 3U);
  EXPECT_EQ(prompts[0].first->box, (PromptBox{0, 0, 3, 3}));
  EXPECT_TRUE(prompts[0].first->points.empty());
  EXPECT_FALSE(prompts[0].second->box.has_value());
  // 7.5 goes to 8 and 0.5 to 0: half to even.
  EXPECT_EQ(prompts[0].second->points, (std::vector<PromptPoint>{positive(1, 1), negative(8, 0)}));
  EXPECT_EQ(prompts[2].second->points, (std::vector<PromptPoint>{positive(8, 0), negative(1, 1)}));
  EXPECT_FALSE(prompts[1].present || prompts[1].box || prompts[1].first || prompts[1].second);
}

TEST(SctbExtractor, OnlyPixelsOfOneClassMakeTheSeed) {
  // Class 1 lies wholly inside class 0: no prompt, but a box. Class 0's seed is the centroid of what is left of it.
  const auto prompts = extracted({drawnMask({"######"}), drawnMask({"...###"})});
  EXPECT_EQ(prompts[0].seed, positive(1, 0));
  EXPECT_TRUE(prompts[0].negatives.empty());
  EXPECT_EQ(prompts[0].box, (PromptBox{0, 0, 6, 1}));
  EXPECT_TRUE(prompts[1].present);
  EXPECT_FALSE(prompts[1].hasExclusivePixels);
  EXPECT_EQ(prompts[1].box, (PromptBox{3, 0, 6, 1}));
  EXPECT_FALSE(prompts[1].first || prompts[1].second || prompts[1].seed);
  // Three classes on one pixel are as shared as two.
  const auto three = extracted({drawnMask({"##.."}), drawnMask({"##.."}), drawnMask({"#..#"})});
  EXPECT_FALSE(three[0].hasExclusivePixels);
  EXPECT_EQ(three[2].seed, positive(3, 0));
}

TEST(SctbExtractor, ASeedOutsideAConcaveShapeIsMovedInside) {
  const std::vector<Mask> ring{drawnMask({"#######", "#.....#", "#.....#", "#.....#", "#.....#", "#######", "#######"})};
  EXPECT_FALSE(ring[0].contains(3, 3));
  EXPECT_EQ(extracted(ring)[0].seed, positive(3, 3)) << "the paper's seed stays outside";
  const auto near = extracted(ring, {{"seed", "nearest-inside"}})[0].seed.value();
  EXPECT_EQ(near, positive(3, 5));
  // The widest place of the shape: the two full rows.
  const auto deep =
      extracted({drawnMask({"#......", "#......", "#......", "#######", "#######", "#######"})}, {{"seed", "deepest"}})[0].seed.value();
  EXPECT_EQ(deep.y, 4);
  EXPECT_TRUE(deep.x >= 1 && deep.x <= 5);
}

TEST(SctbExtractor, AMovedSeedStaysOffTheOtherClasses) {
  // The nearest pixel of class 0 to its centroid belongs to class 1 too.
  const std::vector<Mask> masks{drawnMask({"##.#.##"}), drawnMask({"...#..."})};
  for (const char* seed : {"nearest-inside", "deepest"}) {
    const auto point = extracted(masks, {{"seed", seed}})[0].seed.value();
    EXPECT_TRUE(masks[0].contains(static_cast<std::int64_t>(point.x), 0)) << seed;
    EXPECT_FALSE(masks[1].contains(static_cast<std::int64_t>(point.x), 0)) << seed;
  }
}

TEST(SctbExtractor, SeedsInsideRandomShapesAreAlwaysInside) {
  for (std::uint64_t i = 0; i < 40; ++i) {
    const std::vector<Mask> masks{randomMask({15, 11, 1}, 0.15, i), randomMask({15, 11, 1}, 0.3, i + 100)};
    for (const char* seed : {"nearest-inside", "deepest"})
      for (const auto& prompts : extracted(masks, {{"seed", seed}})) {
        ASSERT_TRUE(prompts.seed.has_value());
        const auto x = static_cast<std::int64_t>(prompts.seed->x), y = static_cast<std::int64_t>(prompts.seed->y);
        EXPECT_TRUE(masks[static_cast<std::size_t>(prompts.classIndex)].contains(x, y));
        EXPECT_FALSE(masks[static_cast<std::size_t>(1 - prompts.classIndex)].contains(x, y));
      }
  }
}

TEST(SctbExtractor, TakesTheNearestNegatives) {
  const std::vector<Mask> masks{drawnMask({"#.........."}), drawnMask({"..........#"}), drawnMask({"..#........"}),
                                drawnMask({"......#...."})};
  EXPECT_EQ(extracted(masks)[0].negatives, (std::vector<PromptPoint>{negative(10, 0), negative(2, 0), negative(6, 0)}));
  EXPECT_EQ(extracted(masks, {{"max_negatives", 2}})[0].negatives, (std::vector<PromptPoint>{negative(2, 0), negative(6, 0)}));
  EXPECT_EQ(extracted(masks, {{"max_negatives", 0}})[0].second->points, (std::vector<PromptPoint>{positive(0, 0)}));
}

TEST(SctbExtractor, TheMarginStaysInTheImage) {
  const auto prompts = extracted({drawnMask({".....", "##...", "....."})}, {{"box_margin", 2}});
  EXPECT_EQ(prompts[0].first->box, (PromptBox{0, 0, 4, 3}));
}

TEST(SctbExtractor, CallsHoldWhatTheyAreToldToHold) {
  const std::vector<Mask> masks{drawnMask({"##..."}), drawnMask({"....#"})};
  const auto both = extracted(masks, {{"first", "box+points"}, {"second", "none"}})[0];
  EXPECT_TRUE(both.first->box.has_value());
  EXPECT_EQ(both.first->points.size(), 2U);
  EXPECT_FALSE(both.second.has_value());
  const auto single = extracted(masks, {{"first", "points"}, {"second", "positive"}})[0];
  EXPECT_FALSE(single.first->box.has_value());
  EXPECT_EQ(single.second->points, (std::vector<PromptPoint>{single.seed.value()}));
}

TEST(SctbExtractor, RefusesVolumesAndMixedGrids) {
  EXPECT_THROW(extracted({Mask(Size{4, 4, 3}, {{0, 2}})}), Error);
  EXPECT_THROW(extracted({drawnMask({"#"}), drawnMask({"##"})}), Error);
  EXPECT_TRUE(extracted({}).empty());
  EXPECT_THROW(promptExtractors().create("sctp"), Error);
}

class JitteredPrompts : public testing::Test {
 protected:
  static Mask block(std::int64_t x0, std::int64_t x1) {
    std::vector<Mask::Run> runs;
    for (std::int64_t y = 20; y < 60; ++y) runs.push_back({y * 100 + x0, x1 - x0});
    return Mask({100, 80, 1}, runs);
  }
  std::vector<Mask> m_masks{block(5, 45), block(50, 95)};
  std::vector<ClassPrompts> m_prompts = extracted(m_masks, {{"first", "box+points"}});
};

TEST_F(JitteredPrompts, AreAFunctionOfSeedAndSample) {
  const auto one = jittered(m_prompts, m_masks, {}, 1, 0), again = jittered(m_prompts, m_masks, {}, 1, 0);
  EXPECT_EQ(toJson(one[0]), toJson(again[0]));
  EXPECT_NE(toJson(one[0]), toJson(jittered(m_prompts, m_masks, {}, 1, 1)[0]));
  EXPECT_NE(toJson(one[0]), toJson(jittered(m_prompts, m_masks, {}, 2, 0)[0]));
}

TEST_F(JitteredPrompts, MoveButKeepTheirSides) {
  bool moved = false;
  for (std::uint64_t sample = 0; sample < 200; ++sample)
    for (const auto& each : jittered(m_prompts, m_masks, {.boxShare = 0.5, .boxMost = 60, .pointShare = 0.5}, 7, sample)) {
      const Mask& mask = m_masks[static_cast<std::size_t>(each.classIndex)];
      const PromptBox box = each.box.value();
      EXPECT_TRUE(box.x0 >= 0 && box.y0 >= 0 && box.x1 <= 100 && box.y1 <= 80 && box.x0 < box.x1 && box.y0 < box.y1);
      EXPECT_TRUE(mask.contains(static_cast<std::int64_t>(each.seed->x), static_cast<std::int64_t>(each.seed->y)));
      for (const auto& point : each.negatives)
        EXPECT_FALSE(mask.contains(static_cast<std::int64_t>(point.x), static_cast<std::int64_t>(point.y)));
      // Every call sees the same moved prompts.
      EXPECT_EQ(each.first->box, each.box);
      EXPECT_EQ(each.first->points, each.second->points);
      EXPECT_EQ(each.first->points.front(), *each.seed);
      moved = moved || box != *m_prompts[static_cast<std::size_t>(each.classIndex)].box;
    }
  EXPECT_TRUE(moved);
}

TEST_F(JitteredPrompts, StayWhereNoMoveIsAllowed) {
  const auto still = jittered(m_prompts, m_masks, {.boxShare = 0, .boxMost = 0, .pointShare = 0}, 7, 3);
  EXPECT_EQ(toJson(still[1]), toJson(m_prompts[1]));
}

TEST(PromptsJson, SaysNullWhereThereIsNothing) {
  for (const auto& one : extracted({Mask(Size{3, 3, 1}, {{0, 2}}), Mask(Size{3, 3, 1}, {{1, 3}})}))
    EXPECT_EQ(toJson(classPromptsFromJson(toJson(one))), toJson(one)) << "a round trip";
  EXPECT_THROW(classPromptsFromJson(Json::array()), Error);
  const Json json = toJson(extracted({Mask(Size{3, 3, 1})})[0]);
  EXPECT_EQ(json["present"], false);
  EXPECT_TRUE(json["box"].is_null() && json["positive"].is_null() && json["first"].is_null() && json["second"].is_null());
  EXPECT_EQ(json["negatives"], Json::array());
}

}  // namespace
}  // namespace roundel
