#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "models/generalists/prompt_crop.h"

namespace roundel {
namespace {

TEST(CropWindow, HoldsItsBoxWithTheMarginAndIsNeverMoreThanTwiceAsLongAsWide) {
  const CropWindow thin = windowAround({100, 50, 122, 166}, 0.3);  // a tooth: 22 x 116
  EXPECT_DOUBLE_EQ(thin.height, 116 + 2 * 0.3 * 69);
  EXPECT_DOUBLE_EQ(thin.width, thin.height / 2);
  EXPECT_DOUBLE_EQ(thin.x0 + thin.width / 2, 111);
  EXPECT_DOUBLE_EQ(thin.y0 + thin.height / 2, 108);
  const CropWindow small = windowAround({10, 10, 12, 13}, 0.3);
  EXPECT_DOUBLE_EQ(small.width, kSmallestWindow);
  EXPECT_DOUBLE_EQ(small.height, kSmallestWindow);
}

TEST(Resampled, IsThePictureItselfWherePlacesArePixels) {
  std::vector<float> picture(20 * 16);
  std::iota(picture.begin(), picture.end(), 0.0F);
  const auto crop = resampled(picture, {20, 16, 1}, {3, 2, 8, 8}, 8);
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 8; ++x) EXPECT_FLOAT_EQ(crop[static_cast<std::size_t>(y * 8 + x)], static_cast<float>((y + 2) * 20 + x + 3));
}

TEST(Resampled, KeepsTheMeanWhenItShrinksAndGoesOnAtTheEdge) {
  std::vector<float> stripes(64 * 64);
  for (std::size_t i = 0; i < stripes.size(); ++i) stripes[i] = static_cast<float>(i % 2);
  for (const float value : resampled(stripes, {64, 64, 1}, {0, 0, 64, 64}, 8)) EXPECT_NEAR(value, 0.5F, 0.09F);
  std::vector<float> picture(4 * 4, 0.25F);
  for (const float value : resampled(picture, {4, 4, 1}, {-50, 70, 30, 10}, 8)) EXPECT_FLOAT_EQ(value, 0.25F);
}

TEST(SpreadOut, UndoesResamplingOfWhatIsSmooth) {
  std::vector<float> picture;
  for (int y = 0; y < 60; ++y)
    for (int x = 0; x < 80; ++x) picture.push_back(static_cast<float>(std::sin(0.1 * x) + std::cos(0.07 * y)));
  const CropWindow window{10.5, 5.25, 50, 40};
  const auto crop = resampled(picture, {80, 60, 1}, window, 96);
  const PixelBox area = pixelsOf(window, {80, 60, 1});
  const auto back = spreadOut(crop, 96, window, area);
  std::size_t i = 0;
  for (std::int64_t y = area.y0; y < area.y1; ++y)
    for (std::int64_t x = area.x0; x < area.x1; ++x, ++i)
      ASSERT_NEAR(back[i], picture[static_cast<std::size_t>(y * 80 + x)], 0.03) << x << " " << y;
  EXPECT_EQ(area, (PixelBox{.x0 = 10, .y0 = 5, .x1 = 60, .y1 = 45}));
}

TEST(InWindow, PutsBoxesAndClicksWhereTheirPixelsAre) {
  const CropWindow window{20, 40, 48, 96};
  const Prompt prompt{.box = PromptBox{20, 40, 68, 136}, .points = {{.x = 43, .y = 87}, {.x = 500, .y = 0, .positive = false}}};
  const CropPrompt inside = inWindow(prompt, window, 96);
  EXPECT_EQ(*inside.box, (PromptBox{0, 0, 96, 96}));
  ASSERT_EQ(inside.points.size(), 1U) << "a click beyond the crop says nothing in it";
  EXPECT_DOUBLE_EQ(inside.points[0].x, 47);  // the middle of pixel 43 is at 43.5, 23.5 pixels from the window's edge, two places each
  EXPECT_DOUBLE_EQ(inside.points[0].y, 47.5);
}

TEST(DrawnCrop, HasAChannelForEachKindOfPrompt) {
  const std::vector<float> grey(32 * 32, 0.5F);
  CropPrompt prompt{.box = PromptBox{8, 8, 16, 24}, .points = {{.x = 10.5, .y = 12.5}, {.x = 28.5, .y = 3.5, .positive = false}}};
  prompt.mask.assign(32 * 32, 0.75F);
  const auto channels = drawnCrop(grey, prompt, 32);
  ASSERT_EQ(channels.size(), 5U * 32 * 32);
  const auto at = [&](int channel, int x, int y) { return channels[static_cast<std::size_t>((channel * 32 + y) * 32 + x)]; };
  EXPECT_EQ(at(1, 8, 8), 1);
  EXPECT_EQ(at(1, 16, 8), -1);
  EXPECT_FLOAT_EQ(at(2, 10, 12), 1);
  EXPECT_LT(at(2, 28, 3), 0.01F);
  EXPECT_FLOAT_EQ(at(3, 28, 3), 1);
  EXPECT_FLOAT_EQ(at(4, 0, 31), 0.5F);
  const auto bare = drawnCrop(grey, {}, 32);
  for (std::size_t i = 32 * 32; i < bare.size(); ++i) ASSERT_EQ(bare[i], 0) << "no prompt, no channel";
}

}  // namespace
}  // namespace roundel
