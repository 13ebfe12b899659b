#include "raster/resample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "engine/raster/random_mask.h"

namespace roundel {
namespace {

using testing::FloatNear;
using testing::Pointwise;

std::vector<float> line(const std::vector<float>& values, std::int64_t newLength, Interpolation interpolation) {
  return resampled(values, {static_cast<std::int64_t>(values.size()), 1, 1}, {newLength, 1, 1}, interpolation);
}

TEST(Resample, LinesHaveTheValuesOfTorch) {
  const std::vector<float> ramp{0, 1, 2, 3};
  // torch.nn.functional.interpolate(..., mode="bilinear", align_corners=False), antialias False and True; "area"; "nearest-exact".
  EXPECT_THAT(line(ramp, 2, Interpolation::Linear), Pointwise(FloatNear(1e-6F), {0.5F, 2.5F}));
  EXPECT_THAT(line(ramp, 8, Interpolation::Linear), Pointwise(FloatNear(1e-6F), {0.0F, 0.25F, 0.75F, 1.25F, 1.75F, 2.25F, 2.75F, 3.0F}));
  EXPECT_THAT(line(ramp, 2, Interpolation::Antialiased), Pointwise(FloatNear(1e-6F), {5.0F / 7, 16.0F / 7}));
  EXPECT_EQ(line(ramp, 8, Interpolation::Antialiased), line(ramp, 8, Interpolation::Linear));
  EXPECT_THAT(line({0, 1, 2}, 2, Interpolation::Area), Pointwise(FloatNear(1e-6F), {1.0F / 3, 5.0F / 3}));
  EXPECT_EQ(line({0, 1, 2, 3, 4}, 3, Interpolation::Nearest), (std::vector<float>{0, 2, 4}));
  EXPECT_EQ(line({7}, 3, Interpolation::Linear), (std::vector<float>{7, 7, 7}));
}

TEST(Resample, EveryInterpolationKeepsAConstantAndTheSameSize) {
  for (const auto interpolation : {Interpolation::Nearest, Interpolation::Linear, Interpolation::Antialiased, Interpolation::Area}) {
    const std::vector<float> constant(7 * 5 * 3, 0.25F);
    for (const Size size : {Size{3, 11, 2}, Size{14, 2, 7}})
      EXPECT_THAT(resampled(constant, {7, 5, 3}, size, interpolation), testing::Each(FloatNear(0.25F, 1e-6F)));
    Random random(1, "resample");
    std::vector<float> noise(35);
    for (auto& value : noise) value = static_cast<float>(random.uniform());
    EXPECT_EQ(resampled(noise, {7, 5, 1}, {7, 5, 1}, interpolation), noise);
  }
}

TEST(Resample, AxesAreIndependent) {
  // f(x, y, z) = x + 10 y + 100 z stays linear inside.
  const Size size{6, 8, 4};
  std::vector<float> values;
  for (int z = 0; z < 4; ++z)
    for (int y = 0; y < 8; ++y)
      for (int x = 0; x < 6; ++x) values.push_back(static_cast<float>(x + 10 * y + 100 * z));
  const auto half = resampled(values, size, {3, 4, 2}, Interpolation::Area);
  for (int z = 0, i = 0; z < 2; ++z)
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 3; ++x, ++i)
        EXPECT_NEAR(half[static_cast<std::size_t>(i)], (2 * x + 0.5) + 10 * (2 * y + 0.5) + 100 * (2 * z + 0.5), 1e-3);
}

TEST(Resample, ImageStaysWhereItIsInTheWorld) {
  Image image{{.size = {10, 6, 1}, .spacingMm = {0.2, 0.3, 1}, .spacingSource = SpacingSource::PixelSpacing, .originMm = {5, 7, 0}},
              std::vector<float>(60)};
  image.geometry.direction = {0, 1, 0, 1, 0, 0, 0, 0, 1};  // x runs along the world's y
  const Image small = resampled(image, {5, 3, 1}, Interpolation::Area);
  EXPECT_DOUBLE_EQ(small.geometry.spacingMm[0], 0.4);
  EXPECT_DOUBLE_EQ(small.geometry.spacingMm[1], 0.6);
  EXPECT_DOUBLE_EQ(small.geometry.originMm[1], 7.1);  // half an old pixel further along x
  EXPECT_DOUBLE_EQ(small.geometry.originMm[0], 5.15);
}

TEST(Resample, MaskByCoverageKeepsBoxesThatFallOnTheGrid) {
  const Mask mask({40, 40, 1}, {{8 * 40 + 4, 8}, {9 * 40 + 4, 8}, {10 * 40 + 4, 8}, {11 * 40 + 4, 8}});
  const Mask half = resampled(mask, {20, 20, 1}, MaskInterpolation::Coverage);
  EXPECT_EQ(half.bounds(), (PixelBox{2, 4, 6, 6, 0, 1}));
  EXPECT_EQ(half.area(), 8);
  const Mask twice = resampled(mask, {80, 80, 1}, MaskInterpolation::Coverage);
  EXPECT_EQ(twice.bounds(), (PixelBox{8, 16, 24, 24, 0, 1}));
}

TEST(Resample, MaskIsWhatItsFloatsGiveAboveHalf) {
  for (const Size newSize : {Size{9, 17, 1}, Size{50, 31, 1}, Size{9, 31, 1}})
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const Size size{23, 19, 1};
      const Mask mask = randomMask(size, 0.6, seed);
      const auto bytes = mask.toBytes();
      std::vector<float> values(bytes.begin(), bytes.end());
      const auto along = [](std::int64_t from, std::int64_t to) { return to < from ? Interpolation::Area : Interpolation::Linear; };
      values = resampled(values, size, {newSize.x, size.y, 1}, along(size.x, newSize.x));
      values = resampled(values, {newSize.x, size.y, 1}, newSize, along(size.y, newSize.y));
      const Mask covered = resampled(mask, newSize, MaskInterpolation::Coverage);
      std::vector<float> near(bytes.begin(), bytes.end());
      near = resampled(near, size, newSize, Interpolation::Nearest);
      const Mask nearest = resampled(mask, newSize, MaskInterpolation::Nearest);
      for (std::int64_t i = 0; i < newSize.count(); ++i) {
        const float value = values[static_cast<std::size_t>(i)];
        if (std::abs(value - 0.5F) > 1e-5F) {
          EXPECT_EQ(covered.contains(i % newSize.x, i / newSize.x), value > 0.5F);
        }
        EXPECT_EQ(nearest.contains(i % newSize.x, i / newSize.x), near[static_cast<std::size_t>(i)] > 0.5F);
      }
    }
}

