#include "support/tiny_sam.h"

#include <torch/torch.h>

#include "core/random.h"
#include "nn/sam.h"
#include "weights/tensor_bytes.h"

namespace roundel::test {

void writeTinySam(const std::filesystem::path& file, int seed) {
  nn::VitOptions vit{.imageSize = 64, .patch = 16, .dim = 32, .depth = 2, .heads = 2, .globalBlocks = {1}, .window = 3, .outChannels = 16};
  nn::SamOptions options{.encoder = vit, .prompts = {.dim = 16, .imageSize = 64, .grid = 4, .maskChannels = 16}};
  options.decoder.transformer.dim = 16;
  options.decoder.transformer.mlpDim = 32;
  options.decoder.iouHidden = 16;
  nn::ShapeRecorder recorder;
  const nn::Sam network(recorder, options);
  NamedTorchTensors weights;
  for (const auto& [key, shape] : recorder.shapes()) {
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
