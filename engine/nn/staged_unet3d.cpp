#include "nn/staged_unet3d.h"

#include <algorithm>
#include <string>

#include "core/error.h"
#include "nn/blocks2d.h"
#include "nn/learning_layers.h"

namespace roundel::nn {
namespace {

using torch::Tensor;
using Sides = std::array<std::int64_t, 3>;

constexpr Sides kAlike{1, 1, 1};

/// A volume is normalised as a picture whose rows are those of all its slices.
Tensor normalised(const Tensor& x, const Tensor& gain, const Tensor& shift) {
  const Tensor flat = channelsLast(x).flatten(2, 3);
  return instanceNormLeakyRelu(flat.contiguous(torch::MemoryFormat::ChannelsLast), gain, shift, 0.01).unflatten(2, {x.size(2), x.size(3)});
}

}  // namespace

Tensor StagedUNet3d::Block::operator()(const Tensor& x) const {
  const auto type = x.scalar_type();
  return normalised(torch::conv3d(x, weight.to(type), bias.to(type), stride, padding), gain, shift);
}

StagedUNet3d::Block StagedUNet3d::block(const std::string& path, std::int64_t in, std::int64_t out, const UNetStage& form) {
  Named &conv = moduleAt(*this, path + ".conv"), &norm = moduleAt(*this, path + ".norm");
  const auto& kernel = form.kernel;
  return {.weight = conv.add("weight", torch::empty({out, in, kernel[0], kernel[1], kernel[2]})),
          .bias = conv.add("bias", torch::empty({out})),
          .gain = norm.add("weight", torch::ones({out})),
          .shift = norm.add("bias", torch::zeros({out})),
          .stride = form.stride,
          .padding = {kernel[0] / 2, kernel[1] / 2, kernel[2] / 2}};
}

std::int64_t StagedUNet3d::channelsAt(std::size_t level) const {
  return std::min<std::int64_t>(static_cast<std::int64_t>(m_options.width) << std::min<std::size_t>(level, 16), m_options.maximumWidth);
}

StagedUNet3d::StagedUNet3d(const StagedUNet3dOptions& options) : m_options(options) {
  const std::size_t levels = options.stages.size();
  for (std::size_t level = 0; level < levels; ++level) {
    const std::string path = "encoder.stages." + std::to_string(level) + ".convs.";
    const std::int64_t in = level == 0 ? 1 : channelsAt(level - 1), out = channelsAt(level);
    UNetStage still = options.stages[level];
    still.stride = kAlike;
    m_down.push_back({block(path + "0", in, out, options.stages[level]), block(path + "1", out, out, still)});
  }
  for (std::size_t level = 0; level + 1 < levels; ++level) {
    const std::string number = std::to_string(level);
    const std::int64_t own = channelsAt(level), below = channelsAt(level + 1);
    const Sides stride = options.stages[level + 1].stride;
    UNetStage still = options.stages[level];
    still.stride = kAlike;
    Named& up = moduleAt(*this, "decoder.transpconvs." + number);
    m_up.push_back(
        {up.add("weight", torch::empty({below, own, stride[0], stride[1], stride[2]})), up.add("bias", torch::empty({own})), stride});
    m_merge.push_back({block("decoder.stages." + number + ".convs.0", 2 * own, own, still),
                       block("decoder.stages." + number + ".convs.1", own, own, still)});
    if (level > 0 && level + 3 > levels) continue;  // the coarsest but one and the one above it teach nothing by themselves
    Named& head = moduleAt(*this, "decoder.seg_layers." + number);
    m_heads.push_back(
        {head.add("weight", torch::empty({options.classes, own, 1, 1, 1})), head.add("bias", torch::empty({options.classes})), kAlike});
  }
}

void StagedUNet3d::requireSides(const Tensor& x) const {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    std::int64_t multiple = 1;
    for (const UNetStage& stage : m_options.stages) multiple *= stage.stride[axis];
    const std::int64_t side = x.size(static_cast<std::int64_t>(axis) + 2);
    if (side % multiple != 0)
      throw Error(ErrorKind::Usage, "size-mismatch",
                  "This network halves a side until only every " + std::to_string(multiple) +
                      "th voxel is left, and a patch has a side of " + std::to_string(side) + ".",
                  {.remedy = "Leave nnunet_stages as it is, or take a patch whose sides are multiples of it."});
  }
}

HeadedOutput StagedUNet3d::forward(const Tensor& x, const Pass& pass) const {
  requireSides(x);
  std::vector<Tensor> skips;
  Tensor value = channelsLast(x);
  for (const auto& [first, second] : m_down) {
    value = second(first(value));
    skips.push_back(value);
  }
  HeadedOutput output;
  for (std::size_t i = m_up.size(); i-- > 0;) {
    const auto type = value.scalar_type();
    const Tensor up = torch::conv_transpose3d(value, m_up[i].weight.to(type), m_up[i].bias.to(type), m_up[i].stride);
    const auto& [first, second] = m_merge[i];
    value = second(first(torch::cat({up, skips[i]}, 1)));
    if (i < m_heads.size() && (i == 0 || pass.learns()))
      output.logits.push_back(torch::conv3d(value, m_heads[i].weight.to(type), m_heads[i].bias.to(type)));
  }
  std::reverse(output.logits.begin(), output.logits.end());
  return output;
}

}  // namespace roundel::nn
