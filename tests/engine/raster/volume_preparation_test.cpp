#include "raster/volume_preparation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/random.h"
#include "raster/grid_map.h"

namespace roundel {
namespace {

const Size kSize{10, 8, 6};

/// Zero outside a box, noise with mean 100 and deviation 20 inside.
Image head() {
  Image image{.geometry = {.size = kSize, .spacingMm = {1, 2, 3}, .spacingSource = SpacingSource::FileHeader, .originMm = {5, 6, 7}}};
  image.values.assign(static_cast<std::size_t>(kSize.count()), 0);
  Random random(4, "head");
  for (std::int64_t z = 1; z < 5; ++z)
    for (std::int64_t y = 2; y < 7; ++y)
      for (std::int64_t x = 3; x < 9; ++x)
        image.values[static_cast<std::size_t>((z * kSize.y + y) * kSize.x + x)] = 100 + 20 * static_cast<float>(random.normal());
  return image;
}

TEST(VolumePreparation, TheForegroundHasMeanZeroAndDeviationOneAndIsCroppedTo) {
  const Image image = head();
  const PreparedImage made = prepared(image, "MR", {});
  EXPECT_EQ(made.crop, (PixelBox{3, 2, 9, 7, 1, 5}));
  EXPECT_EQ(made.image.geometry.size, (Size{6, 5, 4}));
  EXPECT_EQ(made.image.geometry.originMm, pointOfIndex(image.geometry, {3, 2, 1})) << "the crop lies where it was";
  const double count = static_cast<double>(made.image.values.size());
  const double mean = std::accumulate(made.image.values.begin(), made.image.values.end(), 0.0) / count;
  double squares = 0;
  for (const float value : made.image.values) squares += (value - mean) * (value - mean);
  EXPECT_NEAR(mean, 0, 1e-5);
  EXPECT_NEAR(std::sqrt(squares / count), 1, 1e-5);
  EXPECT_NEAR(made.applied.mean, 100, 6);
  EXPECT_NEAR(made.applied.deviation, 20, 5);
}

TEST(VolumePreparation, CtIsCutToTheStudysWindowTheSameInEveryVolume) {
  Image image{.geometry = {.size = {4, 1, 1}}, .values = {-1000, -100, 50, 3000}};
  const VolumePreparation preparation{.window = IntensityWindow{.low = -150, .high = 250, .mean = 50, .deviation = 100},
                                      .crop = VolumeCrop::None};
  EXPECT_EQ(prepared(image, "CT", preparation).image.values, (std::vector<float>{-2, -1.5F, 0, 2}));
  EXPECT_EQ(foregroundLevel(image, "CT"), -500);
  EXPECT_EQ(prepared(image, "CT", {.window = preparation.window}).crop, (PixelBox{1, 0, 4, 1, 0, 1})) << "air is cropped away";
}

TEST(VolumePreparation, AVolumeWithoutBackgroundKeepsItsSize) {
  Image image{.geometry = {.size = {20, 10, 1}}};
  for (int i = 0; i < 200; ++i) image.values.push_back(static_cast<float>(i));
  EXPECT_EQ(prepared(image, "MR", {}).image.geometry.size, (Size{20, 10, 1}));
  image.values.assign(200, 7);
  EXPECT_THROW(prepared(image, "MR", {}), Error) << "nothing differs";
}

TEST(VolumePreparation, MasksFollowTheirVolume) {
  const Image image = head();
  const PreparedImage made = prepared(image, "MR", {.spacingMm = std::array<double, 3>{1, 1, 3}});
  EXPECT_EQ(made.image.geometry.size, (Size{6, 10, 4}));
  EXPECT_EQ(made.image.geometry.spacingMm, (std::array<double, 3>{1, 1, 3}));
  // One voxel of 2 mm becomes two of 1 mm.
  const Mask voxel(kSize, {{(2 * kSize.y + 4) * kSize.x + 5, 1}});
  const Mask there = prepared(voxel, made);
  EXPECT_EQ(there.size(), made.image.geometry.size);
  EXPECT_EQ(there.area(), 2);
  EXPECT_TRUE(there.contains(2, 4, 1));
  EXPECT_TRUE(there.contains(2, 5, 1));
  const auto point = pointOfIndex(made.image.geometry, {2, 4.5, 1}), was = pointOfIndex(image.geometry, {5, 4, 2});
  for (std::size_t axis = 0; axis < 3; ++axis) EXPECT_NEAR(point[axis], was[axis], 1e-9);
}

TEST(VolumePreparation, AStudysSpacingIsTheMedianButFinerAcrossThickSlices) {
  EXPECT_EQ(commonSpacing({{1, 1, 1}, {0.8, 0.8, 2}, {0.9, 0.9, 2.5}}), (std::array<double, 3>{0.9, 0.9, 2}));
  const auto thick = commonSpacing(
      {{1, 1, 5}, {1, 1, 10}, {1, 1, 10}, {1, 1, 10}, {1, 1, 10}, {1, 1, 10}, {1, 1, 10}, {1, 1, 10}, {1, 1, 10}, {1, 1, 10}, {1, 1, 10}});
  EXPECT_EQ(thick[2], 10) << "the tenth percentile of eleven is the second";
  EXPECT_EQ(commonSpacing({{1, 1, 4}, {1, 1, 10}, {1, 1, 10}})[2], 4);
}

TEST(VolumePreparation, VoxelsCanBeMadeCoarserWhereNobodyKnowsHowLongTheyAre) {
  Image volume{.geometry = {.size = {12, 8, 6}}, .values = std::vector<float>(576)};
  for (std::size_t i = 0; i < volume.values.size(); ++i) volume.values[i] = static_cast<float>(i % 12);
  ASSERT_FALSE(volume.geometry.hasSpacing());
  const VolumePreparation preparation{.crop = VolumeCrop::None, .coarser = 2};
  const PreparedImage made = prepared(volume, "MR", preparation);
  EXPECT_EQ(made.image.geometry.size, (Size{6, 4, 3}));
  EXPECT_FALSE(made.image.geometry.hasSpacing());
  std::vector<std::uint8_t> inside(576);
  for (std::size_t i = 0; i < inside.size(); ++i) inside[i] = i % 12 < 6;
  EXPECT_EQ(prepared(Mask::fromBytes(volume.geometry.size, inside), made).area(), 3 * 4 * 3);
  // After a spacing that was asked for, too.
  volume.geometry.spacingMm = {1, 1, 2};
  volume.geometry.spacingSource = SpacingSource::FileHeader;
  const auto twice = prepared(volume, "MR", {.crop = VolumeCrop::None, .spacingMm = std::array<double, 3>{1, 1, 1}, .coarser = 2});
  EXPECT_EQ(twice.image.geometry.size, (Size{6, 4, 6}));
  EXPECT_NEAR(twice.image.geometry.spacingMm[2], 2, 1e-9);
}

TEST(VolumePreparation, SettingsComeBack) {
  const VolumePreparation preparation{.intensity = IntensityChoice::Window,
                                      .window = IntensityWindow{.low = -160, .high = 240, .mean = 40, .deviation = 100},
                                      .crop = VolumeCrop::None,
                                      .marginMm = 12,
                                      .spacingMm = std::array<double, 3>{1, 1, 2.5},
                                      .coarser = 1.5};
  EXPECT_EQ(volumePreparationFromJson(toJson(preparation)), preparation);
  EXPECT_EQ(volumePreparationFromJson(toJson(VolumePreparation{})), VolumePreparation{});
  resolveParams(volumePreparationParams(), nullptr);
}

}  // namespace
}  // namespace roundel
