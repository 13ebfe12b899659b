#include "imaging/slice_order.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace roundel {
namespace {

std::vector<SlicePlane> axial(const std::vector<double>& positions) {
  std::vector<SlicePlane> planes;
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
  EXPECT_TRUE(warns(orderSlices(planes), "sheared-slices"));
}

}  // namespace
}  // namespace roundel
