#pragma once
#include <torch/torch.h>

namespace roundel::nn {

/// What a decoder's level of a 3-D U-Net sees: cat([skip, deep at twice its size], 1), trilinear, align_corners False.
/// skip [N, C, 2D, 2H, 2W], deep [N, K, D, H, W].
///
/// On a processor, in float32 and channels last, one walk writes the result and one the gradients; elsewhere LibTorch's own operators do
/// it, which on their way back change the layout of the largest maps twice.
torch::Tensor joinedWithDoubled(const torch::Tensor& skip, const torch::Tensor& deep);

}  // namespace roundel::nn
