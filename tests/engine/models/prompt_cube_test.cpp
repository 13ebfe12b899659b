#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "models/generalists/crop_model.h"
#include "models/generalists/prompt_cube.h"

namespace roundel {
namespace {

TEST(CubeWindow, HoldsItsBoxWithTheMarginAndIsNotTooFlat) {
  const CubeWindow window = cubeAround({.x0 = 10, .y0 = 20, .x1 = 40, .y1 = 50, .z0 = 7, .z1 = 8}, 0.3);
  const double longest = std::max(window.length[0], window.length[1]);
  EXPECT_GT(window.length[0], 30 * 1.3);
  EXPECT_GE(window.length[2], 0.4 * longest - 1e-9);
  EXPECT_DOUBLE_EQ(window.start[0] + window.length[0] / 2, 25);
  EXPECT_DOUBLE_EQ(window.start[2] + window.length[2] / 2, 7.5);
  EXPECT_DOUBLE_EQ(cubeAround({.x0 = 1, .y0 = 1, .x1 = 2, .y1 = 2, .z0 = 1, .z1 = 2}, 0.3).length[1], kSmallestCube);
}

TEST(ResampledCube, IsTheVolumeItselfWherePlacesAreVoxels) {
  const Size size{12, 10, 9};
  std::vector<float> volume(static_cast<std::size_t>(size.count()));
  std::iota(volume.begin(), volume.end(), 0.0F);
  const auto cube = resampledCube(volume, size, {{3, 2, 1}, {4, 4, 4}}, 4);
  std::size_t i = 0;
  for (int z = 0; z < 4; ++z)
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 4; ++x) EXPECT_FLOAT_EQ(cube[i++], static_cast<float>(((z + 1) * 10 + y + 2) * 12 + x + 3));
}

TEST(ResampledCube, GoesOnBeyondTheVolume) {
  const std::vector<float> volume(5 * 4 * 3, 0.25F);
  for (const float value : resampledCube(volume, {5, 4, 3}, {{-30, 8, -2}, {20, 50, 9}}, 6)) EXPECT_FLOAT_EQ(value, 0.25F);
}

TEST(SpreadOutCube, UndoesResamplingOfWhatIsSmooth) {
  const Size size{40, 36, 32};
  std::vector<float> volume;
  for (std::int64_t z = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x)
        volume.push_back(static_cast<float>(std::sin(0.2 * static_cast<double>(x)) + std::cos(0.15 * static_cast<double>(y)) +
                                            0.05 * static_cast<double>(z)));
  const CubeWindow window{{5.3, 4.1, 6.7}, {25, 22.5, 20}};
  const PixelBox area = voxelsOf(window, size);
  const auto back = spreadOutCube(resampledCube(volume, size, window, 24), 24, window, area);
  std::size_t i = 0;
  for (std::int64_t z = area.z0; z < area.z1; ++z)
    for (std::int64_t y = area.y0; y < area.y1; ++y)
      for (std::int64_t x = area.x0; x < area.x1; ++x, ++i) {
        const bool edge = x < area.x0 + 2 || y < area.y0 + 2 || z < area.z0 + 2 || x > area.x1 - 3 || y > area.y1 - 3 || z > area.z1 - 3;
        if (!edge) {
          ASSERT_NEAR(back[i], volume[static_cast<std::size_t>((z * size.y + y) * size.x + x)], 0.02F) << x << " " << y << " " << z;
        }
      }
  EXPECT_EQ(i, back.size());
}

TEST(DrawnCube, HasTheBoxTheClicksAndTheMaskInChannelsOfTheirOwn) {
  const int side = 8;
  const std::size_t places = 512;
  CropPrompt prompt{.box = PromptBox{.x0 = 2, .y0 = 3, .x1 = 5, .y1 = 6, .z0 = 1, .z1 = 4}, .points = {{1.5, 2.5, 6.5, false}}};
  prompt.mask.assign(places, 0.75F);
  const auto channels = drawnCube(std::vector<float>(places, 0.1F), prompt, side);
  ASSERT_EQ(channels.size(), 5 * places);
  const auto at = [&](std::size_t channel, std::size_t x, std::size_t y, std::size_t z) {
    return channels[channel * places + (z * 8 + y) * 8 + x];
  };
  EXPECT_EQ(at(0, 3, 3, 3), 0.1F);
  EXPECT_EQ(at(1, 2, 3, 1), 1.0F);
  EXPECT_EQ(at(1, 4, 5, 3), 1.0F);
  for (const auto& [x, y, z] : {std::array{5U, 5U, 3U}, std::array{4U, 6U, 3U}, std::array{4U, 5U, 4U}, std::array{1U, 3U, 1U}})
    EXPECT_EQ(at(1, x, y, z), -1.0F);
  EXPECT_EQ(at(2, 1, 2, 6), 0.0F);
  EXPECT_EQ(at(3, 1, 2, 6), 1.0F);
  EXPECT_EQ(at(4, 0, 0, 0), 0.5F);
}

TEST(InCube, MapsBoxesAndClicksAndLeavesClicksBeyondOut) {
  const CubeWindow window{{10, 20, 30}, {20, 40, 10}};
  const Prompt prompt{.box = PromptBox{.x0 = 12, .y0 = 24, .x1 = 22, .y1 = 44, .z0 = 31, .z1 = 36},
                      .points = {{19.5, 39.5, 34.5, true}, {5, 39.5, 34.5, true}}};
  const CropPrompt inside = inCube(prompt, window, 40);
  EXPECT_EQ(*inside.box, (PromptBox{.x0 = 4, .y0 = 4, .x1 = 24, .y1 = 24, .z0 = 4, .z1 = 24}));
  ASSERT_EQ(inside.points.size(), 1U);
  EXPECT_EQ(inside.points.front(), (PromptPoint{20, 20, 20, true}));
}

TEST(CubePoints, AreInTheOrderOfTheAxesAndFilledUp) {
  const std::vector<CropPrompt> prompts{{.box = PromptBox{.x0 = 1, .y0 = 2, .x1 = 4, .y1 = 5, .z0 = 3, .z1 = 6}},
                                        {.points = {{7.5, 8.5, 9.5, true}}},
                                        {.points = {{1, 1, 1, true}, {2, 2, 2, false}}}};
  const auto points = cubePoints(prompts);
  ASSERT_EQ(points.places.sizes(), (std::vector<std::int64_t>{3, 3, 3}));
  EXPECT_TRUE(points.hasFillers);
  EXPECT_EQ(points.places[0][0][0].item<float>(), 2.5F);  // z first
  EXPECT_EQ(points.places[0][1][2].item<float>(), 3.5F);  // x last
  EXPECT_EQ(points.places[1][0][0].item<float>(), 9);
  const std::vector<std::int64_t> kinds{2, 3, -2, 1, -1, -2, 1, 0, -1};
  for (std::int64_t i = 0; i < 9; ++i) EXPECT_EQ(points.labels.flatten()[i].item<std::int64_t>(), kinds[static_cast<std::size_t>(i)]) << i;
}

}  // namespace
}  // namespace roundel
