#include "train/optimiser.h"

namespace roundel {

Optimiser::Optimiser(NamedParameters parameters, const OptimiserOptions& options) : m_options(options) {
  for (auto& [name, parameter] : parameters) {
    m_names.push_back(name);
    m_first.push_back(torch::zeros_like(parameter.detach()));
    if (options.kind == OptimiserKind::AdamW) m_second.push_back(torch::zeros_like(parameter.detach()));
    m_parameters.push_back(std::move(parameter));
  }
}

void Optimiser::zeroGradients() {
  for (auto& parameter : m_parameters) parameter.mutable_grad().reset();
}

void Optimiser::step(double learningRate) {
  const torch::NoGradGuard guard;
  ++m_steps;
  std::vector<torch::Tensor> parameters, gradients, first, second;
  for (std::size_t i = 0; i < m_parameters.size(); ++i) {
    if (!m_parameters[i].grad().defined()) continue;
    parameters.push_back(m_parameters[i]);
    gradients.push_back(m_parameters[i].grad());
    first.push_back(m_first[i]);
    if (!m_second.empty()) second.push_back(m_second[i]);
  }
  if (parameters.empty()) return;
  if (m_options.kind == OptimiserKind::AdamW) {
    const torch::Tensor count = torch::full({}, static_cast<double>(m_steps), parameters.front().options().dtype(torch::kFloat));
    at::_fused_adamw_(parameters, gradients, first, second, {}, std::vector<torch::Tensor>(parameters.size(), count), learningRate,
                      m_options.beta1, m_options.beta2, m_options.weightDecay, m_options.epsilon, false, false);
    return;
  }
  if (m_options.weightDecay != 0) at::_foreach_add_(gradients, parameters, m_options.weightDecay);
  // PyTorch's buffer starts as the first gradient; from zero the first update gives the same.
  at::_foreach_mul_(first, m_options.momentum);
  at::_foreach_add_(first, gradients, 1.0);
  if (m_options.nesterov) at::_foreach_add_(gradients, first, m_options.momentum);
  at::_foreach_add_(parameters, m_options.nesterov ? gradients : first, -learningRate);
}

double Optimiser::clipGradients(double maximum) { return torch::nn::utils::clip_grad_norm_(m_parameters, maximum); }

NamedParameters Optimiser::state() const {
  NamedParameters state;
  for (std::size_t i = 0; i < m_names.size(); ++i) {
    state.emplace_back("first." + m_names[i], m_first[i]);
    if (!m_second.empty()) state.emplace_back("second." + m_names[i], m_second[i]);
  }
  return state;
}

void updateAverage(const std::vector<torch::Tensor>& average, const std::vector<torch::Tensor>& parameters, double decay) {
  const torch::NoGradGuard guard;
  at::_foreach_mul_(average, decay);
  at::_foreach_add_(average, parameters, 1.0 - decay);
}

}  // namespace roundel
