#pragma once
#include <torch/torch.h>

namespace roundel::nn {

/// Whether tileConvolve serves this input: a bfloat16 picture on a CPU with a matrix unit (device/processor.h), in any layout.
bool tilesServe(const torch::Tensor& x);

/// What a convolution does with its result.
enum class TileOutput {
  Same,     ///< [N, out, H, W]
  Doubled,  ///< weight [4 * out, in, 1, 1] in the order (dy, dx, out): [N, out, 2H, 2W], a transposed convolution 2x2 of stride 2
};

/// Convolution of stride 1 that keeps the size, for bfloat16 pictures on the processor's matrix unit (tile_kernels.h); products of
/// bfloat16, sums in float32. `x` [N, C, H, W] and, where it is defined, `second` [N, C2, H, W], taken as one picture of C + C2 channels
/// without being laid side by side in memory. `weight` [out, C + C2, k, k] float32 with k 1 or 3, `bias` [out] float32 or undefined.
/// bfloat16, channels-last. Gradients of the weights are float32. The same bytes whatever the number of threads.
torch::Tensor tileConvolve(const torch::Tensor& x, const torch::Tensor& second, const torch::Tensor& weight, const torch::Tensor& bias,
                           TileOutput output = TileOutput::Same);

}  // namespace roundel::nn
