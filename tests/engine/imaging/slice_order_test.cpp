#include "imaging/slice_order.h"

#include <gtest/gtest.h>

#include <cmath>

#include <algorithm>

namespace roundel {
namespace {

std::vector<SlicePlacement> axial(const std::vector<double>& positions) {
  std::vector<SlicePlacement> planes;
  for (const double z : positions) planes.push_back({.position = {1, 2, z}});
  return planes;
}

bool warns(const SliceOrder& order, const std::string& code) {
  return std::any_of(order.warnings.begin(), order.warnings.end(), [&](const Warning& warning) { return warning.code == code; });
}

TEST(SliceOrder, SortsAscendingAlongTheNormal) {
  const auto order = orderSlices(axial({4, 0, 2}));
  EXPECT_TRUE(order.isVolume);
  EXPECT_EQ(order.order, (std::vector<std::size_t>{1, 2, 0}));
  EXPECT_DOUBLE_EQ(order.gapMm, 2);
  EXPECT_TRUE(order.warnings.empty());
}

TEST(SliceOrder, TheNormalDecidesNotTheZAxis) {
  auto planes = axial({0, 1});
  for (auto& plane : planes) plane.rowDirection = {-1, 0, 0};  // the normal now points to the feet
  EXPECT_EQ(orderSlices(planes).order, (std::vector<std::size_t>{1, 0}));
}

TEST(SliceOrder, ReportsMissingSlices) {
  const auto order = orderSlices(axial({0, 1, 2, 5, 6}));
  EXPECT_TRUE(warns(order, "uneven-slices"));
  ASSERT_TRUE(warns(order, "missing-slices"));
  EXPECT_NE(order.warnings.back().message.find("2 slices"), std::string::npos);
}

TEST(SliceOrder, KeepsTheFirstOfDoubledSlices) {
  const auto order = orderSlices(axial({0, 1, 1, 2}));
  EXPECT_EQ(order.order, (std::vector<std::size_t>{0, 1, 3}));
  EXPECT_TRUE(warns(order, "doubled-slices"));
  EXPECT_FALSE(warns(order, "uneven-slices"));
}

TEST(SliceOrder, MixedOrientationIsNoVolume) {
  auto planes = axial({0, 1, 2});
  planes[1].rowDirection = {0, 1, 0};
  planes[1].columnDirection = {0, 0, 1};
  const auto order = orderSlices(planes);
  EXPECT_FALSE(order.isVolume);
  EXPECT_TRUE(warns(order, "mixed-orientation"));
  EXPECT_EQ(order.order, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(SliceOrder, FramesAtOnePlaceAreNoVolume) { EXPECT_FALSE(orderSlices(axial({3, 3, 3})).isVolume); }

TEST(SliceOrder, ReportsATiltedGantry) {
  auto planes = axial({0, 1, 2});
  planes[1].position[1] += 0.3;
  planes[2].position[1] += 0.6;
  const SliceOrder order = orderSlices(planes);
  EXPECT_TRUE(warns(order, "sheared-slices"));
  // Every voxel is where it was: the third slice lies two steps along the z axis of the grid.
  Geometry geometry;
  placeSlices(geometry, planes[0], order);
  for (std::size_t axis = 0; axis < 3; ++axis)
    EXPECT_NEAR(geometry.originMm[axis] + 2 * geometry.spacingMm[2] * geometry.direction[3 * axis + 2], planes[2].position[axis], 1e-9);
  EXPECT_NEAR(geometry.spacingMm[2], std::hypot(1.0, 0.3), 1e-9);
}

TEST(SliceOrder, TheStepOfStraightSlicesIsTheirNormal) {
  const auto planes = axial({4, 0, 2});
  const SliceOrder order = orderSlices(planes);
  Geometry geometry;
  placeSlices(geometry, planes[order.order[0]], order);
  EXPECT_EQ(geometry.spacingMm[2], 2);
  EXPECT_EQ(geometry.direction, (std::array<double, 9>{1, 0, 0, 0, 1, 0, 0, 0, 1}));
}

}  // namespace
}  // namespace roundel
