#pragma once
#include <torch/torch.h>

#include <vector>

#include "nn/learning_layers.h"

namespace roundel::nn {

struct DiscriminatorOptions {
  int dimensions = 3;  ///< 3: FC3D of SSL4MIS; 2: the same over pictures
  int maps = 2;        ///< channels of the prediction
  int inputChannels = 1;
  int width = 64;
  bool dropout = true;
};

/// DAN's judge of whether a prediction looks like one of a labelled case (ALGORITHMS.md 2.1): convolutions of kernel 4 and stride 2, one on
/// the prediction and one on the picture, added; three more; the mean; two logits, the second for "labelled". Names of FC3DDiscriminator.
///
/// The published mean is over 6^3 of the last map; here a smaller map is averaged whole, and of a larger one all its windows, so that any
/// size is served.
class Discriminator : public torch::nn::Module {
 public:
  explicit Discriminator(const DiscriminatorOptions& options);
  /// prediction [N, maps, ...], picture [N, inputChannels, ...], every side at least 16: [N, 2].
  torch::Tensor forward(const torch::Tensor& prediction, const torch::Tensor& picture, const Pass& pass) const;

 private:
  DiscriminatorOptions m_options;
  std::vector<LearningConv> m_convs;  ///< conv0 ... conv4
  torch::Tensor m_weight, m_bias;     ///< classifier
};

}  // namespace roundel::nn
