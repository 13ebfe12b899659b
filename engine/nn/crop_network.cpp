#include "nn/crop_network.h"

#include <cmath>

#include "core/random.h"
#include "nn/blocks2d.h"
#include "nn/picture_conv.h"

namespace roundel::nn {
namespace {

using torch::Tensor;

constexpr std::int64_t kStatistics = 3;

/// What a mask says of itself, [B, 3]: how sharply it is drawn (its IoU with its own probabilities), how much of the crop it takes, and
/// how much of it lies at the crop's border, where it may be cut.
Tensor statisticsOf(const Tensor& logits) {
  const Tensor p = torch::sigmoid(logits.detach().squeeze(1)), inside = p.gt(0.5).to(torch::kFloat);
  const Tensor sharp = ((p * inside).sum({1, 2}) + 1) / (torch::maximum(p, inside).sum({1, 2}) + 1);
  const Tensor share = inside.mean(std::vector<std::int64_t>{1, 2});
  const std::int64_t last = p.size(1) - 1;
  const Tensor border =
      (inside.select(1, 0).mean(1) + inside.select(1, last).mean(1) + inside.select(2, 0).mean(1) + inside.select(2, last).mean(1)) / 4;
  return torch::stack({4 * sharp - 3, 4 * share, 4 * border}, 1);
}

}  // namespace

CropNetwork::Block::Block(const Scope& scope, std::int64_t in, std::int64_t out)
    : weight0((scope / 0).take("weight", {out, in, 3, 3})),
      gain0((scope / 1).take("weight", {out})),
      bias0((scope / 1).take("bias", {out})),
      weight1((scope / 3).take("weight", {out, out, 3, 3})),
      gain1((scope / 4).take("weight", {out})),
      bias1((scope / 4).take("bias", {out})) {}

Tensor CropNetwork::Block::operator()(const Tensor& x, const Tensor& second) const {
  const Tensor wide = second.defined() ? convolveBoth(x, second, weight0) : convolve(x, weight0);
  const Tensor middle = instanceNormLeakyRelu(wide.contiguous(torch::MemoryFormat::ChannelsLast), gain0, bias0);
  return instanceNormLeakyRelu(convolve(middle, weight1).contiguous(torch::MemoryFormat::ChannelsLast), gain1, bias1);
}

CropNetwork::Up::Up(const Scope& scope, std::int64_t in, std::int64_t out)
    : weight((scope / "up").take("weight", {in, out, 2, 2})),
      bias((scope / "up").take("bias", {out})),
      block(scope / "conv", 2 * out, out) {}

CropNetwork::Perceptron::Perceptron(const Scope& scope, std::int64_t in, std::int64_t hidden, std::int64_t out)
    : first(scope / 0, in, hidden), second(scope / 2, hidden, out) {}

Tensor CropNetwork::Perceptron::operator()(const Tensor& x) const { return second(torch::relu(first(x))); }

CropNetwork::CropNetwork(ParameterSource& source, const CropNetworkOptions& options)
    : m_options(options),
      m_prompts(Scope(source) / "prompt_encoder",
                {.dim = static_cast<int>(options.dim()), .imageSize = options.side, .grid = options.grid()}),
      m_transformer(Scope(source) / "transformer", {.dim = static_cast<int>(options.dim()),
                                                    .depth = options.depth,
                                                    .heads = options.heads,
                                                    .mlpDim = options.mlpDim,
                                                    .projectFrom = 0}),
      m_iouToken((Scope(source) / "iou_token").take("weight", {1, options.dim()})),
      m_maskToken((Scope(source) / "mask_token").take("weight", {1, options.dim()})),
      m_maskVector(Scope(source) / "mask_vector", options.dim(), options.dim(), options.width + 1),
      m_iouHead(Scope(source) / "iou_head", options.dim() + kStatistics, options.dim(), 1) {
  const Scope scope(source);
  const auto channels = [&](int level) { return std::int64_t{options.width} << level; };
  for (int level = 0; level <= options.levels; ++level)
    m_down.emplace_back(scope / "down" / level, level == 0 ? kCropChannels : channels(level - 1), channels(level));
  for (int i = 1; i < options.deep; ++i) m_deep.emplace_back(scope / "deep" / i, options.dim(), options.dim());
  for (int level = options.levels - 1; level >= 0; --level) m_up.emplace_back(scope / "up" / level, channels(level + 1), channels(level));
}

std::vector<Tensor> CropNetwork::encode(const Tensor& pictures) const {
  std::vector<Tensor> levels{m_down.front()(pictures.contiguous(torch::MemoryFormat::ChannelsLast))};
  for (std::size_t level = 1; level < m_down.size(); ++level) levels.push_back(m_down[level](maxPool2x2(levels.back())));
  for (const Block& block : m_deep) levels.back() = levels.back() + block(levels.back());
  return levels;
}

PromptedAnswer CropNetwork::forward(const Tensor& crops, const PromptPoints& points, const Tensor& masked) const {
  const std::int64_t batch = crops.size(0), grid = m_options.grid();
  const auto type = crops.scalar_type();
  const std::vector<Tensor> levels = encode(crops);
  // SAM's mask prompt: logits at four times the grid's resolution.
  const Tensor prompt = crops.select(1, static_cast<std::int64_t>(CropChannel::Mask)).unsqueeze(1).to(torch::kFloat);
  const Tensor coarse = 5 * torch::adaptive_avg_pool2d(prompt, {4 * grid, 4 * grid});
  const Tensor dense = torch::where(masked.view({batch, 1, 1, 1}), m_prompts.dense(coarse), m_prompts.noMask());
  const auto rows = [](const Tensor& picture) { return picture.flatten(2).transpose(1, 2).contiguous(); };
  const auto [sparse, filler] = m_prompts.sparse(points);
  const Tensor own = torch::cat({m_iouToken, m_maskToken}, 0).unsqueeze(0).expand({batch, -1, -1});
  Tensor fillers;
  if (filler.defined()) fillers = torch::constant_pad_nd(filler, {2, 0}, 0);
  const auto [read, image] = m_transformer.forward(
      m_transformer.prepare(rows(levels.back() + dense.to(type)), rows(m_prompts.gridPositions())), torch::cat({own, sparse}, 1), fillers);
  Tensor value = image.transpose(1, 2).reshape({batch, m_options.dim(), grid, grid}).contiguous(torch::MemoryFormat::ChannelsLast);
  for (std::size_t i = 0; i < m_up.size(); ++i)
    value = m_up[i].block(levels[levels.size() - 2 - i], doubled(value, m_up[i].weight, m_up[i].bias));
  const Tensor vector = m_maskVector(read.select(1, 1));
  const Tensor pixels = value.permute({0, 2, 3, 1}).reshape({batch, -1, m_options.width}).to(torch::kFloat);
  const Tensor logits =
      (torch::bmm(pixels, vector.narrow(1, 0, m_options.width).unsqueeze(2)) + vector.narrow(1, m_options.width, 1).unsqueeze(2))
          .view({batch, 1, m_options.side, m_options.side});
  const Tensor iou = m_iouHead(torch::cat({read.select(1, 0), statisticsOf(logits)}, 1)).squeeze(1);
  return {logits, iou};
}

Tensor ParameterMaker::take(const ParameterShape& wanted) {
  const auto has = [&](const char* part) { return wanted.key.find(part) != std::string::npos; };
  const bool positions = has("gaussian"), token = has("token") || has("embed");
  Tensor value = torch::empty(wanted.shape, torch::kFloat);
  auto* const values = value.mutable_data_ptr<float>();
  Random random(m_seed, "initialise " + wanted.key);
  if (wanted.key.ends_with("bias")) {
    value.zero_();
  } else if (positions || token) {
    for (std::int64_t i = 0; i < value.numel(); ++i) values[i] = static_cast<float>((positions ? 1.0 : 0.5) * random.normal());
  } else if (wanted.shape.size() < 2) {
    value.fill_(1);
  } else {
    // Transposed convolutions have their inputs first.
    const std::int64_t inputs = has("up.weight") ? wanted.shape[0] : value.numel() / wanted.shape[0];
    const double bound = std::sqrt(3.0 / static_cast<double>(inputs));
    for (std::int64_t i = 0; i < value.numel(); ++i) values[i] = static_cast<float>(random.uniform(-bound, bound));
  }
  value = value.to(m_device).requires_grad_(!positions);
  m_made.push_back({wanted.key, value, !positions});
  return value;
}

}  // namespace roundel::nn
