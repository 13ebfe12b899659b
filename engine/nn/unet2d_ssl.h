#pragma once
#include <torch/torch.h>

#include <string>
#include <vector>

#include "nn/headed_output.h"
#include "nn/learning_layers.h"

namespace roundel::nn {

struct UNet2dSslOptions {
  int inputChannels = 1;
  int classes = 4;  ///< outputs
  int width = 16;   ///< channels at full resolution; doubled at every level
  ExtraHeads heads = ExtraHeads::None;
  int distances = 4;  ///< maps of the signed-distance head
  bool dropout = true;
};

/// The 2-D semi-supervised U-Net of SSL4MIS (ALGORITHMS.md 2.2), with heads on coarser levels URPC's `UNet_URPC`; its parameters and
/// buffers carry the published names ("encoder.in_conv.conv_conv.0.weight").
///
/// A level is Conv 3x3, BatchNorm, LeakyReLU 0.01, dropout, Conv 3x3, BatchNorm, LeakyReLU; down by 2x2 maximum; up by a 1x1 convolution
/// and bilinear x2 with align_corners True, concatenation [skip, up].
class UNet2dSsl : public torch::nn::Module {
 public:
  explicit UNet2dSsl(const UNet2dSslOptions& options);

  /// x [N, inputChannels, H, W], both sides multiples of 16. Computes in the type of x. Coarser logits are resized to the nearest pixel,
  /// and in learning disturbed in front of their heads, as published.
  HeadedOutput forward(const torch::Tensor& x, const Pass& pass) const;
  const UNet2dSslOptions& options() const { return m_options; }

 private:
  struct Block {
    std::string name;
    LearningConv conv0;
    LearningBatchNorm norm1;
    LearningConv conv4;
    LearningBatchNorm norm5;
    double dropout;
    torch::Tensor operator()(const torch::Tensor& x, const Pass& pass) const;
  };
  Block block(const std::string& name, const std::string& inside, std::int64_t in, std::int64_t out, double dropout);
  torch::Tensor ascend(std::size_t up, const torch::Tensor& x, const torch::Tensor& skip, const Pass& pass) const;
  HeadedOutput headed(const std::vector<torch::Tensor>& decoded, const Pass& pass) const;

  UNet2dSslOptions m_options;
  std::vector<Block> m_down;           ///< in_conv, down1 ... down4
  std::vector<LearningConv> m_halves;  ///< decoder.up1.conv1x1 ...
  std::vector<Block> m_up;             ///< decoder.up1 ... up4
  std::vector<LearningConv> m_heads;   ///< out_conv, out_conv_dp1 ... dp3
  LearningConv m_distance;
};

}  // namespace roundel::nn
