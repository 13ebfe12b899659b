#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "core/error.h"
#include "models/generalists/sam_3d_embedding.h"
#include "models/generalists/sam_3d_features.h"
#include "models/generalists/sam_3d_preprocessing.h"

namespace roundel {
namespace {

using testing::HasSubstr;

constexpr float kBeyond = std::numeric_limits<float>::quiet_NaN();

std::vector<float> normalised(std::vector<float> cube, VolumeNormalisation how) {
  const torch::Tensor input = sam3dInput(std::move(cube), 2, how);
  EXPECT_EQ(input.sizes(), (std::vector<std::int64_t>{1, 1, 2, 2, 2}));
  return {input.const_data_ptr<float>(), input.const_data_ptr<float>() + 8};
}

TEST(Sam3dInput, IsNormalisedAsPublished) {
  // Above 0 lie 1, 2, 3: mean 2, deviation 1 with n - 1.
  const std::vector<float> cube{1, 2, 3, 0, -5, kBeyond, kBeyond, kBeyond};
  EXPECT_EQ(normalised(cube, VolumeNormalisation::Upstream), (std::vector<float>{-1, 0, 1, -2, -7, -2, -2, -2}));
  const auto whole = normalised(cube, VolumeNormalisation::Crop);
  const double deviation = std::sqrt((0.64 + 3.24 + 7.84 + 0.04 + 27.04) / 4);
  EXPECT_NEAR(whole[2], (3 - 0.2) / deviation, 1e-6);
  EXPECT_EQ(whole[7], 0) << "beyond the volume: its mean";
  EXPECT_EQ(normalised(cube, VolumeNormalisation::None), (std::vector<float>{1, 2, 3, 0, -5, 0, 0, 0}));
}

TEST(Sam3dInput, VolumesThatSayNothingGiveNumbers) {
  for (const auto how : {VolumeNormalisation::Upstream, VolumeNormalisation::Crop}) {
    EXPECT_EQ(normalised(std::vector<float>(8, 4), how), std::vector<float>(8, 0));
    EXPECT_EQ(normalised(std::vector<float>(8, kBeyond), how), std::vector<float>(8, 0));
    for (const float value : normalised({-3, -2, -1, -1, -2, -3, -4, -2}, how)) EXPECT_LT(std::abs(value), 3);
  }
}

class CropPrompts : public testing::Test {
 protected:
  Sam3dPrompt ask(const Prompt& prompt) { return cropPrompt(prompt, m_frame, 16, "tiny"); }
  std::string refusal(const Prompt& prompt) {
    try {
      ask(prompt);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "bad-prompt");
      return error.what();
    }
    return "";
  }
  /// RAS, so that the frame is the image.
  VolumeFrame m_frame = volumeFrame({.size = {60, 50, 40}, .direction = {-1, 0, 0, 0, -1, 0, 0, 0, 1}}, 0);
};

TEST_F(CropPrompts, PointsLieInTheCubeAroundThePositiveOnes) {
  const auto asked = ask({.points = {{.x = 20, .y = 10, .z = 30},
                                     {.x = 24, .y = 12, .z = 31, .positive = true},
                                     {.x = 23, .y = 10, .z = 30, .positive = false},
                                     {.x = 50, .y = 10, .z = 30, .positive = false}}});
  EXPECT_EQ(asked.crop.first, (std::array<std::int64_t, 3>{14, 3, 22})) << "around 22, 11, 30.5";
  EXPECT_TRUE(torch::equal(asked.places, torch::tensor({6., 7., 8., 10., 9., 9., 9., 7., 8.}, torch::kFloat).view({1, 3, 3})))
      << "the negative point outside of the cube is left out";
  EXPECT_TRUE(torch::equal(asked.labels, torch::tensor({1, 1, 0}, torch::kLong).view({1, 3})));
}

TEST_F(CropPrompts, AMaskPromptSaysWhichCube) {
  const LowResLogits logits{.width = 4, .height = 4, .depth = 4, .origin = {-4, 10, 20}, .values = std::vector<float>(64)};
  EXPECT_EQ(ask({.mask = logits}).crop.first, logits.origin);
  EXPECT_EQ(ask({.points = {{.x = 5, .y = 12, .z = 22}}, .mask = logits}).crop.first, logits.origin);
  EXPECT_EQ(ask({.mask = logits}).places.size(1), 0);
  EXPECT_THAT(refusal({.points = {{.x = 40, .y = 12, .z = 22}}, .mask = logits}), HasSubstr("outside of the cube of 16 voxels"));
  LowResLogits elsewhere = logits;
  elsewhere.origin = {INT64_MAX, INT64_MIN, 0};
  EXPECT_THAT(refusal({.mask = elsewhere}), HasSubstr("outside of the volume"));
}

TEST_F(CropPrompts, WhatTheNetworkCannotTakeIsRefusedWithASentence) {
  EXPECT_THAT(refusal({.box = PromptBox{1, 1, 5, 5}}), HasSubstr("answers to points only"));
  EXPECT_THAT(refusal({.points = {{.x = 60, .y = 1, .z = 1}}}), HasSubstr("a point outside of the volume"));
  EXPECT_THAT(refusal({.points = {{.x = 6, .y = 1, .z = -1}}}), HasSubstr("a point outside of the volume"));
  EXPECT_THAT(refusal({.points = {{.x = 6, .y = 1, .z = 1}, {.x = 50, .y = 1, .z = 1}}}), HasSubstr("further apart"));
}

TEST(CropFeaturesTest, KnowsTheLastFewCubes) {
  CropFeatures features;
  int made = 0;
  const auto encode = [&](const CubeCrop& crop) { return torch::tensor(++made + 100 * crop.first[0]); };
  const auto ask = [&](std::int64_t first) { return features.of({{first, 0, 0}, 4}, encode).item<std::int64_t>(); };
  EXPECT_EQ(ask(1), 101);
  EXPECT_EQ(ask(1), 101);
  for (std::int64_t i = 2; i <= 8; ++i) ask(i);
  EXPECT_EQ(ask(1), 101) << "the oldest of eight";
  ask(9);
  EXPECT_EQ(ask(1), 101);
  EXPECT_EQ(ask(2), 210) << "had to go for the ninth";
}

TEST(TiledFeatures, CoverTheVolumeInTheImagesOrder) {
  // x runs up, y to the left, z to the front.
  const Geometry geometry{.size = {70, 90, 40}, .direction = {0, 1, 0, 0, 0, -1, 1, 0, 0}};
  const VolumeFrame frame = volumeFrame(geometry, 0);
  int cubes = 0;
  // Every place says where it lies.
  const FeatureMap map = tiledFeatures(frame, 32, 4, [&](const CubeCrop& crop) {
    ++cubes;
    std::vector<torch::Tensor> places;
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_EQ(crop.first[c] % 8, 0);
      std::vector<std::int64_t> shape{1, 1, 1};
      shape[c] = 4;
      const torch::Tensor along = torch::arange(4, torch::kFloat) + static_cast<double>(crop.first[c] / 8) + 1;
      places.push_back(along.view(shape).expand({4, 4, 4}));
    }
    return torch::stack(places);
  });
  EXPECT_EQ(map.channels, 3);
  EXPECT_EQ(map.size, (Size{9, 11, 5}));
  EXPECT_EQ(cubes, 5 * 2 * 4) << "half overlap along 11, 5 and 9 places";
  const auto at = [&](int channel, std::int64_t x, std::int64_t y, std::int64_t z) {
    return map.values[static_cast<std::size_t>(((channel * map.size.z + z) * map.size.y + y) * map.size.x + x)];
  };
  for (std::int64_t z = 0; z < 5; ++z)
    for (std::int64_t y = 0; y < 11; ++y)
      for (std::int64_t x = 0; x < 9; ++x) {
        const double right = static_cast<double>(11 - y), front = static_cast<double>(z + 1), up = static_cast<double>(x + 1);
        const double length = std::sqrt(right * right + front * front + up * up);
        EXPECT_NEAR(at(0, x, y, z), right / length, 1e-5);
        EXPECT_NEAR(at(1, x, y, z), front / length, 1e-5);
        EXPECT_NEAR(at(2, x, y, z), up / length, 1e-5);
      }
  const FeatureMap small = tiledFeatures(volumeFrame({.size = {16, 16, 3}}, 0), 32, 4, [](const CubeCrop& crop) {
    EXPECT_EQ(crop.first, (std::array<std::int64_t, 3>{-8, -8, -8})) << "in the middle of its cube, on the grid";
    return torch::ones({2, 4, 4, 4});
  });
  EXPECT_EQ(small.size, (Size{2, 2, 1}));
}

}  // namespace
}  // namespace roundel
