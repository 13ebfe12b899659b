#pragma once
#include <torch/torch.h>

#include <string>
#include <utility>
#include <vector>

#include "nn/learning_layers.h"

namespace roundel::nn {

struct VNetOptions {
  int inputChannels = 1;
  int classes = 2;  ///< outputs
  int width = 16;   ///< channels at full resolution; doubled at every level
  bool dropout = true;
};

/// The V-Net of UA-MT (ALGORITHMS.md 2.1); its parameters and buffers carry the published names ("block_one.conv.0.weight").
///
/// Plain blocks of 1, 2, 3, 3, 3 and 3, 3, 2, 1 times (Conv 3^3, BatchNorm, ReLU); down by convolutions 2^3 of stride 2, up by transposed
/// ones, each with BatchNorm and ReLU; skips are added. Dropout of half the channels after blocks five and nine.
class VNet : public torch::nn::Module {
 public:
  explicit VNet(const VNetOptions& options);

  /// x [N, inputChannels, D, H, W], every side a multiple of 16. Logits in the type of x.
  torch::Tensor forward(const torch::Tensor& x, const Pass& pass) const;
  const VNetOptions& options() const { return m_options; }

 private:
  struct Stage {
    std::string name;
    std::vector<std::pair<LearningConv, LearningBatchNorm>> layers;
    torch::Tensor operator()(const torch::Tensor& x, const Pass& pass) const;
  };
  struct UpStage {
    std::string name;
    LearningUp up;
    LearningBatchNorm norm;
    torch::Tensor operator()(const torch::Tensor& x, const Pass& pass) const;
  };
  Stage block(const std::string& name, int layers, std::int64_t in, std::int64_t out);

  VNetOptions m_options;
  std::vector<Stage> m_blocks;  ///< block_one ... block_nine
  std::vector<Stage> m_downs;   ///< block_one_dw ... block_four_dw
  std::vector<UpStage> m_ups;   ///< block_five_up ... block_eight_up
  LearningConv m_out;
};

}  // namespace roundel::nn
