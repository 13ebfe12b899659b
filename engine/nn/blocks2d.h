#pragma once
#include <torch/torch.h>

namespace roundel::nn {

/// LeakyReLU(InstanceNorm(x)) in one step: x [N, C, H, W], statistics over each image and channel (biased variance), affine gain and
/// bias [C], epsilon 1e-5. Float32 or bfloat16 in and out; the statistics and the arithmetic are float32.
///
/// On a CPU with channels-last input one fused operator does it (the output and its gradient are written once); elsewhere
/// LibTorch's own operators. Deterministic: sums are taken over fixed stretches of pixels, whatever the number of threads.
torch::Tensor instanceNormLeakyRelu(const torch::Tensor& x, const torch::Tensor& gain, const torch::Tensor& bias, double slope = 0.01);

/// 2x2 maximum with stride 2, as torch::max_pool2d; where values are equal the first in row-major order takes the gradient.
torch::Tensor maxPool2x2(const torch::Tensor& x);

}  // namespace roundel::nn
