#include "models/generalists/sam_network.h"

#include "core/error.h"
#include "core/files.h"
#include "weights/tensor_bytes.h"

namespace roundel {
namespace {

std::vector<nn::ParameterShape> shapesOf(const StateDict& weights) {
  std::vector<nn::ParameterShape> list;
  for (const auto& [key, tensor] : weights.tensors) list.push_back({key, tensor.shape});
  return list;
}

/// Hands out a file's tensors.
class FileSource : public nn::ParameterSource {
 public:
  FileSource(const StateDict& weights, torch::Device device) : m_weights(weights), m_device(device) {}

  torch::Tensor take(const nn::ParameterShape& wanted) override {
    const auto found = m_weights.tensors.find(wanted.key);
    const std::string shown = displayPath(m_weights.path);
    if (found == m_weights.tensors.end() || found->second.shape != wanted.shape)
      throw Error(ErrorKind::BadInput, "bad-weights", shown + " has no tensor " + wanted.key + " of " + shapeText(wanted.shape) + ".",
                  {.path = shown});
    return viewOf(found->second, m_weights.mapping).to(m_device, torch::kFloat);
  }

 private:
  const StateDict& m_weights;
  torch::Device m_device;
};

}  // namespace

std::optional<nn::SamOptions> samOptionsOf(const std::string& architecture, const StateDict& weights) {
  return architecture == kUnpublishedSam ? nn::samOptions(shapesOf(weights)) : nn::samOptions(architecture);
}

std::vector<ExpectedTensor> neededTensors(const nn::SamOptions& options) {
  nn::ShapeRecorder recorder;
  const nn::Sam network(recorder, options);
  std::vector<ExpectedTensor> needed;
  for (const auto& one : recorder.shapes()) needed.push_back({one.key, one.shape});
  return needed;
}

std::shared_ptr<const nn::Sam> loadSam(const nn::SamOptions& options, const StateDict& weights, torch::Device device) {
  FileSource source(weights, device);
  return std::make_shared<const nn::Sam>(source, options);
}

}  // namespace roundel
