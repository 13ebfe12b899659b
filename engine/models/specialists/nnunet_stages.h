#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "nn/unet_stage.h"

namespace roundel {

/// nnU-Net's rules for volumes (get_pool_and_conv_props; ALGORITHMS.md 6.7): an axis is halved while 4 voxels are left of it, those with
/// voxels twice as long as the shortest ones wait until the others have caught up; a kernel is flat along an axis as long as its voxels are
/// twice as long. `patch` and `spacing`: [slices, rows, columns]; where no length is known all are alike. Departure: a side that has become
/// odd is not halved further, where nnU-Net enlarges the patch.
std::vector<nn::UNetStage> nnunetStages(const std::array<std::int64_t, 3>& patch, const std::array<double, 3>& spacing);

/// As text for a checkpoint: "133/111 333/122 333/222", kernel and stride of every level, finest first, and back. Throws
/// Error(Usage, "bad-parameter").
std::string nnunetStagesText(const std::vector<nn::UNetStage>& stages);
std::vector<nn::UNetStage> nnunetStagesFrom(const std::string& text);

}  // namespace roundel
