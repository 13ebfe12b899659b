#pragma once
#include <torch/torch.h>

#include <filesystem>
#include <vector>

#include "core/random.h"
#include "nn/parameter_source.h"
#include "weights/tensor_bytes.h"

namespace roundel::test {

/// Writes safetensors with numbers drawn from each key and the seed; weights of norms lie around 1.
inline void writeDrawnWeights(const std::filesystem::path& file, const std::vector<nn::ParameterShape>& shapes, int seed) {
  NamedTorchTensors weights;
  for (const auto& [key, shape] : shapes) {
    Random random(static_cast<std::uint64_t>(seed), key);
    torch::Tensor values = torch::empty(shape);
    for (float *at = values.mutable_data_ptr<float>(), *end = at + values.numel(); at != end; ++at)
      *at = static_cast<float>((shape.size() == 1 && key.ends_with("weight") ? 1.0 : 0.0) + 0.3 * random.normal());
    weights.emplace_back(key, values);
  }
  const auto stored = forFile(weights);
  writeSafetensors(file, stored.named);
}

}  // namespace roundel::test