TEST(Resample, HalfCoveredPixelsStayOut) {
  EXPECT_TRUE(resampled(drawnMask({"#."}), {1, 1, 1}, MaskInterpolation::Coverage).empty());
  EXPECT_EQ(resampled(drawnMask({"##."}), {1, 1, 1}, MaskInterpolation::Coverage).area(), 1);
}

TEST(Resample, PredictionClassByClassWhateverTheThreads) {
  Prediction prediction{{8, 8, 1}, 5, std::vector<float>(320)};
  Random random(2, "resample");
  for (auto& value : prediction.probabilities) value = static_cast<float>(random.uniform());
  const auto one = resampled(prediction, {13, 5, 1}, Interpolation::Linear, 1);
  EXPECT_EQ(one.probabilities, resampled(prediction, {13, 5, 1}, Interpolation::Linear, 3).probabilities);
  const auto third = resampled(prediction.classMap(3), prediction.size, {13, 5, 1}, Interpolation::Linear);
  EXPECT_TRUE(std::equal(third.begin(), third.end(), one.classMap(3).begin()));
}

TEST(Resample, RefusesEmptySizes) {
  EXPECT_THROW(resampled(std::vector<float>(4), {2, 2, 1}, {0, 2, 1}, Interpolation::Linear), Error);
  EXPECT_THROW(resampled(std::vector<float>(3), {2, 2, 1}, {4, 4, 1}, Interpolation::Linear), Error);
  EXPECT_THROW(resampled(Mask(Size{2, 2, 1}), {2, 0, 1}, MaskInterpolation::Nearest), Error);
}

}  // namespace
}  // namespace roundel
