#include "nn/unet2d_ssl.h"

#include <array>

namespace roundel::nn {
namespace {

using torch::Tensor;

constexpr std::array<double, 5> kDropout{0.05, 0.1, 0.2, 0.3, 0.5};
constexpr double kSlope = 0.01;

/// URPC's FeatureDropout: positions whose channel mean comes near its maximum over the image are zeroed; one threshold a call.
Tensor withoutPeaks(const Tensor& x, const Pass& pass) {
  const Tensor attention = x.mean(1, true);
  const Tensor limit = attention.amax({2, 3}, true) * pass.uniform({1}, 0.7, 0.9).to(x.scalar_type());
  return x * (attention < limit).to(x.scalar_type());
}

/// URPC's FeatureNoise: one noise tensor for the whole batch.
Tensor withNoise(const Tensor& x, const Pass& pass) {
  return x * (1 + pass.uniform({1, x.size(1), x.size(2), x.size(3)}, -0.3, 0.3).to(x.scalar_type()));
}

}  // namespace

UNet2dSsl::Block UNet2dSsl::block(const std::string& name, const std::string& inside, std::int64_t in, std::int64_t out, double dropout) {
  const std::string path = name + inside + ".conv_conv.";
  LearningConv conv0(*this, path + "0", 2, {.in = in, .out = out});
  LearningBatchNorm norm1(*this, path + "1", out);
  LearningConv conv4(*this, path + "4", 2, {.in = out, .out = out});
  LearningBatchNorm norm5(*this, path + "5", out);
  const double share = m_options.dropout ? dropout : 0;
  return {name.substr(name.find('.') + 1), std::move(conv0), std::move(norm1), std::move(conv4), std::move(norm5), share};
}

UNet2dSsl::UNet2dSsl(const UNet2dSslOptions& options) : m_options(options) {
  const auto channelsAt = [&](int level) { return static_cast<std::int64_t>(options.width) << level; };
  const auto head = [&](const std::string& path, int level, std::int64_t out) {
    return LearningConv(*this, path, 2, {.in = channelsAt(level), .out = out});
  };
  m_down.push_back(block("encoder.in_conv", "", options.inputChannels, channelsAt(0), kDropout[0]));
  for (int level = 1; level <= 4; ++level)
    m_down.push_back(block("encoder.down" + std::to_string(level), ".maxpool_conv.1", channelsAt(level - 1), channelsAt(level),
                           kDropout[static_cast<std::size_t>(level)]));
  for (int level = 3; level >= 0; --level) {
    const std::string name = "decoder.up" + std::to_string(4 - level);
    m_halves.emplace_back(*this, name + ".conv1x1", 2,
                          LearningConvForm{.in = channelsAt(level + 1), .out = channelsAt(level), .kernel = 1, .padding = 0});
    m_up.push_back(block(name, ".conv", 2 * channelsAt(level), channelsAt(level), 0));
  }
  m_heads.push_back(head("decoder.out_conv", 0, options.classes));
  if (options.heads == ExtraHeads::Pyramid) {
    for (int level = 1; level <= 3; ++level) m_heads.push_back(head("decoder.out_conv_dp" + std::to_string(level), level, options.classes));
    head("decoder.out_conv_dp4", 4, options.classes);  // in the published state dict, used nowhere
  }
  if (options.heads == ExtraHeads::SignedDistance) m_distance = head("decoder.out_distance", 0, options.distances);
}

Tensor UNet2dSsl::Block::operator()(const Tensor& x, const Pass& pass) const {
  const Tensor middle = pass.dropout(torch::leaky_relu(norm1(conv0(x), pass), kSlope), dropout);
  const Tensor value = torch::leaky_relu(norm5(conv4(middle), pass), kSlope);
  offer(pass.trace(), name, [&] { return value; });
  return value;
}

Tensor UNet2dSsl::ascend(std::size_t up, const Tensor& x, const Tensor& skip, const Pass& pass) const {
  const Tensor half = m_halves[up](x);
  offer(pass.trace(), m_up[up].name + ".conv1x1", [&] { return half; });
  const Tensor larger = torch::upsample_bilinear2d(half, skip.sizes().slice(2), true);
  offer(pass.trace(), m_up[up].name + ".up", [&] { return larger; });
  return m_up[up](torch::cat({skip, larger}, 1), pass);
}

HeadedOutput UNet2dSsl::headed(const std::vector<Tensor>& decoded, const Pass& pass) const {
  HeadedOutput output{.logits = {m_heads[0](decoded[0])}};
  for (std::size_t level = 1; level < m_heads.size(); ++level) {
    Tensor features = decoded[level];
    if (m_options.dropout && pass.learns())
      features = level == 1 ? withNoise(features, pass) : level == 2 ? withoutPeaks(features, pass) : pass.dropout(features, 0.5);
    output.logits.push_back(torch::upsample_nearest2d(m_heads[level](features), decoded[0].sizes().slice(2)));
  }
  if (m_options.heads == ExtraHeads::SignedDistance) output.distance = torch::tanh(m_distance(decoded[0]));
  return output;
}

HeadedOutput UNet2dSsl::forward(const Tensor& x, const Pass& pass) const {
  std::vector<Tensor> skips{m_down[0](channelsLast(x), pass)};
  for (std::size_t level = 1; level < m_down.size(); ++level) skips.push_back(m_down[level](torch::max_pool2d(skips.back(), 2), pass));
  std::vector<Tensor> decoded(m_up.size());
  Tensor value = skips.back();
  for (std::size_t up = 0; up < m_up.size(); ++up) {
    const std::size_t level = m_up.size() - 1 - up;
    value = ascend(up, value, skips[level], pass);
    decoded[level] = value;
  }
  return headed(decoded, pass);
}

}  // namespace roundel::nn
