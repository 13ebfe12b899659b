#include "nn/unet3d.h"

#include <algorithm>
#include <array>

#include "nn/joined_doubled.h"

namespace roundel::nn {
namespace {

using torch::Tensor;

constexpr double kUnetDropout = 0.3;
constexpr std::array<double, 4> kPyramidDropout{0.1, 0.2, 0.3, 0.5};  // finest level first; deeper ones as the last

std::string numbered(const char* name, int number) { return name + std::to_string(number); }

}  // namespace

UNet3d::DoubleConv::DoubleConv(torch::nn::Module& owner, const std::string& path, std::int64_t in, std::int64_t out)
    : m_first(owner, path + ".conv1.0", 3, {.in = in, .out = out}), m_second(owner, path + ".conv2.0", 3, {.in = out, .out = out}) {}

UNet3d::UNet3d(const UNet3dOptions& options) : m_options(options) {
  const auto channelsAt = [&](int level) { return static_cast<std::int64_t>(options.width) << level; };
  const auto head = [&](const std::string& path, int level, std::int64_t out) {
    return LearningConv(*this, path, 3, {.in = channelsAt(level), .out = out, .kernel = 1, .padding = 0});
  };
  for (int level = 0; level <= options.levels; ++level)
    m_down.emplace_back(*this, level < options.levels ? numbered("conv", level + 1) : "center",
                        level == 0 ? options.inputChannels : channelsAt(level - 1), channelsAt(level));
  for (int level = options.levels - 1; level >= 0; --level)
    m_up.emplace_back(*this, numbered("up_concat", level + 1) + ".conv", channelsAt(level) + channelsAt(level + 1), channelsAt(level));
  if (options.heads == ExtraHeads::Pyramid) {
    for (int level = 0; level < std::min(options.levels, 4); ++level)
      m_heads.push_back(head(numbered("dsv", level + 1) + (level == 0 ? "" : ".dsv.0"), level, options.classes));
    return;
  }
  m_heads.push_back(head("final", 0, options.classes));
  if (options.heads == ExtraHeads::SignedDistance) m_distance = head("final2", 0, options.distances);
}

Tensor UNet3d::encoded(const Tensor& x, std::vector<Tensor>& skips, const Pass& pass) const {
  Tensor value = channelsLast(x);
  for (std::size_t level = 0; level < m_down.size(); ++level) {
    value = m_down[level](level == 0 ? value : torch::max_pool3d(value, 2));
    const bool deepest = level + 1 == m_down.size();
    offer(pass.trace(), deepest ? "center" : numbered("conv", static_cast<int>(level) + 1), [&] { return value; });
    if (!deepest) skips.push_back(value);
  }
  return value;
}

HeadedOutput UNet3d::pyramid(std::vector<Tensor> decoded) const {
  HeadedOutput output;
  for (std::size_t level = 0; level < m_heads.size(); ++level)
    output.logits.push_back(resizedLinear(m_heads[level](decoded[level]), decoded[0].sizes().slice(2)));
  return output;
}

HeadedOutput UNet3d::forward(const Tensor& x, const Pass& pass) const {
  const bool isPyramid = m_options.heads == ExtraHeads::Pyramid;
  std::vector<Tensor> skips, decoded(m_up.size());
  Tensor value = encoded(x, skips, pass);
  if (m_options.dropout && !isPyramid) value = pass.dropout(value, kUnetDropout);
  for (std::size_t i = 0; i < m_up.size(); ++i) {
    const std::size_t level = m_up.size() - 1 - i;
    const Tensor& skip = skips[level];
    value = m_up[i](joinedWithDoubled(skip, value));
    offer(pass.trace(), numbered("up_concat", static_cast<int>(level) + 1), [&] { return value; });
    if (m_options.dropout && isPyramid) value = pass.channelDropout(value, kPyramidDropout[std::min<std::size_t>(level, 3)]);
    decoded[level] = value;
  }
  if (isPyramid) return pyramid(std::move(decoded));
  if (m_options.dropout) value = pass.dropout(value, kUnetDropout);
  HeadedOutput output{.logits = {m_heads[0](value)}};
  if (m_options.heads == ExtraHeads::SignedDistance) output.distance = torch::tanh(m_distance(value));
  return output;
}

}  // namespace roundel::nn
