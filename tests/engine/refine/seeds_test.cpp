#include "refine/seeds.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace roundel {
namespace {

Seed seedAt(const SeedField& field, double imageX, double imageY) {
  const auto x = std::lround(field.window.toWorkX(imageX)), y = std::lround(field.window.toWorkY(imageY));
  return field.seeds[static_cast<std::size_t>(y * field.window.width + x)];
}

LowResLogits square(int side, int from, int to) {
  LowResLogits logits{.width = side, .height = side};
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) logits.values.push_back(x >= from && x < to && y >= from && y < to ? 8.0F : -8.0F);
  return logits;
}

TEST(Seeds, ABoxIsHalfOpenAndItsOutsideIsBackground) {
  const auto field = plantSeeds({100, 80, 1}, {.box = PromptBox{20, 30, 40, 60}}, {});
  EXPECT_EQ(seedAt(field, 19, 45), Seed::Background);
  EXPECT_EQ(seedAt(field, 20, 45), Seed::Unknown);
  EXPECT_EQ(seedAt(field, 39, 45), Seed::Unknown);
  EXPECT_EQ(seedAt(field, 40, 45), Seed::Background);
  EXPECT_EQ(seedAt(field, 30, 45), Seed::Foreground);
}

TEST(Seeds, AMaskPromptLeavesABandToDecide) {
  const auto field = plantSeeds({100, 100, 1}, {.mask = square(100, 30, 70)}, {.band = 0.1});
  EXPECT_EQ(seedAt(field, 50, 50), Seed::Foreground);
  EXPECT_EQ(seedAt(field, 35, 50), Seed::Foreground);
  EXPECT_EQ(seedAt(field, 31, 50), Seed::Unknown);
  EXPECT_EQ(seedAt(field, 27, 50), Seed::Unknown);
  EXPECT_EQ(seedAt(field, 24, 50), Seed::Background);
  EXPECT_GT(field.prior.at(field.window.width / 2, field.window.height / 2), 0.99F);
}

TEST(Seeds, AMaskPromptIsReadInTheImagesOwnScale) {
  const auto field = plantSeeds({400, 200, 1}, {.mask = square(100, 30, 70)}, {.band = 0.05});
  EXPECT_EQ(seedAt(field, 200, 100), Seed::Foreground);
  EXPECT_EQ(seedAt(field, 135, 100), Seed::Foreground);
  EXPECT_EQ(seedAt(field, 110, 100), Seed::Background);
}

TEST(Seeds, AThinMaskKeepsACore) {
  LowResLogits line{.width = 60, .height = 60, .values = std::vector<float>(3600, -8.0F)};
  for (int x = 10; x < 50; ++x) line.values[static_cast<std::size_t>(30 * 60 + x)] = 8;
  const auto field = plantSeeds({60, 60, 1}, {.mask = line}, {.band = 1});
  EXPECT_TRUE(field.hasForeground());
}

TEST(Seeds, PositivePointsWinOverNegativeOnesAndBothOverTheMask) {
  const auto field =
      plantSeeds({100, 100, 1},
                 {.points = {{.x = 45, .y = 45, .positive = false}, {.x = 46, .y = 45}, {.x = 60, .y = 60, .positive = false}},
                  .mask = square(100, 30, 70)},
                 {});
  EXPECT_EQ(seedAt(field, 46, 45), Seed::Foreground);
  EXPECT_EQ(seedAt(field, 60, 60), Seed::Background);
  EXPECT_EQ(field.positives.size(), 1U);
}

TEST(Seeds, LargeObjectsAreWorkedOnCoarser) {
  const SeedSettings settings{.maximumUnknowns = 5'000};
  const auto field = plantSeeds({5000, 4000, 1}, {.box = PromptBox{100, 100, 4900, 3900}}, settings);
  EXPECT_LE(std::count(field.seeds.begin(), field.seeds.end(), Seed::Unknown), 5'000);
  EXPECT_GT(field.seeds.size(), 2'000U) << "not coarser than needed";
  EXPECT_EQ(seedAt(field, 2500, 2000), Seed::Foreground);
}

TEST(Seeds, PromptsThatLieElsewhereGiveNothing) {
  EXPECT_TRUE(plantSeeds({50, 50, 1}, {.box = PromptBox{60, 60, 70, 70}}, {}).empty());
  EXPECT_TRUE(plantSeeds({50, 50, 1}, {.points = {{.x = 80, .y = 10}}}, {}).empty());
  EXPECT_TRUE(
      plantSeeds({50, 50, 1}, {.mask = LowResLogits{.width = 5, .height = 5, .values = std::vector<float>(25, -3.0F)}}, {}).empty());
}

}  // namespace
}  // namespace roundel
