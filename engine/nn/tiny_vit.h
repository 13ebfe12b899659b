#pragma once
#include <torch/torch.h>

#include <array>
#include <memory>
#include <vector>

#include "nn/trace.h"
#include "nn/vit_encoder.h"

namespace roundel::nn {

/// Form of TinyViT as MobileSAM uses it. Stage 0 is convolutional; its window and heads are not used.
struct TinyVitOptions {
  int imageSize = 1024;
  std::array<int, 4> dims = {64, 128, 160, 320};
  std::array<int, 4> depths = {2, 2, 6, 2};
  std::array<int, 4> heads = {2, 4, 5, 10};
  std::array<int, 4> windows = {7, 7, 14, 7};  ///< tokens a side
  int outChannels = 256;

  int grid() const { return imageSize / 16; }
};

/// A convolution without bias and the BatchNorm behind it, in evaluation mode: folded into one convolution when it is loaded.
/// Keys "c.weight", "bn.*"; "bn.num_batches_tracked" is not asked for.
struct ConvBatchNorm {
  torch::Tensor weight, bias;
  CastOnce cast = {};
  std::int64_t stride, padding, groups;
  ConvBatchNorm(const Scope& scope, const ConvForm& form);
  torch::Tensor operator()(const torch::Tensor& x) const;
};

/// MobileSAM's image encoder (ALGORITHMS.md 9.4). Keys as below "image_encoder."; "norm_head.*" and "head.*" of the published file belong
/// to the classifier it was cut from and are not asked for.
class TinyVit {
 public:
  TinyVit(const Scope& scope, const TinyVitOptions& options);

  /// Normalised image [N, 3, imageSize, imageSize] to its embedding [N, outChannels, imageSize / 16, imageSize / 16], float32. A bfloat16
  /// image makes convolutions and products bfloat16; norms, softmax and the sum that runs through the transformer stay float32.
  /// Traces "patch_embed" and "layers0_block<i>" [N, C, H, W], "layers<s>" (after its downsampling) and "layers<s>_block<i>" [N, H*W, C],
  /// "layers<s>_block<i>_attn_windows" [windows, tokens, C], "neck". Throws Error(Defect) on an image of another size.
  torch::Tensor forward(const torch::Tensor& image, Trace* trace = nullptr) const;

  const TinyVitOptions& options() const { return m_options; }

 private:
  /// Widening 1x1, 3x3 each channel for itself, narrowing 1x1; added to the input.
  struct MobileBlock {
    ConvBatchNorm conv1, conv2, conv3;
    MobileBlock(const Scope& scope, std::int64_t dim);
    torch::Tensor operator()(const torch::Tensor& x) const;
  };
  /// x + Attn(windows), a 3x3 convolution of each channel for itself (no residual), x + MLP.
  struct WindowBlock {
    LayerNorm attnNorm;
    torch::Tensor attentionBiases;  ///< [heads, window^2], column |dy| * window + |dx|
    Linear qkv, proj;
    LayerNorm mlpNorm;
    Linear fc1, fc2;
    ConvBatchNorm localConv;
    std::int64_t heads, window;
    WindowBlock(const Scope& scope, std::int64_t dim, std::int64_t heads, std::int64_t window);
    /// x [N, H, W, C] float32; products in the type `products`.
    torch::Tensor forward(const torch::Tensor& x, torch::ScalarType products, const std::string& name, Trace* trace) const;

   private:
    torch::Tensor attend(const torch::Tensor& x, torch::ScalarType products, const std::string& name, Trace* trace) const;
  };
  /// To the next stage's channels, and half the size except before the last stage.
  struct Downsample {
    ConvBatchNorm conv1, conv2, conv3;
    Downsample(const Scope& scope, std::int64_t in, std::int64_t out, std::int64_t stride);
    torch::Tensor operator()(const torch::Tensor& x) const;
  };

  TinyVitOptions m_options;
  ConvBatchNorm m_patch0, m_patch2;
  std::vector<MobileBlock> m_mobileBlocks;                 ///< stage 0
  std::array<std::vector<WindowBlock>, 4> m_windowBlocks;  ///< stages 1 to 3; the first is empty
  std::vector<Downsample> m_downsamples;                   ///< behind stages 0 to 2
  EncoderNeck m_neck;
};

}  // namespace roundel::nn
