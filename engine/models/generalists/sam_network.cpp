#include "models/generalists/sam_network.h"

#include "models/generalists/state_dict_source.h"

namespace roundel {
namespace {

std::vector<nn::ParameterShape> shapesOf(const StateDict& weights) {
  std::vector<nn::ParameterShape> list;
  for (const auto& [key, tensor] : weights.tensors) list.push_back({key, tensor.shape});
  return list;
}

}  // namespace

std::optional<nn::SamOptions> samOptionsOf(const std::string& architecture, const StateDict& weights) {
  return architecture == kUnpublishedSam ? nn::samOptions(shapesOf(weights)) : nn::samOptions(architecture);
}

std::vector<ExpectedTensor> neededTensors(const nn::SamOptions& options) { return tensorsOf<nn::Sam>(options); }

std::shared_ptr<const nn::Sam> loadSam(const nn::SamOptions& options, const StateDict& weights, torch::Device device) {
  StateDictSource source(weights, device);
  return std::make_shared<const nn::Sam>(source, options);
}

}  // namespace roundel
