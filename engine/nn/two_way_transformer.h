#pragma once
#include <torch/torch.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "nn/layers.h"

namespace roundel::nn {

/// Form of the transformer of SAM's mask decoders (ALGORITHMS.md 8.3); the image's tokens may come from a plane or a volume.
struct TwoWayOptions {
  int dim = 256;
  int depth = 2;
  int heads = 8;
  int mlpDim = 2048;
  int downsample = 2;                                      ///< attention between tokens and image is `dim / downsample` wide
  std::array<std::string, 2> mlpNames = {"lin1", "lin2"};  ///< keys of the perceptrons' layers
  /// From how many prompt tokens on the image's own projections are computed for every prompt; 0: always. See CrossAttention.
  /// Unset: where that is faster.
  std::optional<int> projectFrom = {};
};

/// What the first layer needs of an image, the same for all prompts that carry no mask.
struct TwoWayImage {
  torch::Tensor values;     ///< [1 or B, N, C]; 1: shared by all prompts
  torch::Tensor positions;  ///< [1, N, C]
  torch::Tensor keys;       ///< values + positions
  /// Projections of the first layer [1, N, inner]: keys and values of token -> image, queries of image -> token. Only of a shared image.
  torch::Tensor k, v, q;
};

/// Attention between a prompt's T tokens and an image's N >> T tokens, in one of two ways that give the same numbers to rounding:
///
/// - projected: the published way; the image's queries, keys or values are N x C x inner products for every prompt;
/// - folded: the image's projection is multiplied into the few tokens instead. q_h (X Wk_h)^T = (q_h Wk_h^T) X^T; the key's bias adds the
///   same to every logit of a softmax and falls out; P (X Wv_h + b) = (P X) Wv_h + b, because a row of P sums to one; likewise the output
///   projection goes into the tokens' values. The cost is N x C x (heads T), less than a projection while heads * T < inner.
struct CrossAttention {
  Linear q_proj, k_proj, v_proj, out_proj;
  std::int64_t heads;
  std::optional<int> projectFrom;

  CrossAttention(const Scope& scope, std::int64_t dim, std::int64_t inner, const TwoWayOptions& options);

  /// What tokens [B, T, C] read from the image: [B, T, C] float32.
  torch::Tensor fromImage(const torch::Tensor& tokens, const TwoWayImage& image) const;
  /// values + what the image reads from tokens whose queries are `keyTokens` and values `tokens` [B, T, C]: [B, N, C].
  /// `filler` [B, T] bool: tokens that do not count; undefined: all do.
  torch::Tensor intoImage(const torch::Tensor& keyTokens, const torch::Tensor& tokens, const torch::Tensor& filler,
                          const TwoWayImage& image) const;

 private:
  bool projects(std::int64_t tokens, std::int64_t promptsPerImage) const;
};

/// Self-attention, attention to the image, perceptron, and the image's attention back, `depth` times; then once more to the image.
///
/// Prompts of one image that carry no mask share the image's tokens until the first layer writes into them: its three projections are
/// computed once, in prepare(). Products with the image's tokens run in the type of the image (float32 or bfloat16), all that happens among
/// prompt tokens in float32.
class TwoWayTransformer {
 public:
  TwoWayTransformer(const Scope& scope, const TwoWayOptions& options);

  /// values [1 or B, N, C], positions [1, N, C].
  TwoWayImage prepare(const torch::Tensor& values, const torch::Tensor& positions) const;

  struct Output {
    torch::Tensor tokens;  ///< [B, T, C] float32
    torch::Tensor image;   ///< [B, N, C] in the image's type
  };
  /// tokens [B, T, C], which are their own positions. `filler` [B, T] bool marks tokens that make prompts of different lengths
  /// equally long and that nobody attends to; undefined: none.
  Output forward(const TwoWayImage& image, const torch::Tensor& tokens, const torch::Tensor& filler = {}) const;

 private:
  struct SelfAttention {
    Linear q_proj, k_proj, v_proj, out_proj;
    std::int64_t heads;
    SelfAttention(const Scope& scope, const TwoWayOptions& options);
    torch::Tensor operator()(const torch::Tensor& keys, const torch::Tensor& values, const torch::Tensor& filler) const;
  };
  struct Layer {
    SelfAttention self_attn;
    LayerNorm norm1;
    CrossAttention cross_attn_token_to_image;
    LayerNorm norm2;
    Linear lin1, lin2;
    LayerNorm norm3, norm4;
    CrossAttention cross_attn_image_to_token;
    Layer(const Scope& scope, const TwoWayOptions& options);
  };

  std::vector<Layer> m_layers;
  CrossAttention m_final;
  LayerNorm m_finalNorm;
};

}  // namespace roundel::nn
