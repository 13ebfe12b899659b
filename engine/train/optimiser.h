#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace roundel {

using NamedParameters = std::vector<std::pair<std::string, torch::Tensor>>;

enum class OptimiserKind { AdamW, Sgd };

struct OptimiserOptions {
  OptimiserKind kind = OptimiserKind::AdamW;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double momentum = 0.9;   ///< Sgd only
  bool nesterov = false;   ///< Sgd only
  double weightDecay = 0;  ///< decoupled in AdamW, added to the gradient in Sgd
};

/// AdamW (Adam where weightDecay is 0) and SGD as PyTorch defines them, with their whole state in the open, so that it can be
/// written to a checkpoint and read back bit for bit.
class Optimiser {
 public:
  Optimiser(NamedParameters parameters, const OptimiserOptions& options);

  void zeroGradients();
  /// One update with the gradients that the parameters carry.
  void step(double learningRate);
  /// Scales all gradients so that their joint L2 norm is at most `maximum`. Returns the norm before.
  double clipGradients(double maximum);

  std::int64_t stepsTaken() const { return m_steps; }
  void setStepsTaken(std::int64_t steps) { m_steps = steps; }
  /// The moments by name ("first.<parameter>", "second.<parameter>"): the tensors themselves.
  NamedParameters state() const;

 private:
  OptimiserOptions m_options;
  std::vector<std::string> m_names;
  std::vector<torch::Tensor> m_parameters;
  std::vector<torch::Tensor> m_first;
  std::vector<torch::Tensor> m_second;
  std::int64_t m_steps = 0;
};

/// average = decay * average + (1 - decay) * parameter, tensor by tensor.
void updateAverage(const std::vector<torch::Tensor>& average, const std::vector<torch::Tensor>& parameters, double decay);

}  // namespace roundel
