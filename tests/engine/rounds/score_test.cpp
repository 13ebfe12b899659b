#include "rounds/score.h"

#include <gtest/gtest.h>

#include "rounds/evaluate.h"
#include "rounds/validation_stage.h"

namespace roundel {
namespace {

Score score(const std::string& name, const std::string& of, double value, const std::string& arm = "strategy") {
  return {.caseName = name, .className = of, .split = "test", .arm = arm, .metric = "dice", .value = value, .unit = ""};
}

TEST(Scores, AreAveragedOverClassesFirst) {
  // Case a has two classes, case b one: the mean over cases is not the mean over all.
  std::vector<Score> scores{score("a", "x", 1.0), score("a", "y", 0.0), score("b", "x", 1.0)};
  scores.push_back({.caseName = "b", .className = "y", .split = "test", .arm = "strategy", .metric = "dice", .value = std::nullopt});
  const auto mean = summarise(scores, {.split = "test"});
  ASSERT_TRUE(mean);
  EXPECT_EQ(mean->cases, 2);
  EXPECT_DOUBLE_EQ(mean->mean, 0.75);
  EXPECT_FALSE(summarise(scores, {.split = "validation"}));
}

TEST(Scores, MillimetresAndPixelsHaveNoMean) {
  auto inMillimetres = score("a", "x", 2), inPixels = score("b", "x", 10);
  inMillimetres.metric = inPixels.metric = "hd95";
  inMillimetres.unit = "mm", inPixels.unit = "px";
  const std::vector<Score> scores{inMillimetres, inPixels, score("a", "x", 0.5)};
  EXPECT_EQ(unitsOf(scores), (std::vector<std::string>{"mm", "px"}));
  EXPECT_DOUBLE_EQ(summarise(scores, {.split = "test", .metric = "hd95", .unit = "mm"})->mean, 2);
  EXPECT_DOUBLE_EQ(summarise(scores, {.split = "test", .metric = "hd95", .unit = "px"})->mean, 10);
}

TEST(Scores, AbsentClassesHaveNoValue) {
  const Size size{8, 8, 1};
  const LabelSet classes({{1, "a"}, {2, "b"}, {3, "c"}});
  Annotation truth = Annotation::empty(size, 3);
  truth.set(0, Mask(size, {{0, 8}}));
  truth.set(1, Mask(size));  // absent; c stays not annotated
  const std::vector<Mask> predicted{Mask(size, {{0, 8}}), Mask(size, {{8, 4}}), Mask(size, {{16, 4}})};
  Geometry grid;
  grid.size = size;
  const auto scores = scoresOf(predicted, truth, grid, classes, {.caseName = "a", .split = "test"}, Distances::Skip);
  for (const auto& one : scores) {
    EXPECT_NE(one.className, "c");
    if (one.className == "a" && one.metric == "dice") {
      EXPECT_DOUBLE_EQ(*one.value, 1.0);
    }
    if (one.className == "b") {
      EXPECT_FALSE(one.value);
    }
  }
}

TEST(CompareArms, PairsTheSameCasesAndKnowsWhenItCannotTell) {
  std::vector<Score> scores;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "case" + std::to_string(i);
    scores.push_back(score(name, "x", 0.5 + 0.02 * i + 0.05));
    scores.push_back(score(name, "x", 0.5 + 0.02 * i, "control"));
  }
  auto comparison = compareArms(scores, {.split = "test"}, {.split = "test", .arm = "control"}, 1);
  ASSERT_TRUE(comparison);
  EXPECT_NEAR(comparison->difference, 0.05, 1e-9);
  EXPECT_EQ(comparison->verdict, "helped");
  for (std::size_t i = 0; i < scores.size(); i += 2) scores[i].value = *scores[i + 1].value + (i % 4 == 0 ? 0.1 : -0.1);
  comparison = compareArms(scores, {.split = "test"}, {.split = "test", .arm = "control"}, 1);
  EXPECT_EQ(comparison->verdict, "no difference that can be told");
  EXPECT_LT(comparison->low, 0);
  EXPECT_GT(comparison->high, 0);
}

}  // namespace
}  // namespace roundel
