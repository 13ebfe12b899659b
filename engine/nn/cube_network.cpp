#include "nn/cube_network.h"

#include "nn/blocks2d.h"
#include "nn/learning_layers.h"

namespace roundel::nn {
namespace {

using torch::Tensor;

constexpr std::int64_t kCubeStatistics = 3;

/// What a mask says of itself, [B, 3]: how sharply it is drawn, how much of the cube it takes, and how much of it lies at the cube's faces.
Tensor cubeStatisticsOf(const Tensor& logits) {
  const Tensor p = torch::sigmoid(logits.detach().squeeze(1)), inside = p.gt(0.5).to(torch::kFloat);
  const Tensor sharp = ((p * inside).sum({1, 2, 3}) + 1) / (torch::maximum(p, inside).sum({1, 2, 3}) + 1);
  const Tensor share = inside.mean(std::vector<std::int64_t>{1, 2, 3});
  const std::int64_t last = p.size(1) - 1;
  Tensor border = torch::zeros_like(share);
  for (std::int64_t axis = 1; axis <= 3; ++axis)
    for (const std::int64_t at : {std::int64_t{0}, last}) border = border + inside.select(axis, at).mean(std::vector<std::int64_t>{1, 2});
  return torch::stack({4 * sharp - 3, 4 * share, border}, 1);
}

Tensor convolveCube(const Tensor& x, const Tensor& weight) { return torch::conv3d(x, weight.to(x.scalar_type()), {}, 1, 1); }

/// A volume is normalised as a picture whose rows are those of all its slices.
Tensor normLeaky(const Tensor& x, const Tensor& gain, const Tensor& bias) {
  const Tensor flat = channelsLast(x).flatten(2, 3).contiguous(torch::MemoryFormat::ChannelsLast);
  return instanceNormLeakyRelu(flat, gain, bias).unflatten(2, {x.size(2), x.size(3)});
}

/// The transposed convolution of 2^3 with stride 2 as one product of rows; `weight` [in, out, 2, 2, 2].
Tensor doubledCube(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const std::int64_t batch = x.size(0), in = x.size(1), d = x.size(2), h = x.size(3), w = x.size(4), out = weight.size(1);
  const Tensor rows = x.permute({0, 2, 3, 4, 1}).reshape({-1, in});
  const Tensor products = torch::mm(rows, weight.to(x.scalar_type()).permute({0, 2, 3, 4, 1}).reshape({in, 8 * out}));
  const Tensor voxels =
      products.view({batch, d, h, w, 2, 2, 2, out}).permute({0, 1, 4, 2, 5, 3, 6, 7}).reshape({batch, 2 * d, 2 * h, 2 * w, out});
  return (voxels + bias.to(x.scalar_type())).permute({0, 4, 1, 2, 3});
}

Tensor rowsOf(const Tensor& volume) { return volume.flatten(2).transpose(1, 2).contiguous(); }

}  // namespace

CubeNetwork::Block::Block(const Scope& scope, std::int64_t in, std::int64_t out)
    : weight0((scope / 0).take("weight", {out, in, 3, 3, 3})),
      gain0((scope / 1).take("weight", {out})),
      bias0((scope / 1).take("bias", {out})),
      weight1((scope / 3).take("weight", {out, out, 3, 3, 3})),
      gain1((scope / 4).take("weight", {out})),
      bias1((scope / 4).take("bias", {out})) {}

Tensor CubeNetwork::Block::operator()(const Tensor& x) const {
  return normLeaky(convolveCube(normLeaky(convolveCube(x, weight0), gain0, bias0), weight1), gain1, bias1);
}

CubeNetwork::Up::Up(const Scope& scope, std::int64_t in, std::int64_t out)
    : weight((scope / "up").take("weight", {in, out, 2, 2, 2})),
      bias((scope / "up").take("bias", {out})),
      block(scope / "conv", 2 * out, out) {}

CubeNetwork::Perceptron::Perceptron(const Scope& scope, std::int64_t in, std::int64_t hidden, std::int64_t out)
    : first(scope / 0, in, hidden), second(scope / 2, hidden, out) {}

CubeNetwork::CubeNetwork(ParameterSource& source, const CubeNetworkOptions& options)
    : m_options(options),
      m_prompts(Scope(source) / "prompt_encoder",
                {.dim = static_cast<int>(options.dim()), .imageSize = options.side, .grid = options.grid(), .axes = 3, .swapsGrid = false}),
      m_transformer(Scope(source) / "transformer", {.dim = static_cast<int>(options.dim()),
                                                    .depth = options.depth,
                                                    .heads = options.heads,
                                                    .mlpDim = options.mlpDim,
                                                    .projectFrom = 0}),
      m_iouToken((Scope(source) / "iou_token").take("weight", {1, options.dim()})),
      m_maskToken((Scope(source) / "mask_token").take("weight", {1, options.dim()})),
      m_maskVector(Scope(source) / "mask_vector", options.dim(), options.dim(), options.width + 1),
      m_iouHead(Scope(source) / "iou_head", options.dim() + kCubeStatistics, options.dim(), 1) {
  const Scope scope(source);
  const auto channels = [&](int level) { return std::int64_t{options.width} << level; };
  for (int level = 0; level <= options.levels; ++level)
    m_down.emplace_back(scope / "down" / level, level == 0 ? kCropChannels : channels(level - 1), channels(level));
  for (int level = options.levels - 1; level >= 0; --level) m_up.emplace_back(scope / "up" / level, channels(level + 1), channels(level));
}

std::vector<Tensor> CubeNetwork::encode(const Tensor& volumes) const {
  std::vector<Tensor> levels{m_down.front()(channelsLast(volumes))};
  for (std::size_t level = 1; level < m_down.size(); ++level) levels.push_back(m_down[level](torch::max_pool3d(levels.back(), 2)));
  return levels;
}

PromptedAnswer CubeNetwork::forward(const Tensor& cubes, const PromptPoints& points, const Tensor& masked) const {
  const std::int64_t batch = cubes.size(0), grid = m_options.grid(), side = m_options.side;
  const auto type = cubes.scalar_type();
  const std::vector<Tensor> levels = encode(cubes);
  // SAM's mask prompt: logits at four times the grid's resolution.
  const Tensor prompt = cubes.select(1, static_cast<std::int64_t>(CropChannel::Mask)).unsqueeze(1).to(torch::kFloat);
  const Tensor coarse = 5 * torch::adaptive_avg_pool3d(prompt, {4 * grid, 4 * grid, 4 * grid});
  const Tensor dense = torch::where(masked.view({batch, 1, 1, 1, 1}), m_prompts.dense(coarse), m_prompts.noMask());
  const auto [sparse, filler] = m_prompts.sparse(points);
  const Tensor own = torch::cat({m_iouToken, m_maskToken}, 0).unsqueeze(0).expand({batch, -1, -1});
  Tensor fillers;
  if (filler.defined()) fillers = torch::constant_pad_nd(filler, {2, 0}, 0);
  const auto [read, image] =
      m_transformer.forward(m_transformer.prepare(rowsOf(levels.back() + dense.to(type)), rowsOf(m_prompts.gridPositions())),
                            torch::cat({own, sparse}, 1), fillers);
  Tensor value = image.transpose(1, 2).reshape({batch, m_options.dim(), grid, grid, grid});
  for (std::size_t i = 0; i < m_up.size(); ++i)
    value = m_up[i].block(channelsLast(torch::cat({levels[levels.size() - 2 - i], doubledCube(value, m_up[i].weight, m_up[i].bias)}, 1)));
  const Tensor vector = m_maskVector(read.select(1, 1));
  const Tensor voxels = value.permute({0, 2, 3, 4, 1}).reshape({batch, -1, m_options.width}).to(torch::kFloat);
  const Tensor logits =
      (torch::bmm(voxels, vector.narrow(1, 0, m_options.width).unsqueeze(2)) + vector.narrow(1, m_options.width, 1).unsqueeze(2))
          .view({batch, 1, side, side, side});
  const Tensor iou = m_iouHead(torch::cat({read.select(1, 0), cubeStatisticsOf(logits)}, 1)).squeeze(1);
  return {logits, iou};
}

}  // namespace roundel::nn
