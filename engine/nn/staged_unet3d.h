#pragma once
#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <vector>

#include "nn/headed_output.h"
#include "nn/pass.h"
#include "nn/unet_stage.h"

namespace roundel::nn {

struct StagedUNet3dOptions {
  int classes = 2;  ///< outputs
  int width = 32;   ///< channels of the first level; doubled at every further one
  int maximumWidth = 320;
  std::vector<UNetStage> stages = {};  ///< finest first; at least two
};

/// The 3-D U-Net of nnU-Net (ALGORITHMS.md 6.7): a level is (Conv, InstanceNorm with affine, LeakyReLU 0.01) twice, down by the first
/// convolution's stride, up by a transposed convolution of the same stride, concatenation [up, skip], and a head of 1 x 1 x 1 on every
/// level of the decoder for deep supervision.
class StagedUNet3d : public torch::nn::Module {
 public:
  explicit StagedUNet3d(const StagedUNet3dOptions& options);

  /// x [N, 1, D, H, W]. Logits of all levels of the decoder but the two coarsest, finest first and in their own size; to judge, of the
  /// finest alone. Throws Error(Usage, "size-mismatch") where a side does not go through the strides.
  HeadedOutput forward(const torch::Tensor& x, const Pass& pass) const;
  const StagedUNet3dOptions& options() const { return m_options; }
  std::int64_t channelsAt(std::size_t level) const;

 private:
  struct Block {
    torch::Tensor weight, bias, gain, shift;
    std::array<std::int64_t, 3> stride, padding;
    torch::Tensor operator()(const torch::Tensor& x) const;
  };
  struct Up {
    torch::Tensor weight, bias;
    std::array<std::int64_t, 3> stride;
  };
  Block block(const std::string& path, std::int64_t in, std::int64_t out, const UNetStage& form);
  void requireSides(const torch::Tensor& x) const;

  StagedUNet3dOptions m_options;
  std::vector<std::array<Block, 2>> m_down, m_merge;  ///< levels; decoder, finest first
  std::vector<Up> m_up, m_heads;                      ///< from level i + 1 to i; heads of the decoder's levels
};

}  // namespace roundel::nn
