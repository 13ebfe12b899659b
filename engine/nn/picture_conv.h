#pragma once
#include <torch/torch.h>

namespace roundel::nn {

// The convolutions of the 2-D networks that are trained here. Each takes the matrix unit's kernels where they serve (tile_conv.h) and
// LibTorch's elsewhere, and computes in the type of its input; weights are float32.

/// Of stride 1, keeping the size; `weight` [out, in, k, k] with k 1 or 3.
torch::Tensor convolve(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias = {});

/// The convolution of both pictures as one of all their channels.
torch::Tensor convolveBoth(const torch::Tensor& x, const torch::Tensor& second, const torch::Tensor& weight);

/// The transposed convolution of 2x2 with stride 2, `weight` [in, out, 2, 2]; channels-last in, channels-last out.
torch::Tensor doubled(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias);

}  // namespace roundel::nn
