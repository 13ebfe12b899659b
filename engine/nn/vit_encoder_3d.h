#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <set>
#include <vector>

#include "nn/layers.h"
#include "nn/trace.h"

namespace roundel::nn {

/// Form of the image encoder of SAM-Med3D; the defaults are `vit_b_ori`, the only one with public weights (ALGORITHMS.md 9.1).
struct VitEncoder3dOptions {
  std::int64_t inputChannels = 1;
  std::int64_t patch = 16;   ///< voxels along a side of a token
  std::int64_t tokens = 8;   ///< along a side of the volume: patch * tokens voxels
  std::int64_t window = 14;  ///< tokens along a side of the window of the local blocks; at least `tokens`, so that there is one window
  std::int64_t width = 768;  ///< channels of a token
  std::int64_t heads = 12;
  std::int64_t blocks = 12;
  std::int64_t output = 384;  ///< channels of the embedding
  std::set<std::int64_t> globalBlocks = {2, 5, 8, 11};
};

/// Attention over a cube of n^3 tokens with the relative positions of the released SAM-Med3D. Its code meant
/// q(a,b,c) . (R_d[a,a'] + R_h[b,b'] + R_w[c,c']) for the query (a,b,c) and the key (a',b',c'), but a broadcasting slip, which the weights
/// were trained with, makes it
///   q(a,b,c) . R_d[a,c']  +  q(a,b,a') . R_h[b,c']  +  q(a,b,b') . R_w[b',c'],    R_x[i,j] = rel_pos_x[i - j + n - 1],
/// with the unscaled queries, those at (a,b,a') and (a,b,b') of the same cube included.
struct CubeAttention {
  std::int64_t side;  ///< n: `tokens`, or `window` where the tokens fill a corner of a larger cube
  std::int64_t heads;
  torch::Tensor rel_pos_d, rel_pos_h, rel_pos_w;  ///< [2n - 1, width / heads]
  Linear qkv, proj;

  CubeAttention(const Scope& scope, std::int64_t width, std::int64_t heads, std::int64_t side);
  /// x [N, t, t, t, C] with t <= n, after the block's normalisation. Beyond it, up to n, the cube is filled with zeros, which are keys
  /// like all others; what they ask themselves is computed and returned only where `queries` > t.
  /// Returns [N, queries, queries, queries, C], t <= queries <= n.
  torch::Tensor operator()(const torch::Tensor& x, std::int64_t queries) const;
};

/// The image encoder of SAM-Med3D, SAM-Med3D-turbo and SegAnyPET: patches, position embedding, transformer blocks, a neck of two
/// convolutions.
class VitEncoder3d {
 public:
  VitEncoder3d(const Scope& scope, const VitEncoder3dOptions& options);

  /// volume [N, inputChannels, D, H, W], all sides patch * tokens. Embedding [N, output, tokens, tokens, tokens], float32. A bfloat16
  /// volume makes all matrix products bfloat16; norms and the sum that runs through the blocks stay float32.
  /// Traces "patch_embed" (before the position embedding), "block<i>", "block<i>_attn" (of the tokens) and "block<i>_attn_window"
  /// (of the whole filled cube), all [N, D, H, W, C], and "neck".
  torch::Tensor forward(const torch::Tensor& volume, Trace* trace = nullptr) const;

  const VitEncoder3dOptions& options() const { return m_options; }

 private:
  struct Block {
    LayerNorm norm1;
    CubeAttention attn;
    LayerNorm norm2;
    Linear lin1, lin2;
  };
  struct Neck {
    Conv reduce;
    ChannelNorm norm1;
    Conv mix;
    ChannelNorm norm3;
  };

  VitEncoder3dOptions m_options;
  torch::Tensor m_pos_embed;  ///< [1, tokens, tokens, tokens, width]
  Conv m_patch_embed;
  std::vector<Block> m_blocks;
  Neck m_neck;
};

}  // namespace roundel::nn
