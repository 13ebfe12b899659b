#include "nn/unet2d.h"

#include <cmath>

#include "nn/blocks2d.h"
#include "nn/learning_layers.h"
#include "nn/picture_conv.h"

namespace roundel::nn {
namespace {

using torch::Tensor;

std::pair<Tensor, Tensor> makeHead(torch::nn::Module& owner, const std::string& name, std::int64_t in, std::int64_t classes) {
  const auto head = owner.register_module(name, std::make_shared<Named>());
  const auto conv = head->child("conv");
  Tensor weight = conv->add("weight", torch::empty({classes, in, 1, 1}));
  return {weight, conv->add("bias", torch::empty({classes}))};
}

}  // namespace

DoubleConv::DoubleConv(std::int64_t in, std::int64_t out) {
  const auto sequence = register_module("double_conv", std::make_shared<Named>());
  m_weight0 = sequence->child("0")->add("weight", torch::empty({out, in, 3, 3}));
  const auto first = sequence->child("1");
  m_gain1 = first->add("weight", torch::ones({out}));
  m_bias1 = first->add("bias", torch::zeros({out}));
  m_weight3 = sequence->child("3")->add("weight", torch::empty({out, out, 3, 3}));
  const auto second = sequence->child("4");
  m_gain4 = second->add("weight", torch::ones({out}));
  m_bias4 = second->add("bias", torch::zeros({out}));
}

Tensor DoubleConv::forward(const Tensor& x, const Tensor& second) const {
  // Channels-last throughout: with one input channel the layout is ambiguous, so it is said here.
  const Tensor wide = second.defined() ? convolveBoth(x, second, m_weight0) : convolve(x, m_weight0);
  const Tensor middle = instanceNormLeakyRelu(wide.contiguous(torch::MemoryFormat::ChannelsLast), m_gain1, m_bias1);
  return instanceNormLeakyRelu(convolve(middle, m_weight3), m_gain4, m_bias4);
}

UNet2d::UNet2d(const UNet2dOptions& options) : m_options(options) {
  const auto channelsAt = [&](int level) {
    return static_cast<std::int64_t>(std::min<double>(std::ldexp(options.width, level), options.maximumWidth));
  };
  m_down.push_back(register_module("inc", std::make_shared<DoubleConv>(options.inputChannels, channelsAt(0))));
  for (int level = 1; level <= options.levels; ++level) {
    const auto down = register_module("down" + std::to_string(level), std::make_shared<Named>());
    const auto sequence = down->child("maxpool_conv");
    m_down.push_back(sequence->register_module("1", std::make_shared<DoubleConv>(channelsAt(level - 1), channelsAt(level))));
  }
  for (int level = options.levels - 1; level >= 0; --level) {
    const auto up = register_module("up" + std::to_string(options.levels - level), std::make_shared<Named>());
    const auto transposed = up->child("up");
    Up parts;
    parts.weight = transposed->add("weight", torch::empty({channelsAt(level + 1), channelsAt(level), 2, 2}));
    parts.bias = transposed->add("bias", torch::empty({channelsAt(level)}));
    parts.conv = up->register_module("conv", std::make_shared<DoubleConv>(2 * channelsAt(level), channelsAt(level)));
    m_up.push_back(std::move(parts));
  }
  m_heads.push_back(makeHead(*this, "outc", channelsAt(0), options.classes));
  for (int head = 1; head <= options.auxiliaryHeads; ++head)
    m_heads.push_back(makeHead(*this, "aux" + std::to_string(head), channelsAt(head), options.classes));
  if (options.distances > 0) m_heads.push_back(makeHead(*this, "outd", channelsAt(0), options.distances));
}

Tensor UNet2d::ascend(const Up& up, const Tensor& x, const Tensor& skip) const {
  Tensor larger = doubled(x, up.weight, up.bias);
  const std::int64_t rows = skip.size(2) - larger.size(2), columns = skip.size(3) - larger.size(3);
  if (rows != 0 || columns != 0) larger = torch::constant_pad_nd(larger, {columns / 2, columns - columns / 2, rows / 2, rows - rows / 2});
  return up.conv->forward(skip, larger);
}

HeadedOutput UNet2d::forwardAll(const Tensor& x, bool deep) const {
  std::vector<Tensor> skips{m_down.front()->forward(x)};
  for (std::size_t level = 1; level < m_down.size(); ++level) skips.push_back(m_down[level]->forward(maxPool2x2(skips.back())));
  HeadedOutput outputs;
  outputs.logits.resize(deep ? static_cast<std::size_t>(m_options.auxiliaryHeads) + 1 : 1);
  Tensor value = skips.back();
  for (std::size_t i = 0; i < m_up.size(); ++i) {
    const std::size_t level = m_up.size() - 1 - i;
    value = ascend(m_up[i], value, skips[level]);
    if (level < outputs.logits.size()) outputs.logits[level] = convolve(value, m_heads[level].first, m_heads[level].second);
  }
  if (deep && m_options.distances > 0) outputs.distance = torch::tanh(convolve(value, m_heads.back().first, m_heads.back().second));
  return outputs;
}

std::vector<std::pair<std::string, Tensor>> UNet2d::forwardNamed(const Tensor& x) const {
  std::vector<std::pair<std::string, Tensor>> outputs{{"inc", m_down.front()->forward(x)}};
  for (std::size_t level = 1; level < m_down.size(); ++level)
    outputs.emplace_back("down" + std::to_string(level), m_down[level]->forward(maxPool2x2(outputs.back().second)));
  for (std::size_t i = 0; i < m_up.size(); ++i)
    outputs.emplace_back("up" + std::to_string(i + 1), ascend(m_up[i], outputs.back().second, outputs[m_up.size() - 1 - i].second));
  outputs.emplace_back("logits", convolve(outputs.back().second, m_heads[0].first, m_heads[0].second));
  return outputs;
}

}  // namespace roundel::nn
