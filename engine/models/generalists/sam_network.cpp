#include "models/generalists/sam_network.h"

#include "core/error.h"
#include "core/files.h"
#include "weights/tensor_bytes.h"

namespace roundel {
namespace {

std::vector<nn::ParameterShape> listOf(const TensorShapes& shapes) {
  std::vector<nn::ParameterShape> list;
  for (const auto& [key, shape] : shapes) list.push_back({key, shape});
  return list;
}

/// Hands out a file's tensors.
class FileSource : public nn::ParameterSource {
 public:
  FileSource(const ModelFile& file, torch::Device device) : m_file(file), m_device(device) {}

  torch::Tensor take(const nn::ParameterShape& wanted) override {
    const auto found = m_file.state.tensors.find(wanted.key);
    const std::string shown = displayPath(m_file.state.path);
    if (found == m_file.state.tensors.end() || found->second.shape != wanted.shape)
      throw Error(ErrorKind::BadInput, "bad-weights", shown + " has no tensor " + wanted.key + " of " + shapeText(wanted.shape) + ".",
                  {.path = shown});
    return viewOf(found->second, m_file.state.mapping).to(m_device, torch::kFloat);
  }

 private:
  const ModelFile& m_file;
  torch::Device m_device;
};

}  // namespace

std::optional<nn::SamOptions> samOptionsOf(const std::string& architecture, const TensorShapes& found) {
  return architecture == kUnpublishedSam ? nn::samOptions(listOf(found)) : nn::samOptions(architecture);
}

TensorShapes neededTensors(const nn::SamOptions& options) {
  nn::ShapeRecorder recorder;
  const nn::Sam network(recorder, options);
  TensorShapes shapes;
  for (const auto& one : recorder.shapes()) shapes[one.key] = one.shape;
  return shapes;
}

std::shared_ptr<const nn::Sam> loadSam(const nn::SamOptions& options, const ModelFile& file, torch::Device device) {
  FileSource source(file, device);
  return std::make_shared<const nn::Sam>(source, options);
}

}  // namespace roundel
