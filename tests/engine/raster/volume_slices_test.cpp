#include "raster/volume_slices.h"

#include <gtest/gtest.h>

#include <limits>

namespace roundel {
namespace {

TEST(VolumeSlices, ASliceIsThePictureThatLiesThere) {
  Image volume{.geometry = {.size = {3, 2, 2}, .spacingMm = {1, 2, 3}, .spacingSource = SpacingSource::FileHeader}, .values = {}};
  for (int i = 0; i < 12; ++i) volume.values.push_back(static_cast<float>(i));
  const Image slice = sliceOf(volume, 1);
  EXPECT_EQ(slice.geometry.size, (Size{3, 2, 1}));
  EXPECT_EQ(slice.values, (std::vector<float>{6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(slice.geometry.spacingMm[1], 2);
  const Mask mask({3, 2, 2}, {{4, 5}, {10, 1}});  // runs over the end of a slice
  EXPECT_EQ(sliceOf(mask, 0).runs(), (std::vector<Mask::Run>{{4, 2}}));
  EXPECT_EQ(sliceOf(mask, 1).runs(), (std::vector<Mask::Run>{{0, 3}, {4, 1}}));
}

TEST(VolumeSlices, GreySpansWhatMostValuesSpan) {
  std::vector<float> values;
  for (int i = 0; i < 1000; ++i) values.push_back(static_cast<float>(i) - 300);
  values.push_back(1e6f);
  values.push_back(std::numeric_limits<float>::quiet_NaN());
  const auto grey = greyOf(values);
  EXPECT_EQ(grey[0], 0.0f);
  EXPECT_NEAR(grey[500], 0.5f, 0.01f);
  EXPECT_EQ(grey[1000], 1.0f) << "one bright voxel does not darken the rest";
  EXPECT_EQ(grey[1001], 0.0f) << "what is no number is black";
  EXPECT_EQ(greyOf(std::vector<float>(5, 7.0f)), std::vector<float>(5, 0.0f));
  EXPECT_TRUE(greyOf({}).empty());
}

}  // namespace
}  // namespace roundel
