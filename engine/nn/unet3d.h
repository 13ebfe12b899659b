#pragma once
#include <torch/torch.h>

#include <memory>
#include <vector>

#include "nn/headed_output.h"
#include "nn/learning_layers.h"

namespace roundel::nn {

/// Form of a 3-D U-Net. The defaults are `unet_3D` (ALGORITHMS.md 2.1): 16, 32, 64, 128, 256.
struct UNet3dOptions {
  int inputChannels = 1;
  int classes = 2;  ///< outputs
  int width = 16;   ///< channels at full resolution; doubled at every level
  int levels = 4;   ///< number of poolings
  ExtraHeads heads = ExtraHeads::None;
  int distances = 2;  ///< maps of the signed-distance head
  bool dropout = true;
};

/// The 3-D U-Net of SSL4MIS: `unet_3D`, with a second head `unet_3D_sdf`, with heads on coarser levels `unet_3D_dv_semi` of URPC; its
/// parameters carry their names.
///
/// A level is (Conv 3^3, InstanceNorm without affine, ReLU) twice; down by maximum, up by trilinear x2 (align_corners False) and
/// concatenation [skip, up]. Dropout 0.3 of elements after the deepest level and the last one; in URPC's form 0.5, 0.3, 0.2, 0.1 of
/// channels after the decoder's levels instead.
class UNet3d : public torch::nn::Module {
 public:
  explicit UNet3d(const UNet3dOptions& options);

  /// x [N, inputChannels, D, H, W], every side a multiple of 2^levels. Computes in the type of x.
  HeadedOutput forward(const torch::Tensor& x, const Pass& pass) const;
  const UNet3dOptions& options() const { return m_options; }

 private:
  class DoubleConv {
   public:
    DoubleConv(torch::nn::Module& owner, const std::string& path, std::int64_t in, std::int64_t out);
    torch::Tensor operator()(const torch::Tensor& x) const { return plainInstanceNormRelu(m_second(plainInstanceNormRelu(m_first(x)))); }

   private:
    LearningConv m_first, m_second;
  };
  torch::Tensor encoded(const torch::Tensor& x, std::vector<torch::Tensor>& skips, const Pass& pass) const;
  HeadedOutput pyramid(std::vector<torch::Tensor> decoded) const;

  UNet3dOptions m_options;
  std::vector<DoubleConv> m_down;     ///< conv1 ..., center
  std::vector<DoubleConv> m_up;       ///< up_concat4 ... up_concat1
  std::vector<LearningConv> m_heads;  ///< final, or dsv1 ... dsv4
  LearningConv m_distance;
};

}  // namespace roundel::nn
