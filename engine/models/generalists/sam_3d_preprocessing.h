#pragma once
#include <torch/torch.h>

#include <cstdint>

namespace roundel {

// What surrounds SAM-Med3D (ALGORITHMS.md 9.1).

/// Low-resolution logits [B, M, d, h, w] as logits of the cube of `side` voxels that was embedded: trilinear. Above 0 is inside.
torch::Tensor sam3dMaskLogits(const torch::Tensor& lowRes, std::int64_t side);

/// One vector of unit length for each volume of an embedding [N, C, d, h, w]: its mean over space, [N, C].
torch::Tensor sam3dGlobalFeature(const torch::Tensor& embedding);

}  // namespace roundel
