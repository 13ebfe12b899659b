#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "nn/headed_output.h"

namespace roundel::nn {

/// Form of a 2-D U-Net. The defaults are the network of SAM Carries the Burden (ALGORITHMS.md 6.2): 64-128-256-512-1024.
struct UNet2dOptions {
  int inputChannels = 1;
  int classes = 1;
  int width = 64;              ///< channels at full resolution; doubled at every level
  int levels = 4;              ///< number of poolings
  int maximumWidth = 1 << 20;  ///< channels never grow beyond it
  int distances = 0;           ///< maps of a head of signed distances (DTC); 0: no such head (the paper)
  int auxiliaryHeads = 0;      ///< 1x1 heads on the coarser decoder levels, for deep supervision; 0: none (the paper)
};

/// (Conv 3x3 without bias, InstanceNorm affine, LeakyReLU 0.01) twice.
class DoubleConv : public torch::nn::Module {
 public:
  DoubleConv(std::int64_t in, std::int64_t out);
  /// Of the channels of `x` and, where it is defined, those of `second` behind them.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& second = {}) const;

 private:
  torch::Tensor m_weight0, m_gain1, m_bias1, m_weight3, m_gain4, m_bias4;
};

/// 2-D U-Net in milesial's layout; its parameters carry milesial's names ("down1.maxpool_conv.1.double_conv.0.weight").
///
/// Down: 2x2 maximum, double convolution. Up: transposed convolution 2x2 of stride 2 to the skip's channels, concatenation
/// [skip, up], double convolution. Last a 1x1 convolution to logits. Computes in the type of its input: parameters are kept
/// in float32 and cast where they are used, so that bfloat16 input trains float32 master weights.
class UNet2d : public torch::nn::Module {
 public:
  explicit UNet2d(const UNet2dOptions& options);

  /// x [N, inputChannels, H, W] of any H, W >= 2^levels. Logits [N, classes, H, W] in the type of x.
  torch::Tensor forward(const torch::Tensor& x) const { return forwardAll(x, false).logits.front(); }
  /// Logits at full resolution first, then of the auxiliary heads, each at its own resolution (half, a quarter ...).
  /// Signed distances where there is a head for them.
  HeadedOutput forwardDeep(const torch::Tensor& x) const { return forwardAll(x, true); }
  /// Output of a submodule by its name ("inc", "down1", "up4") with the logits last, for comparison with other code.
  std::vector<std::pair<std::string, torch::Tensor>> forwardNamed(const torch::Tensor& x) const;

  const UNet2dOptions& options() const { return m_options; }

 private:
  struct Up {
    torch::Tensor weight, bias;
    std::shared_ptr<DoubleConv> conv;
  };
  HeadedOutput forwardAll(const torch::Tensor& x, bool deep) const;
  torch::Tensor ascend(const Up& up, const torch::Tensor& x, const torch::Tensor& skip) const;

  UNet2dOptions m_options;
  std::vector<std::shared_ptr<DoubleConv>> m_down;               ///< inc, down1, down2 ...
  std::vector<Up> m_up;                                          ///< up1 (deepest) ...
  std::vector<std::pair<torch::Tensor, torch::Tensor>> m_heads;  ///< outc, then the auxiliary ones, last the distances'
};

}  // namespace roundel::nn
