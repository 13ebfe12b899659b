#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>

#include "nn/pass.h"

namespace roundel::nn {

// The layers of the networks that can be trained, for pictures [N, C, H, W] and volumes [N, C, D, H, W]. Parameters are float32, registered
// under dotted names below a module that owns them, and cast to the type of the input where they are used.

/// A module that only carries a name, so that parameters get the checkpoint's keys.
class Named : public torch::nn::Module {
 public:
  torch::Tensor add(const std::string& name, torch::Tensor value) { return register_parameter(name, std::move(value)); }
  std::shared_ptr<Named> child(const std::string& name) { return register_module(name, std::make_shared<Named>()); }
};

/// The module at a dotted path ("up1.conv.conv_conv.0") below `owner`; what is missing on the way is made.
Named& moduleAt(torch::nn::Module& owner, const std::string& path);

/// Layout in which a picture or a volume is fastest: channels last.
torch::Tensor channelsLast(const torch::Tensor& x);

/// Form of a convolution; the same along every axis.
struct LearningConvForm {
  std::int64_t in = 1, out = 1, kernel = 3, stride = 1, padding = 1;
};

/// Convolution with bias, over two axes or three.
class LearningConv {
 public:
  LearningConv() = default;
  LearningConv(torch::nn::Module& owner, const std::string& path, int dimensions, const LearningConvForm& form);
  torch::Tensor operator()(const torch::Tensor& x) const;

 private:
  torch::Tensor m_weight, m_bias;
  std::int64_t m_stride = 1, m_padding = 0;
};

/// Transposed convolution of kernel 2 and stride 2 over three axes.
class LearningUp {
 public:
  LearningUp(torch::nn::Module& owner, const std::string& path, std::int64_t in, std::int64_t out);
  torch::Tensor operator()(const torch::Tensor& x) const;

 private:
  torch::Tensor m_weight, m_bias;
};

/// BatchNorm: momentum 0.1, epsilon 1e-5; running statistics are buffers of the owner.
class LearningBatchNorm {
 public:
  LearningBatchNorm(torch::nn::Module& owner, const std::string& path, std::int64_t channels);
  torch::Tensor operator()(const torch::Tensor& x, const Pass& pass) const;

 private:
  /// By the statistics of the whole batch, of which this process has some rows.
  torch::Tensor overAllProcesses(const torch::Tensor& x, const BatchRows& rows) const;

  torch::Tensor m_weight, m_bias, m_mean, m_variance, m_batches;
};

/// ReLU(InstanceNorm(x)) without affine parameters or running statistics.
torch::Tensor plainInstanceNormRelu(const torch::Tensor& x);

/// Linear (bilinear, trilinear) resizing of the spatial axes, align_corners False.
torch::Tensor resizedLinear(const torch::Tensor& x, torch::IntArrayRef size);

/// How parameters begin.
enum class Initialisation {
  Uniform,       ///< PyTorch's own: +-1 / sqrt(fan in)
  KaimingNormal  ///< convolutions N(0, 2 / fan in), biases as PyTorch (unet_3D of SSL4MIS)
};

/// Fills parameters, each from its own name and `seed`: the same numbers on every device and in any order. Norms get 1 and 0.
void initialise(torch::nn::Module& network, std::uint64_t seed, Initialisation how = Initialisation::Uniform);

}  // namespace roundel::nn
