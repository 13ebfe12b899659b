#include "nn/sam2_image_encoder.h"

#include <string>

namespace roundel::nn {

using torch::Tensor;

Sam2ImageEncoder::Sam2ImageEncoder(const Scope& scope, const HieraOptions& options) : m_trunk(scope / "trunk", options) {
  const std::size_t levels = options.blocks.size();
  for (std::size_t level = 0; level < levels; ++level) {
    const auto name = static_cast<std::int64_t>(levels - 1 - level);
    m_laterals.emplace_back(scope / "neck" / "convs" / name / "conv",
                            ConvForm{.in = options.stageWidth(level), .out = kChannels, .kernel = 1});
  }
}

std::vector<Tensor> Sam2ImageEncoder::forward(const Tensor& image, Trace* trace) const {
  const std::vector<Tensor> stages = m_trunk.forward(image, trace);
  std::vector<Tensor> levels;
  for (std::size_t level = 0; level < stages.size(); ++level)
    levels.push_back(m_laterals[level](stages[level].to(image.scalar_type()).permute({0, 3, 1, 2})));
  // The coarsest level is there for the one below it alone.
  const std::size_t coarse = levels.size() - 1;
  const Tensor& fine = levels[coarse - 1];
  levels[coarse - 1] = fine + torch::upsample_nearest2d(levels[coarse], {fine.size(2), fine.size(3)});
  for (std::size_t level = 0; level < levels.size(); ++level) offer(trace, "fpn" + std::to_string(level), [&] { return levels[level]; });
  levels.pop_back();
  return levels;
}

}  // namespace roundel::nn
