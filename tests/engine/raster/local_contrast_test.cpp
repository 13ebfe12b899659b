#include "raster/local_contrast.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "raster/pixel_pipeline.h"

namespace roundel {
namespace {

constexpr std::int64_t kWidth = 96, kHeight = 64;

std::vector<float> picture(double (*greyOf)(double x, double y)) {
  std::vector<float> values;
  for (std::int64_t y = 0; y < kHeight; ++y)
    for (std::int64_t x = 0; x < kWidth; ++x)
      values.push_back(static_cast<float>(greyOf(static_cast<double>(x) / kWidth, static_cast<double>(y) / kHeight)));
  return values;
}

float at(const std::vector<float>& values, std::int64_t x, std::int64_t y) { return values[static_cast<std::size_t>(y * kWidth + x)]; }

TEST(LocalContrast, OneTileWithoutALimitIsTheEqualisedHistogram) {
  // Grey = x squared: sqrt(grey) of the pixels are darker, so that the result is the ramp.
  auto values = picture([](double x, double) { return x * x; });
  equaliseLocally(values, kWidth, kHeight, 1, 1000);
  for (std::int64_t x = 10; x < kWidth; ++x) EXPECT_NEAR(at(values, x, 5), static_cast<double>(x) / kWidth, 0.03) << x;
}

TEST(LocalContrast, FaintDetailStandsOutInDarkAndInBrightParts) {
  const auto faint = [](double x, double y) { return (y < 0.5 ? 0.1 : 0.8) + 0.02 * (std::sin(60 * x) > 0 ? 1 : 0); };
  auto values = picture(faint);
  equaliseLocally(values, kWidth, kHeight, 4, 8);
  for (const std::int64_t y : {8, 56}) {
    const auto row = values.begin() + y * kWidth;
    const auto [low, high] = std::minmax_element(row, row + kWidth);
    EXPECT_GT(*high - *low, 0.04F) << "twice what it was, row " << y;
  }
}

TEST(LocalContrast, AHigherLimitGivesMoreContrast) {
  const auto contrast = [](double limit) {
    auto values = picture([](double x, double) { return 0.5 + 0.01 * std::sin(40 * x); });
    equaliseLocally(values, kWidth, kHeight, 2, limit);
    return *std::max_element(values.begin(), values.end()) - *std::min_element(values.begin(), values.end());
  };
  EXPECT_LT(contrast(1), contrast(4));
  EXPECT_LT(contrast(4), contrast(30));
}

TEST(LocalContrast, StaysInRangeOnConstantTinyAndExtremePictures) {
  for (const float grey : {0.0F, 0.3F, 1.0F})
    for (const auto& [width, height] : {std::pair<std::int64_t, std::int64_t>{1, 1}, {1, 9}, {7, 3}, {50, 20}}) {
      std::vector<float> values(static_cast<std::size_t>(width * height), grey);
      equaliseLocally(values, width, height, 8, 2);
      for (const float value : values) EXPECT_TRUE(value >= 0 && value <= 1) << grey;
      EXPECT_EQ(values.front(), values.back());
    }
}

TEST(LocalContrast, IsPartOfThePixelPipelineAndSurvivesJson) {
  StoredImage image{.geometry = {.size = {kWidth, kHeight, 1}}, .bitsStored = 8};
  std::vector<std::uint8_t> stored;
  for (const float value : picture([](double x, double y) { return 0.4 + 0.1 * x * y; }))
    stored.push_back(static_cast<std::uint8_t>(255 * value));
  image.values = stored;
  PixelPipelineSettings settings{.localContrast = LocalContrast::Clahe, .tiles = 3, .clipLimit = 5};
  EXPECT_EQ(pixelPipelineFromJson(toJson(settings)), settings);
  const auto plain = applyPixelPipeline(image, {}).values;
  auto expected = plain;
  equaliseLocally(expected, kWidth, kHeight, 3, 5);
  EXPECT_EQ(applyPixelPipeline(image, settings).values, expected);
  EXPECT_NE(plain, expected);
  settings.mirror = MirrorChoice::Yes;
  EXPECT_EQ(mirrored(applyPixelPipeline(image, settings)).values, expected) << "the picture does not depend on the side it is seen from";
  for (const Json& bad : {Json{{"tiles", 0}}, Json{{"clip_limit", 0.5}}, Json{{"local_contrast", "chlae"}}})
    EXPECT_THROW(pixelPipelineFromJson(bad), Error) << bad.dump();
}

}  // namespace
}  // namespace roundel
