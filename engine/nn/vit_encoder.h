#pragma once
#include <torch/torch.h>

#include <optional>
#include <string>
#include <vector>

#include "nn/layers.h"
#include "nn/trace.h"

namespace roundel::nn {

/// Whether every block has SAM-Med2D's adapter beside its perceptron.
enum class Adapters { No, Yes };

/// Form of SAM's image encoder; the defaults are ViT-B at 1024x1024.
struct VitOptions {
  int imageSize = 1024;  ///< pixels, height = width
  int patch = 16;        ///< pixels a side of one token
  int dim = 768;
  int depth = 12;
  int heads = 12;
  int mlpRatio = 4;
  std::vector<int> globalBlocks = {2, 5, 8, 11};  ///< blocks that attend over the whole image; the others over windows
  int window = 14;                                ///< tokens a side
  int outChannels = 256;
  Adapters adapters = Adapters::No;

  int grid() const { return imageSize / patch; }
};

/// SAM-Med2D's adapter (ALGORITHMS.md 9.2): a gate on the channels, a convolution down and one up again, added to its input and
/// normalised. [N, H, W, C] of even H and W.
struct VitAdapter {
  Linear channel0, channel2;
  Conv spatial0;
  ConvTranspose spatial2;
  LayerNorm norm;
  VitAdapter(const Scope& scope, std::int64_t dim);
  torch::Tensor operator()(const torch::Tensor& x) const;
};

/// One block: x + Attn(LN(x)), then x + MLP(LN(x)) (+ Adapter(LN(x))). LN epsilon 1e-6, GELU exact.
struct VitBlock {
  LayerNorm norm1;
  torch::Tensor relPosH, relPosW;  ///< [2 side - 1, dim / heads] of the window, or of the grid in a global block
  Linear qkv, proj;
  LayerNorm norm2;
  Linear lin1, lin2;
  std::optional<VitAdapter> adapter;
  std::int64_t heads, window;  ///< window 0: global

  VitBlock(const Scope& scope, const VitOptions& options, int index);
  /// x [N, H, W, C] float32; products in the type `products`. `name`: of the block, for the trace.
  torch::Tensor forward(const torch::Tensor& x, torch::ScalarType products, const std::string& name, Trace* trace) const;

 private:
  /// x [N, H, W, C], normalised; the attention module's output.
  torch::Tensor attend(const torch::Tensor& x, const std::string& name, Trace* trace) const;
};

/// The 1x1 and 3x3 convolutions, each with a norm over the channels, that end SAM's encoders: [N, H, W, C] to [N, out, H, W].
struct EncoderNeck {
  Linear conv0;
  LayerNorm norm1;
  Conv conv2;
  LayerNorm norm3;
  EncoderNeck(const Scope& scope, std::int64_t dim, std::int64_t out);
  torch::Tensor operator()(const torch::Tensor& x) const;
};

/// SAM's image encoder (ALGORITHMS.md 8.1; with adapters SAM-Med2D's, 9.2). Keys as below "image_encoder." of the published files.
class VitEncoder {
 public:
  VitEncoder(const Scope& scope, const VitOptions& options);

  /// Normalised image [N, 3, imageSize, imageSize] to its embedding [N, outChannels, imageSize / patch, imageSize / patch], float32.
  /// A bfloat16 image makes all matrix products bfloat16; norms, softmax, biases and the sum that runs through the blocks stay float32.
  /// Throws Error(Defect) on an image of another size.
  /// Traces "patch_embed" (before the positions), "block<i>", "block<i>_attn", "block<i>_attn_windows" (of the padded windows, before they
  /// are joined), "block<i>_adapter" (all [N, H, W, C]) and "neck".
  torch::Tensor forward(const torch::Tensor& image, Trace* trace = nullptr) const;

  const VitOptions& options() const { return m_options; }

 private:
  VitOptions m_options;
  torch::Tensor m_posEmbed;
  Conv m_patchEmbed;
  std::vector<VitBlock> m_blocks;
  EncoderNeck m_neck;
};

}  // namespace roundel::nn
