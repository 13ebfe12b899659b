#pragma once
#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "nn/layers.h"
#include "nn/token_grid.h"
#include "nn/trace.h"

namespace roundel::nn {

/// Form of a Hiera trunk (ALGORITHMS.md 9.5). Four stages; width and heads double from one to the next, the grid of tokens halves.
struct HieraOptions {
  std::int64_t width;                   ///< channels of the first stage
  std::int64_t heads;                   ///< of the first stage
  std::array<std::int64_t, 4> blocks;   ///< of the stages
  std::array<std::int64_t, 4> windows;  ///< tokens along a side, of the stages
  std::set<std::int64_t> globalBlocks;  ///< attend to the whole picture; counted over all stages
  std::int64_t positions;               ///< side of the grid of learnt positions, which is stretched over the picture

  std::int64_t stageWidth(std::size_t stage) const { return width << stage; }
};

/// Attention of a Hiera block. Where a stage begins, the queries are pooled 2 x 2 inside each window: the answer is a quarter as large.
struct HieraAttention {
  enum class Queries { All, Pooled };

  std::int64_t heads;
  Linear qkv, proj;

  HieraAttention(const Scope& scope, std::int64_t in, std::int64_t out, std::int64_t heads);
  /// `x` after the block's normalisation, in the order of `window` or, where that does not divide the picture, row by row: then windows
  /// reach beyond it, and zeros there are keys and queries like all others. `window` 0: all tokens attend to all.
  /// Traces the windows' answers [N * windows, side, side, C] as `name`.
  TokenGrid operator()(const TokenGrid& x, std::int64_t window, Queries queries, const std::string& name, Trace* trace) const;
};

/// Hiera, the image trunk of SAM 2 (Ryali et al. 2023; Ravi et al. 2024), without relative positions.
class Hiera {
 public:
  Hiera(const Scope& scope, const HieraOptions& options);

  /// image [N, 3, H, W], both multiples of 32. The four stages' features [N, H / 4 / 2^s, W / 4 / 2^s, width * 2^s], finest first,
  /// float32. A bfloat16 image makes all matrix products bfloat16; norms and the sum that runs through the blocks stay float32.
  /// Traces "patch_embed", "pos_embed", "embed", "block<i>", all [N, H, W, C], and "block<i>_attn_windows".
  std::vector<torch::Tensor> forward(const torch::Tensor& image, Trace* trace = nullptr) const;

  const HieraOptions& options() const { return m_options; }

 private:
  struct Block {
    std::int64_t window;  ///< 0: global
    LayerNorm norm1;
    HieraAttention attn;
    LayerNorm norm2;
    Linear layer0, layer1;
    std::optional<Linear> proj;  ///< where a stage begins
  };
  /// One block, its matrix products in `products`.
  TokenGrid through(const Block& block, const TokenGrid& tokens, torch::ScalarType products, const std::string& name, Trace* trace) const;
  torch::Tensor positions(std::int64_t height, std::int64_t width) const;

  HieraOptions m_options;
  torch::Tensor m_pos_embed;         ///< [1, C, positions, positions]
  torch::Tensor m_pos_embed_window;  ///< [1, C, windows[0], windows[0]], repeated over the picture
  Conv m_patch_embed;
  std::vector<Block> m_blocks;
};

}  // namespace roundel::nn
