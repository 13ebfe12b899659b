#include "nn/vnet.h"

#include <array>

namespace roundel::nn {
namespace {

using torch::Tensor;

constexpr std::array<const char*, 9> kNames{"block_one", "block_two",   "block_three", "block_four", "block_five",
                                            "block_six", "block_seven", "block_eight", "block_nine"};
constexpr std::array<int, 9> kLayers{1, 2, 3, 3, 3, 3, 3, 2, 1};
constexpr double kVnetDropout = 0.5;

}  // namespace

VNet::Stage VNet::block(const std::string& name, int layers, std::int64_t in, std::int64_t out) {
  Stage stage{.name = name, .layers = {}};
  for (int i = 0; i < layers; ++i) {
    const std::string path = name + ".conv.";
    LearningConv conv(*this, path + std::to_string(3 * i), 3, {.in = i == 0 ? in : out, .out = out});
    stage.layers.emplace_back(std::move(conv), LearningBatchNorm(*this, path + std::to_string(3 * i + 1), out));
  }
  return stage;
}

VNet::VNet(const VNetOptions& options) : m_options(options) {
  const auto channels = [&](std::size_t block) { return static_cast<std::int64_t>(options.width) << (block <= 4 ? block : 8 - block); };
  for (std::size_t b = 0; b < kNames.size(); ++b) {
    m_blocks.push_back(block(kNames[b], kLayers[b], b == 0 ? options.inputChannels : channels(b), channels(b)));
    if (b < 4) {
      const std::string path = std::string(kNames[b]) + "_dw";
      LearningConv conv(*this, path + ".conv.0", 3, {.in = channels(b), .out = channels(b + 1), .kernel = 2, .stride = 2, .padding = 0});
      m_downs.push_back({.name = path, .layers = {}});
      m_downs.back().layers.emplace_back(std::move(conv), LearningBatchNorm(*this, path + ".conv.1", channels(b + 1)));
    } else if (b < 8) {
      const std::string path = std::string(kNames[b]) + "_up";
      LearningUp up(*this, path + ".conv.0", channels(b), channels(b + 1));
      m_ups.push_back({path, std::move(up), LearningBatchNorm(*this, path + ".conv.1", channels(b + 1))});
    }
  }
  m_out = LearningConv(*this, "out_conv", 3, {.in = options.width, .out = options.classes, .kernel = 1, .padding = 0});
}

Tensor VNet::Stage::operator()(const Tensor& x, const Pass& pass) const {
  Tensor value = x;
  for (const auto& [conv, norm] : layers) value = torch::relu(norm(conv(value), pass));
  offer(pass.trace(), name, [&] { return value; });
  return value;
}

Tensor VNet::UpStage::operator()(const Tensor& x, const Pass& pass) const {
  const Tensor value = torch::relu(norm(up(x), pass));
  offer(pass.trace(), name, [&] { return value; });
  return value;
}

Tensor VNet::forward(const Tensor& x, const Pass& pass) const {
  std::array<Tensor, 4> skips;
  Tensor value = channelsLast(x);
  for (std::size_t b = 0; b < 4; ++b) {
    skips[b] = m_blocks[b](value, pass);
    value = m_downs[b](skips[b], pass);
  }
  value = m_blocks[4](value, pass);
  if (m_options.dropout) value = pass.channelDropout(value, kVnetDropout);
  for (std::size_t b = 5; b < 9; ++b) value = m_blocks[b](m_ups[b - 5](value, pass) + skips[8 - b], pass);
  if (m_options.dropout) value = pass.channelDropout(value, kVnetDropout);
  return m_out(value);
}

}  // namespace roundel::nn
