#pragma once
#include <torch/torch.h>

#include <memory>
#include <vector>

#include "models/specialists/specialists.h"

namespace roundel {

/// A network that can be trained as a specialist: x [N, 1, H, W] normalised -> logits [N, classes, H, W] in the type of x.
/// Parameters are float32 and carry the names that go into checkpoints. No state but its parameters.
class SpecialistNetwork {
 public:
  virtual ~SpecialistNetwork() = default;
  virtual torch::nn::Module& module() = 0;
  virtual torch::Tensor forward(const torch::Tensor& x) const = 0;
  /// Logits at full resolution, then of the coarser heads where the network has them (deep supervision).
  virtual std::vector<torch::Tensor> forwardDeep(const torch::Tensor& x) const = 0;
};

/// Builds networks of one kind from resolved parameters.
class SpecialistBuilder {
 public:
  virtual ~SpecialistBuilder() = default;
  virtual std::unique_ptr<SpecialistNetwork> build(int classes) const = 0;
  /// Bytes that one training step keeps for each picture of this size, activations and their gradients, with `elementBytes`
  /// an activation; an estimate from above.
  virtual std::uint64_t activationBytes(int width, int height, int elementBytes) const = 0;
};

}  // namespace roundel
