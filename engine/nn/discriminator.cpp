#include "nn/discriminator.h"

#include <algorithm>

namespace roundel::nn {
namespace {

using torch::Tensor;

constexpr std::int64_t kWindow = 6;

Tensor halved(const Tensor& x) {
  std::vector<std::int64_t> window;
  for (const std::int64_t side : x.sizes().slice(2)) window.push_back(std::min(side, kWindow));
  return x.dim() == 5 ? torch::avg_pool3d(x, window) : torch::avg_pool2d(x, window);
}

}  // namespace

Discriminator::Discriminator(const DiscriminatorOptions& options) : m_options(options) {
  const std::int64_t w = options.width;
  const std::int64_t in[] = {options.maps, options.inputChannels, w, 2 * w, 4 * w}, out[] = {w, w, 2 * w, 4 * w, 8 * w};
  for (std::size_t i = 0; i < 5; ++i)
    m_convs.emplace_back(*this, "conv" + std::to_string(i), options.dimensions,
                         LearningConvForm{.in = in[i], .out = out[i], .kernel = 4, .stride = 2, .padding = 1});
  Named& classifier = moduleAt(*this, "classifier");
  m_weight = classifier.add("weight", torch::empty({2, 8 * w}));
  m_bias = classifier.add("bias", torch::empty({2}));
}

Tensor Discriminator::forward(const Tensor& prediction, const Tensor& picture, const Pass& pass) const {
  const auto activated = [&](const Tensor& x) {
    const Tensor y = torch::leaky_relu(x, 0.2);
    return m_options.dropout ? pass.channelDropout(y, 0.5) : y;
  };
  Tensor value = activated(m_convs[0](channelsLast(prediction)) + m_convs[1](channelsLast(picture)));
  for (std::size_t i = 2; i < 5; ++i) {
    value = m_convs[i](value);
    offer(pass.trace(), "conv" + std::to_string(i), [&] { return value; });
    value = i < 4 ? activated(value) : torch::leaky_relu(value, 0.2);
  }
  value = halved(value);
  offer(pass.trace(), "avgpool", [&] { return value; });
  return torch::linear(value.flatten(2).mean(2).to(torch::kFloat), m_weight, m_bias);
}

}  // namespace roundel::nn
