#include "support/tiny_sam.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/torch.h>

#include <cmath>

#include "nn/sam.h"
#include "nn/sam2.h"
#include "support/drawn_weights.h"
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
  writeDrawnWeights(file, recorder.shapes(), seed);
}

void writeSam2(const std::filesystem::path& file, const std::string& name, int seed) {
  nn::ShapeRecorder recorder;
  const nn::Sam2 network(recorder, nn::sam2Options(name).value());
  // Forty million numbers: LibTorch's generator draws them in a moment.
  auto generator = at::make_generator<at::CPUGeneratorImpl>(static_cast<std::uint64_t>(seed));
  NamedTorchTensors weights;
  for (const auto& [key, shape] : recorder.shapes()) {
    torch::Tensor values = torch::empty(shape).normal_(0, 1, generator);
    // As wide as keeps a layer's output near its input's size; weights of norms lie around 1.
    if (shape.size() > 1) values.mul_(1 / std::sqrt(static_cast<double>(values.numel() / shape[0])));
    else values.mul_(0.1).add_(key.ends_with("weight") ? 1.0 : 0.0);
    weights.emplace_back(key, values);
  }
  const auto stored = forFile(weights);
  writeSafetensors(file, stored.named);
}

}  // namespace roundel::test
