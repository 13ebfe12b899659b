#include "nn/mask_decoder.h"

#include <algorithm>
#include <cmath>

namespace roundel::nn {
namespace {

using torch::Tensor;

/// A transposed convolution of 2x2 and stride 2 as the product that makes a pixel's four successors, [N, in] to [N, 4 * out] in the order
/// (down, across, channel); of a voxel's eight in a volume.
Linear successors(const ConvTranspose& up) {
  const std::int64_t corners = std::int64_t{1} << up.form.axes;
  const Tensor weight = up.weight.movedim({0, 1}, {-1, -2}).reshape({corners * up.form.out, up.form.in});
  return Linear(weight, up.bias.repeat({corners}));
}

/// A picture [1, C, 2^k h, 2^k w] as rows [1, h * w, 4^k, C], each with the pixels that a token becomes, in the order of their making.
Tensor successorRows(const Tensor& picture, std::int64_t k) {
  const std::int64_t height = picture.size(2) >> k, width = picture.size(3) >> k;
  std::vector<std::int64_t> shape{picture.size(1), height}, order{1, 2 + k};
  shape.insert(shape.end(), static_cast<std::size_t>(k), 2);
  shape.push_back(width);
  shape.insert(shape.end(), static_cast<std::size_t>(k), 2);
  for (std::int64_t i = 0; i < k; ++i) order.insert(order.end(), {2 + i, 3 + k + i});
  order.push_back(0);
  return picture.squeeze(0).reshape(shape).permute(order).reshape({1, height * width, std::int64_t{1} << (2 * k), picture.size(1)});
}

/// Prompts that are worked on together: on a processor as many as keep some thousand rows near the cores (measured: one at a time, at 64x64
/// tokens, takes three quarters of the time of four at a time), on a GPU enough to fill it.
std::int64_t promptsAtATime(const Tensor& image) { return image.is_cpu() ? std::max<std::int64_t>(1, 4096 / image.size(1)) : 64; }

}  // namespace

MaskDecoder::Perceptron::Perceptron(const Scope& scope, std::int64_t in, std::int64_t hidden, std::int64_t out, int depth) {
  for (int i = 0; i < depth; ++i) layers.emplace_back(scope / "layers" / i, i == 0 ? in : hidden, i + 1 == depth ? out : hidden);
}

Tensor MaskDecoder::Perceptron::operator()(Tensor x) const {
  for (std::size_t i = 0; i < layers.size(); ++i) x = i + 1 < layers.size() ? torch::relu(layers[i](x)) : layers[i](x);
  return x;
}

MaskDecoder::MaskDecoder(const Scope& scope, const MaskDecoderOptions& options)
    : m_options(options),
      m_transformer(scope / "transformer", options.transformer),
      m_iouToken((scope / "iou_token").take("weight", {1, options.transformer.dim})),
      m_maskTokens((scope / "mask_tokens").take("weight", {options.multiMasks + 1, options.transformer.dim})),
      m_up0(scope / "output_upscaling" / 0,
            {.in = options.transformer.dim, .out = options.transformer.dim / 4, .kernel = 2, .stride = 2, .axes = options.axes}),
      m_up1(scope / "output_upscaling" / 1, options.transformer.dim / 4, 1e-6),
      m_up3(scope / "output_upscaling" / 3,
            {.in = options.transformer.dim / 4, .out = options.transformer.dim / 8, .kernel = 2, .stride = 2, .axes = options.axes}),
      m_iouHead(scope / "iou_prediction_head", options.transformer.dim, options.iouHidden, options.multiMasks + 1, options.iouDepth) {
  const std::int64_t dim = options.transformer.dim;
  if (options.objectScore == ObjectScore::Yes) {
    m_objectToken = (scope / "obj_score_token").take("weight", {1, dim});
    m_objectHead.emplace(scope / "pred_obj_score_head", dim, dim, 1, 3);
  }
  for (int i = 0; i <= options.multiMasks; ++i) m_hypernetworks.emplace_back(scope / "output_hypernetworks_mlps" / i, dim, dim, dim / 8, 3);
}

TwoWayImage MaskDecoder::prepare(const Tensor& embedding, const Tensor& positions) const {
  const auto rows = [](const Tensor& picture) { return picture.flatten(2).transpose(1, 2).contiguous(); };
  return m_transformer.prepare(rows(embedding), rows(positions));
}

ImageDetails MaskDecoder::details(const Tensor& twice, const Tensor& four) {
  return {successorRows(twice, 1), successorRows(four, 2).unflatten(2, {4, 4}).flatten(3)};
}

Tensor MaskDecoder::upscaled(const Tensor& rows, const Tensor& masks, const ImageDetails& details) const {
  const std::int64_t batch = rows.size(0), count = masks.size(1), axes = m_options.axes, corners = std::int64_t{1} << axes;
  const std::int64_t side = std::llround(std::pow(static_cast<double>(rows.size(1)), 1.0 / static_cast<double>(axes)));
  Tensor finer = successors(m_up0)(rows).unflatten(2, {corners, m_up0.form.out});  // [B, N, corners, dim / 4]
  if (details.twice.defined()) finer = finer + details.twice;
  Tensor finest = successors(m_up3)(torch::gelu(m_up1(finer)));  // [B, N, corners, corners * dim / 8]
  if (details.four.defined()) finest = finest + details.four;
  const Tensor pixels = torch::gelu(finest).view({batch, -1, m_up3.form.out});
  const Tensor logits = torch::bmm(pixels, masks.to(rows.scalar_type()).transpose(1, 2));
  // (y, x, down 1, across 1, down 2, across 2, mask) to (mask, y, down 1, down 2, x, across 1, across 2).
  std::vector<std::int64_t> shape{batch}, order{0, 3 * axes + 1}, whole{batch, count};
  shape.insert(shape.end(), static_cast<std::size_t>(axes), side);
  shape.insert(shape.end(), static_cast<std::size_t>(2 * axes), 2);
  shape.push_back(count);
  for (std::int64_t axis = 1; axis <= axes; ++axis) order.insert(order.end(), {axis, axes + axis, 2 * axes + axis});
  whole.insert(whole.end(), static_cast<std::size_t>(axes), 4 * side);
  return logits.to(torch::kFloat).view(shape).permute(order).reshape(whole);
}

DecodedMasks MaskDecoder::forward(const TwoWayImage& image, const Tensor& sparse, const Tensor& filler, MaskChoice choice,
                                  const ImageDetails& details) const {
  const std::int64_t batch = sparse.size(0);
  const std::int64_t first = choice == MaskChoice::Multi ? 1 : 0;
  const std::int64_t count = choice == MaskChoice::Single ? 1 : 1 + m_options.multiMasks - first;
  const std::int64_t iouAt = m_objectHead ? 1 : 0;
  const std::int64_t outputs = iouAt + 2 + m_options.multiMasks;  // tokens that are no prompt: the object's, IoU, then the masks
  std::vector<Tensor> ownTokens{m_iouToken, m_maskTokens};
  if (m_objectHead) ownTokens.insert(ownTokens.begin(), m_objectToken);
  const Tensor own = torch::cat(ownTokens, 0).to(torch::kFloat).unsqueeze(0);
  std::vector<Tensor> logits, ious, scores;
  for (std::int64_t at = 0; at < batch; at += promptsAtATime(image.values)) {
    const std::int64_t here = std::min(promptsAtATime(image.values), batch - at);
    const auto part = [&](const Tensor& x) { return x.defined() && x.size(0) == batch && batch > 1 ? x.narrow(0, at, here) : x; };
    const Tensor tokens = torch::cat({own.expand({here, -1, -1}), sparse.narrow(0, at, here)}, 1);
    Tensor fillers;
    if (filler.defined()) fillers = torch::constant_pad_nd(filler.narrow(0, at, here), {outputs, 0}, 0);
    const TwoWayImage shown{
        .values = part(image.values), .positions = image.positions, .keys = part(image.keys), .k = image.k, .v = image.v, .q = image.q};
    const auto [read, rows] = m_transformer.forward(shown, tokens, fillers);
    std::vector<Tensor> vectors;
    for (std::int64_t i = first; i < first + count; ++i)
      vectors.push_back(m_hypernetworks[static_cast<std::size_t>(i)](read.select(1, iouAt + 1 + i)));
    logits.push_back(upscaled(rows, torch::stack(vectors, 1), details));
    const Tensor iou = m_iouHead(read.select(1, iouAt)).narrow(1, first, count);
    ious.push_back(m_objectHead ? torch::sigmoid(iou) : iou);
    if (m_objectHead) scores.push_back((*m_objectHead)(read.select(1, 0)));
  }
  if (logits.empty()) return {torch::empty({0, count, 0, 0}), torch::empty({0, count})};
  return {torch::cat(logits, 0), torch::cat(ious, 0), scores.empty() ? Tensor() : torch::cat(scores, 0)};
}

}  // namespace roundel::nn
