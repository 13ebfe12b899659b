#pragma once
#include <torch/torch.h>

#include <vector>

#include "nn/parameter_source.h"
#include "weights/state_dict.h"
#include "weights/state_dict_comparison.h"

namespace roundel {

/// Hands out a weight file's tensors as float32: views of the mapped file wherever it holds them so, no second copy on the processor.
/// take() throws Error(BadInput, "bad-weights") where a tensor is missing or has another shape.
class StateDictSource : public nn::ParameterSource {
 public:
  StateDictSource(const StateDict& weights, torch::Device device) : m_weights(weights), m_device(device) {}

  torch::Tensor take(const nn::ParameterShape& wanted) override;

 private:
  const StateDict& m_weights;
  torch::Device m_device;
};

/// What a network asks for while it is built.
template <class Network, class Options>
std::vector<ExpectedTensor> tensorsOf(const Options& options) {
  nn::ShapeRecorder recorder;
  const Network network(recorder, options);
  std::vector<ExpectedTensor> needed;
  for (const auto& one : recorder.shapes()) needed.push_back({one.key, one.shape});
  return needed;
}

}  // namespace roundel
