#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/geometry.h"
#include "models/specialists/output_form.h"
#include "models/specialists/specialists.h"
#include "nn/headed_output.h"
#include "nn/pass.h"

namespace roundel {

/// A network that can be trained as a specialist: x [N, 1, (D,) H, W] normalised -> logits [N, classes, (D,) H, W] in the type of x.
/// Parameters are float32 and carry the names that go into checkpoints.
class SpecialistNetwork {
 public:
  explicit SpecialistNetwork(OutputForm outputs) : m_outputs(outputs) {}
  virtual ~SpecialistNetwork() = default;
  virtual torch::nn::Module& module() = 0;
  /// All that it says, as it learns: raw outputs (background first in softmax form). To judge, coarser levels and distances may be left
  /// out.
  virtual nn::HeadedOutput run(const torch::Tensor& x, const nn::Pass& pass) const = 0;
  /// First values of the parameters, each from its name and `seed`.
  virtual void initialise(std::uint64_t seed);

  /// To judge: logits of every class, whose sigmoid is its probability.
  torch::Tensor forward(const torch::Tensor& x) const;
  OutputForm outputs() const { return m_outputs; }

 private:
  OutputForm m_outputs;
};

using NamedNetworkTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// What an optimiser moves: float32 parameters by name; the tensors themselves.
NamedNetworkTensors parametersOf(SpecialistNetwork& network);
/// Running statistics of BatchNorm by name; empty for most.
NamedNetworkTensors buffersOf(SpecialistNetwork& network);
/// Both: what a checkpoint holds.
NamedNetworkTensors stateOf(SpecialistNetwork& network);

/// Builds networks of one kind from resolved parameters.
class SpecialistBuilder {
 public:
  virtual ~SpecialistBuilder() = default;
  virtual std::unique_ptr<SpecialistNetwork> build(int classes) const = 0;
  /// 2: learns from pictures; 3: from volumes.
  virtual int dimensions() const { return 2; }
  /// Every side of its input is a multiple of this.
  virtual int sideMultiple() const { return 16; }
  /// Bytes that one training step keeps for each picture or patch of this size, activations and their gradients, with `elementBytes`
  /// an activation; an estimate from above.
  virtual std::uint64_t activationBytes(Size size, int elementBytes) const = 0;
};

}  // namespace roundel
