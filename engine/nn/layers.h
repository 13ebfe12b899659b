#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "nn/parameter_source.h"

namespace roundel::nn {

// The layers that the generalists' networks are made of. Frozen: they hold tensors from a ParameterSource under the names of
// PyTorch's layers ("weight", "bias", "running_mean" ...) and compute in the type of their input.

enum class Bias { No, Yes };

/// A weight in another type than its own: cast at the first use and kept, for products in bfloat16 ask for it every time. Copies share it.
class CastOnce {
 public:
  torch::Tensor operator()(const torch::Tensor& weight, torch::ScalarType type) const;

 private:
  struct Kept {
    std::mutex mutex;
    torch::Tensor value;
  };
  std::shared_ptr<Kept> m_kept = std::make_shared<Kept>();
};

/// y = x W^T + b over the last axis. The one place where such products are computed. Float32 rows on a processor go through oneDNN's
/// 1x1 convolution, which is a tenth to a half faster there than the matrix library's product and gives the same numbers to rounding.
struct Linear {
  torch::Tensor weight, bias;
  CastOnce cast = {};
  Linear(torch::Tensor weightValue, torch::Tensor biasValue) : weight(std::move(weightValue)), bias(std::move(biasValue)) {}
  Linear(const Scope& scope, std::int64_t in, std::int64_t out, Bias withBias = Bias::Yes);
  torch::Tensor operator()(const torch::Tensor& x) const;
};

/// Normalisation over the last axis.
struct LayerNorm {
  torch::Tensor weight, bias;
  double epsilon;
  LayerNorm(const Scope& scope, std::int64_t channels, double epsilon);
  torch::Tensor operator()(const torch::Tensor& x) const;
};

/// Normalisation over axis 1 of [N, C, H, W] or [N, C, D, H, W] ("LayerNorm2d", "LayerNorm3d" of the SAM family), epsilon 1e-6.
struct ChannelNorm {
  torch::Tensor weight, bias;
  ChannelNorm(const Scope& scope, std::int64_t channels);
  torch::Tensor operator()(const torch::Tensor& x) const;
};

/// Form of a convolution: the same kernel, stride and padding along every axis.
struct ConvForm {
  std::int64_t in, out, kernel;
  std::int64_t stride = 1, padding = 0, groups = 1;
  Bias bias = Bias::Yes;
  int axes = 2;  ///< 2 or 3
};

/// Convolution over [N, C, H, W] or [N, C, D, H, W].
struct Conv {
  ConvForm form;
  torch::Tensor weight, bias;
  CastOnce cast = {};
  Conv(const Scope& scope, const ConvForm& form);
  torch::Tensor operator()(const torch::Tensor& x) const;
};

/// Transposed convolution; its weight is [in, out, kernel ...].
struct ConvTranspose {
  ConvForm form;
  torch::Tensor weight, bias;
  CastOnce cast = {};
  ConvTranspose(const Scope& scope, const ConvForm& form);
  torch::Tensor operator()(const torch::Tensor& x) const;
};

}  // namespace roundel::nn
