#pragma once
#include <torch/torch.h>

#include <cstdint>

namespace roundel::nn {

/// Attention on a grid of tokens whose logits get a bias that depends on how far query and key lie apart, height and width apart
/// ("decomposed relative positions", ViTDet; ALGORITHMS.md 8.1):
///
///   softmax(q k^T / sqrt(d) + q . tableH[qy - ky + height - 1] + q . tableW[qx - kx + width - 1]) v, with the unscaled q in the bias.
///
/// q, k, v [B, heads, height * width, d] of any strides, float32 or bfloat16; tableH [2 height - 1, d], tableW [2 width - 1, d].
/// Returns [B, height * width, heads, d], contiguous.
///
/// The bias is worked out in float32 and block by block (windows, or heads and queries), just before the fused attention reads it, so that
/// at no time the biases of all heads exist: 64x64 tokens and 12 heads would need 805 MB. Folding it into q and k instead (d + height +
/// width columns) was measured and dropped for processors: fused attention wants v as wide as q, which triples the arithmetic.
torch::Tensor attendWithRelativePositions(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v,
                                          const torch::Tensor& tableH, const torch::Tensor& tableW, std::int64_t height,
                                          std::int64_t width);

}  // namespace roundel::nn
