#include "refine/random_walk.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace roundel {
namespace {

SeedField unseeded(int width, int height) {
  SeedField field{.window = {.x0 = 0, .y0 = 0, .x1 = width, .y1 = height, .width = width, .height = height}};
  field.seeds.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), Seed::Unknown);
  return field;
}

TEST(RandomWalk, IsAStraightLineOnAFlatStrip) {
  // One row: the chance to reach the right end first grows linearly (the gambler's ruin).
  auto field = unseeded(11, 1);
  field.seeds.front() = Seed::Background;
  field.seeds.back() = Seed::Foreground;
  const auto p = randomWalk(Field(11, 1, 0.4F), field, {.beta = 5, .priorWeight = 0});
  for (int x = 0; x < 11; ++x) EXPECT_NEAR(p.at(x, 0), x / 10.0, 1e-6);
}

TEST(RandomWalk, ResistancesInARowDivideTheProbability) {
  // Three pixels, an edge of known strength between the second and third: p = w12 / (w01 + w12) from weights exp(-beta d^2 / mean d^2).
  auto field = unseeded(3, 1);
  field.seeds[0] = Seed::Background;
  field.seeds[2] = Seed::Foreground;
  Field image(3, 1);
  image.values = {0.2F, 0.3F, 0.6F};
  const double mean = (0.01 + 0.09) / 2, w01 = std::exp(-0.7 * 0.01 / mean), w12 = std::exp(-0.7 * 0.09 / mean);
  EXPECT_NEAR(randomWalk(image, field, {.beta = 0.7, .priorWeight = 0}).values[1], w12 / (w01 + w12), 1e-6);
  field.prior = Field(3, 1, 0.9F);
  EXPECT_NEAR(randomWalk(image, field, {.beta = 0.7, .priorWeight = 0.5}).values[1], (w12 + 0.5 * 0.9F) / (w01 + w12 + 0.5), 1e-6);
}

TEST(RandomWalk, EveryUndecidedPixelIsTheWeightedMeanOfItsNeighbours) {
  Random random(3, "walk");
  Field image(13, 9);
  for (auto& value : image.values) value = static_cast<float>(random.uniform());
  auto field = unseeded(13, 9);
  field.seeds[field.seeds.size() / 2] = Seed::Foreground;
  for (int x = 0; x < 13; ++x) field.seeds[static_cast<std::size_t>(x)] = Seed::Background;
  // beta 0: all weights are the conductances alone, so the harmonic property can be written down.
  const auto p = randomWalk(image, field, {.beta = 0, .priorWeight = 0});
  for (int y = 1; y < 9; ++y)
    for (int x = 0; x < 13; ++x) {
      if (field.seeds[p.index(x, y)] != Seed::Unknown) continue;
      double sum = 0, weights = 0;
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx) {
          const int nx = x + dx, ny = y + dy;
          if ((dx == 0 && dy == 0) || nx < 0 || ny < 0 || nx >= 13 || ny >= 9) continue;
          const double weight = dx != 0 && dy != 0 ? 0.5 : 1.0;
          sum += weight * static_cast<double>(p.at(nx, ny)), weights += weight;
        }
      EXPECT_NEAR(p.at(x, y), sum / weights, 1e-5);
    }
}

TEST(RandomWalk, StopsAtAnEdge) {
  Field image(40, 5);
  for (int y = 0; y < 5; ++y)
    for (int x = 0; x < 40; ++x) image.at(x, y) = x < 30 ? 0.2F : 0.8F;
  auto field = unseeded(40, 5);
  for (int y = 0; y < 5; ++y) field.seeds[image.index(0, y)] = Seed::Foreground, field.seeds[image.index(39, y)] = Seed::Background;
  const auto p = randomWalk(image, field, {.beta = 5, .priorWeight = 0});
  EXPECT_GT(p.at(29, 2), 0.9F);
  EXPECT_LT(p.at(30, 2), 0.1F);
}

TEST(RandomWalk, WithoutSeedsThePriorStays) {
  auto field = unseeded(4, 4);
  EXPECT_EQ(randomWalk(Field(4, 4, 0.5F), field, {}).values, std::vector<float>(16, 0.0F));
  field.prior = Field(4, 4, 0.7F);
  EXPECT_EQ(randomWalk(Field(4, 4, 0.5F), field, {}).values, std::vector<float>(16, 0.7F));
}

}  // namespace
}  // namespace roundel
