#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

namespace roundel {

// What surrounds SAM-Med3D (ALGORITHMS.md 9.1).

/// How the grey values of a crop are put to the network. Its maintainers warn that it is sensitive to this.
enum class VolumeNormalisation {
  Upstream,  ///< mean 0 and deviation 1 over voxels above 0, as published; what lies beyond the volume counts as 0 before
  Crop,      ///< mean 0 and deviation 1 over all voxels of the volume; what lies beyond it is 0 afterwards
  None       ///< as they are, for volumes that were normalised before, as SemiSAM+ and SemiSAM-O1 bring them; 0 beyond
};
/// "upstream" | "crop" | "none". Throws Error(Usage, "bad-parameter").
VolumeNormalisation volumeNormalisation(const std::string& name);

/// A cube in the order of the tensor's axes, NaN beyond the volume (volume_frame.h), as the network's input [1, 1, side, side, side].
/// Where no voxel lies above 0, Upstream takes all of them; values that are all the same become 0.
torch::Tensor sam3dInput(std::vector<float> cube, std::int64_t side, VolumeNormalisation normalisation);

/// Low-resolution logits [B, M, d, h, w] as logits of the cube of `side` voxels that was embedded: trilinear. Above 0 is inside.
torch::Tensor sam3dMaskLogits(const torch::Tensor& lowRes, std::int64_t side);

/// One vector of unit length for each volume of an embedding [N, C, d, h, w]: its mean over space, [N, C].
torch::Tensor sam3dGlobalFeature(const torch::Tensor& embedding);

}  // namespace roundel
