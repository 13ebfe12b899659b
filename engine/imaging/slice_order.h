#pragma once
#include <array>
#include <vector>

#include "core/geometry.h"
#include "core/job.h"

namespace roundel {

/// Where one slice lies: the centre of its first pixel, and the directions of its rows and columns, LPS mm.
struct SlicePlacement {
  std::array<double, 3> position{0, 0, 0};
  std::array<double, 3> rowDirection{1, 0, 0};     ///< along x
  std::array<double, 3> columnDirection{0, 1, 0};  ///< along y
};

/// Slices in the order of their positions along the normal (row x column direction), ascending.
///
/// Under a tilted gantry every slice is shifted within its plane as well. The step from slice to slice then is the z axis of the
/// grid, so that every pixel is where it was in the patient; the axes are not at right angles to one another.
struct SliceOrder {
  std::vector<std::size_t> order;         ///< indices of the slices that are kept, lowest position first
  double gapMm = 0;                       ///< mean distance along the normal; 0 for one slice
  std::array<double, 3> stepMm{0, 0, 0};  ///< mean step from slice to slice; along the normal unless the slices are sheared
  bool isVolume = false;                  ///< same orientation everywhere and positions that differ
  std::vector<Warning> warnings;          ///< uneven-slices, missing-slices, doubled-slices, sheared-slices, mixed-orientation
};

std::array<double, 3> normalOf(const SlicePlacement& plane);

/// Doubled positions keep their first slice. Gaps that differ by more than 1 % of the median are reported, and so are slices that
/// seem to be missing. Where the slices are no volume, the given order is kept.
SliceOrder orderSlices(const std::vector<SlicePlacement>& planes);

/// Writes origin, direction and the z spacing of ordered slices into `geometry`. The z axis of sheared slices is their step.
void placeSlices(Geometry& geometry, const SlicePlacement& first, const SliceOrder& order);

}  // namespace roundel
