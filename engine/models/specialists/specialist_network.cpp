#include "models/specialists/specialist_network.h"

#include "nn/learning_layers.h"

namespace roundel {

void SpecialistNetwork::initialise(std::uint64_t seed) { nn::initialise(module(), seed); }

torch::Tensor SpecialistNetwork::forward(const torch::Tensor& x) const {
  return classLogits(run(x, nn::Pass::judging()).logits.front(), m_outputs);
}

NamedNetworkTensors parametersOf(SpecialistNetwork& network) {
  NamedNetworkTensors all;
  for (const auto& entry : network.module().named_parameters()) all.emplace_back(entry.key(), entry.value());
  return all;
}

NamedNetworkTensors buffersOf(SpecialistNetwork& network) {
  NamedNetworkTensors all;
  for (const auto& entry : network.module().named_buffers()) all.emplace_back(entry.key(), entry.value());
  return all;
}

NamedNetworkTensors stateOf(SpecialistNetwork& network) {
  NamedNetworkTensors all = parametersOf(network);
  for (auto& entry : buffersOf(network)) all.push_back(std::move(entry));
  return all;
}

}  // namespace roundel
