#pragma once
#include "train/augmentation.h"

namespace roundel {

/// Patches of volumes as a batch (makeBatch calls it): each at a random place of its case, turned by a multiple of 90 degrees in the plane
/// of its slices and flipped once, on rows or columns (ALGORITHMS.md 2.3). A volume that is not larger than the patch along an axis is
/// padded there with zeros on both sides, three voxels more than needed, so that it lies elsewhere each time. `intensity` scales and shifts
/// grey values, `noise` adds to them.
Batch makePatches(const CaseTensors& cases, const std::vector<std::int64_t>& indices, const BatchRecipe& recipe, const std::string& stream,
                  std::int64_t step);

}  // namespace roundel
