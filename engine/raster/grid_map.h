#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "core/geometry.h"
#include "core/mask.h"

namespace roundel {

/// Where the voxels of one grid are on another one that has the same voxels in another order: axes exchanged or turned round, or
/// a part of the other grid.
struct GridMap {
  std::array<int, 3> axis{0, 1, 2};            ///< for each axis of the first grid: the axis of the second that it runs along
  std::array<int, 3> step{1, 1, 1};            ///< 1: the same way; -1: the other way
  std::array<std::int64_t, 3> start{0, 0, 0};  ///< index (x, y, z) on the second grid of the first grid's voxel (0, 0, 0)

  bool isIdentity() const { return *this == GridMap(); }
  std::array<std::int64_t, 3> at(std::int64_t x, std::int64_t y, std::int64_t z) const;
  bool operator==(const GridMap&) const = default;
};

/// How far a voxel centre may lie from the other grid's, in voxels of that grid: headers are rounded, and nobody draws finer.
inline constexpr double kGridTolerance = 0.1;

/// None where the voxels of `from` are not voxels of `to` in their places in the world: another spacing, an oblique cut, a shift by
/// less than a voxel. The grids may cover different parts. An axis of one voxel may have any spacing and either direction.
std::optional<GridMap> gridMap(const Geometry& from, const Geometry& to, double tolerance = kGridTolerance);

/// A mask brought to the other grid; voxels that this does not have are counted and left out.
struct CarriedMask {
  Mask mask;
  std::int64_t outside = 0;
};
CarriedMask carried(const Mask& mask, const GridMap& map, Size to);

/// Index (x, y, z) of a point of the world, in fractions of a voxel. Axes need not be at right angles.
/// Throws Error(BadInput, "bad-geometry") where the axes of the grid do not span space.
std::array<double, 3> indexOfPoint(const Geometry& geometry, const std::array<double, 3>& pointMm);
/// LPS millimetres of a voxel's centre.
std::array<double, 3> pointOfIndex(const Geometry& geometry, const std::array<double, 3>& index);

}  // namespace roundel
