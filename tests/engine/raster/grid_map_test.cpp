#include "raster/grid_map.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace roundel {
namespace {

Geometry grid(Size size, std::array<double, 3> spacing, std::array<double, 3> origin) {
  return {.size = size, .spacingMm = spacing, .spacingSource = SpacingSource::FileHeader, .originMm = origin};
}

/// The same voxels with y turned round and x and z exchanged.
Geometry turned(const Geometry& g) {
  Geometry other = g;
  other.size = {g.size.z, g.size.y, g.size.x};
  other.spacingMm = {g.spacingMm[2], g.spacingMm[1], g.spacingMm[0]};
  other.direction = {0, 0, 1, 0, -1, 0, 1, 0, 0};
  other.originMm[1] = g.originMm[1] + g.spacingMm[1] * static_cast<double>(g.size.y - 1);
  return other;
}

TEST(GridMap, FindsExchangedAndMirroredAxes) {
  const Geometry image = grid({4, 5, 6}, {0.5, 0.75, 2}, {-10, 20, 3});
  EXPECT_TRUE(gridMap(image, image)->isIdentity());
  const auto map = gridMap(turned(image), image);
  ASSERT_TRUE(map);
  EXPECT_EQ(map->axis, (std::array{2, 1, 0}));
  EXPECT_EQ(map->step, (std::array{1, -1, 1}));
  EXPECT_EQ(map->at(1, 0, 3), (std::array<std::int64_t, 3>{3, 4, 1}));
}

TEST(GridMap, CarriesEveryVoxelToItsPlaceInTheWorld) {
  const Geometry image = grid({4, 5, 6}, {0.5, 0.75, 2}, {-10, 20, 3}), label = turned(image);
  const auto map = gridMap(label, image);
  ASSERT_TRUE(map);
  // A run of five voxels that goes over the end of a row, and a single one.
  const Mask mask(label.size, {{4, 5}, {77, 1}});
  const CarriedMask moved = carried(mask, *map, image.size);
  EXPECT_EQ(moved.outside, 0);
  EXPECT_EQ(moved.mask.area(), mask.area());
  const auto bytes = mask.toBytes();
  for (std::int64_t z = 0; z < label.size.z; ++z)
    for (std::int64_t y = 0; y < label.size.y; ++y)
      for (std::int64_t x = 0; x < label.size.x; ++x) {
        const auto point = pointOfIndex(label, {static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)});
        const auto index = indexOfPoint(image, point);
        const bool there = moved.mask.contains(std::llround(index[0]), std::llround(index[1]), std::llround(index[2]));
        EXPECT_EQ(there, bytes[static_cast<std::size_t>((z * label.size.y + y) * label.size.x + x)] != 0) << x << " " << y << " " << z;
      }
}

TEST(GridMap, RefusesOtherVoxels) {
  const Geometry image = grid({40, 50, 60}, {1, 1, 1}, {0, 0, 0});
  EXPECT_FALSE(gridMap(grid({40, 50, 60}, {1, 1, 1}, {0.5, 0, 0}), image)) << "half a voxel off";
  EXPECT_FALSE(gridMap(grid({40, 50, 60}, {1, 1, 1.01}, {0, 0, 0}), image)) << "another spacing shows at the far end";
  EXPECT_FALSE(gridMap(grid({20, 25, 30}, {2, 2, 2}, {0, 0, 0}), image));
  Geometry oblique = image;
  oblique.direction = {0.99, -0.14, 0, 0.14, 0.99, 0, 0, 0, 1};
  EXPECT_FALSE(gridMap(oblique, image));
  EXPECT_TRUE(gridMap(grid({40, 50, 60}, {1, 1, 1.0005}, {0.01, 0, 0}), image)) << "rounded headers";
}

TEST(GridMap, APartOfTheGridKeepsItsPlaceAndCountsWhatLiesOutside) {
  const Geometry image = grid({10, 10, 10}, {1, 1, 2}, {0, 0, 0}), part = grid({4, 4, 2}, {1, 1, 2}, {7, 1, 4});
  const auto map = gridMap(part, image);
  ASSERT_TRUE(map);
  const CarriedMask moved = carried(Mask(part.size, {{0, 4}}), *map, image.size);
  EXPECT_EQ(moved.mask.area(), 3);
  EXPECT_EQ(moved.outside, 1);
  EXPECT_TRUE(moved.mask.contains(7, 1, 2));
}

TEST(GridMap, ASliceLiesOnAVolumeWhateverItsThickness) {
  const Geometry image = grid({8, 8, 5}, {1, 1, 3}, {0, 0, 0});
  Geometry slice = grid({8, 8, 1}, {1, 1, 1}, {0, 0, 9});
  ASSERT_TRUE(gridMap(slice, image));
  EXPECT_EQ(gridMap(slice, image)->at(2, 3, 0), (std::array<std::int64_t, 3>{2, 3, 3}));
  slice.originMm[2] = 10;
  EXPECT_FALSE(gridMap(slice, image)) << "between two slices";
}

TEST(GridMap, AxesNeedNotBeAtRightAngles) {
  Geometry tilted = grid({6, 6, 4}, {1, 1, 2}, {0, 0, 0});
  tilted.direction = {1, 0, 0, 0, 1, 0.6, 0, 0, 0.8};
  const auto index = indexOfPoint(tilted, pointOfIndex(tilted, {2, 3, 1}));
  for (std::size_t axis = 0; axis < 3; ++axis) EXPECT_NEAR(index[axis], (std::array{2.0, 3.0, 1.0}[axis]), 1e-12);
  EXPECT_TRUE(gridMap(tilted, tilted)->isIdentity());
  Geometry flat = tilted;
  flat.direction = {1, 1, 0, 0, 0, 0, 0, 0, 1};
  EXPECT_THROW(gridMap(tilted, flat), Error);
}

}  // namespace
}  // namespace roundel
