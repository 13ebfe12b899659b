#include "nn/vit_encoder.h"

#include <algorithm>

#include "core/error.h"
#include "nn/relative_attention.h"
#include "nn/token_grid.h"

namespace roundel::nn {
namespace {

using torch::Tensor;

constexpr double kVitEpsilon = 1e-6;

bool isGlobal(const VitOptions& options, int index) { return std::ranges::find(options.globalBlocks, index) != options.globalBlocks.end(); }

std::int64_t tableRows(const VitOptions& options, int index) {
  return 2 * (isGlobal(options, index) ? options.grid() : options.window) - 1;
}

/// A convolution of kernel 1 as the product over channels that it is.
Linear pointwise(const Scope& scope, std::int64_t in, std::int64_t out) {
  const Tensor weight = scope.take("weight", {out, in, 1, 1});
  return Linear(weight.reshape({out, in}), {});
}

Tensor asPictureGrid(const Tensor& x) { return x.permute({0, 3, 1, 2}); }
Tensor asTokenGrid(const Tensor& x) { return x.permute({0, 2, 3, 1}); }

}  // namespace

VitAdapter::VitAdapter(const Scope& scope, std::int64_t dim)
    : channel0(scope / "channel" / 0, dim, dim / 4, Bias::No),
      channel2(scope / "channel" / 2, dim / 4, dim, Bias::No),
      spatial0(scope / "spatial" / 0, {.in = dim, .out = dim, .kernel = 3, .stride = 2, .padding = 1, .bias = Bias::No}),
      spatial2(scope / "spatial" / 2, {.in = dim, .out = dim, .kernel = 4, .stride = 2, .padding = 1, .bias = Bias::No}),
      norm(scope / "norm", dim, 1e-5) {}

Tensor VitAdapter::operator()(const Tensor& x) const {
  const Tensor gate = torch::sigmoid(channel2(torch::relu(channel0(x.mean({1, 2})))));
  const Tensor gated = x * gate.unsqueeze(1).unsqueeze(1);
  const Tensor mixed = torch::relu(spatial2(torch::relu(spatial0(asPictureGrid(gated)))));
  return norm((x + asTokenGrid(mixed)).to(torch::kFloat));
}

VitBlock::VitBlock(const Scope& scope, const VitOptions& options, int index)
    : norm1(scope / "norm1", options.dim, kVitEpsilon),
      relPosH((scope / "attn").take("rel_pos_h", {tableRows(options, index), options.dim / options.heads})),
      relPosW((scope / "attn").take("rel_pos_w", {tableRows(options, index), options.dim / options.heads})),
      qkv(scope / "attn" / "qkv", options.dim, std::int64_t{3} * options.dim),
      proj(scope / "attn" / "proj", options.dim, options.dim),
      norm2(scope / "norm2", options.dim, kVitEpsilon),
      lin1(scope / "mlp" / "lin1", options.dim, std::int64_t{options.mlpRatio} * options.dim),
      lin2(scope / "mlp" / "lin2", std::int64_t{options.mlpRatio} * options.dim, options.dim),
      heads(options.heads),
      window(isGlobal(options, index) ? 0 : options.window) {
  if (options.adapters == Adapters::Yes) adapter.emplace(scope / "Adapter", options.dim);
}

Tensor VitBlock::attend(const Tensor& x, const std::string& name, Trace* trace) const {
  const std::int64_t n = x.size(0), height = x.size(1), width = x.size(2), dim = x.size(3);
  // Queries, keys and values are made before the windows are cut: tokens beyond the picture are zeros, so theirs are the bias.
  Tensor all = qkv(x).view({n, height * width, 3 * dim});
  const auto attention = [&](const Tensor& tokens, std::int64_t h, std::int64_t w) {
    const auto parts = tokens.view({-1, h * w, 3, heads, dim / heads}).permute({2, 0, 3, 1, 4}).unbind(0);
    return attendWithRelativePositions(parts[0], parts[1], parts[2], relPosH, relPosW, h, w).flatten(2);
  };
  if (window == 0) return proj(attention(all, height, width)).view(x.sizes());
  const RaggedWindows windows(height, width, window, x.device());
  const Tensor attended = attention(windows.cut(all, qkv.bias), window, window);
  offer(trace, name + "_attn_windows", [&] { return proj(attended).view({-1, window, window, dim}); });
  return proj(windows.joined(attended)).view(x.sizes());
}

Tensor VitBlock::forward(const Tensor& x, torch::ScalarType products, const std::string& name, Trace* trace) const {
  const Tensor attended = attend(norm1(x).to(products), name, trace);
  offer(trace, name + "_attn", [&] { return attended; });
  const Tensor middle = x + attended;
  const Tensor normed = norm2(middle).to(products);
  Tensor out = middle + lin2(torch::gelu(lin1(normed)));
  if (adapter) {
    const Tensor adapted = (*adapter)(normed);
    offer(trace, name + "_adapter", [&] { return adapted; });
    out = out + adapted;
  }
  offer(trace, name, [&] { return out; });
  return out;
}

EncoderNeck::EncoderNeck(const Scope& scope, std::int64_t dim, std::int64_t out)
    : conv0(pointwise(scope / 0, dim, out)),
      norm1(scope / 1, out, kVitEpsilon),
      conv2(scope / 2, {.in = out, .out = out, .kernel = 3, .padding = 1, .bias = Bias::No}),
      norm3(scope / 3, out, kVitEpsilon) {}

Tensor EncoderNeck::operator()(const Tensor& x) const {
  const Tensor narrow = norm1(conv0(x).to(torch::kFloat)).to(x.scalar_type());
  return asPictureGrid(norm3(asTokenGrid(conv2(asPictureGrid(narrow))).to(torch::kFloat))).contiguous();
}

VitEncoder::VitEncoder(const Scope& scope, const VitOptions& options)
    : m_options(options),
      m_posEmbed(scope.take("pos_embed", {1, options.grid(), options.grid(), options.dim})),
      m_patchEmbed(scope / "patch_embed" / "proj", {.in = 3, .out = options.dim, .kernel = options.patch, .stride = options.patch}),
      m_neck(scope / "neck", options.dim, options.outChannels) {
  for (int i = 0; i < options.depth; ++i) m_blocks.emplace_back(scope / "blocks" / i, options, i);
}

Tensor VitEncoder::forward(const Tensor& image, Trace* trace) const {
  if (image.dim() != 4 || image.size(1) != 3 || image.size(2) != m_options.imageSize || image.size(3) != m_options.imageSize)
    throw Error(ErrorKind::Defect, "bad-shape",
                "This image encoder wants three channels of " + std::to_string(m_options.imageSize) + " by as many pixels.");
  const Tensor patches = asTokenGrid(m_patchEmbed(image)).to(torch::kFloat);
  offer(trace, "patch_embed", [&] { return patches; });
  Tensor x = (patches + m_posEmbed.to(torch::kFloat)).contiguous();
  for (std::size_t i = 0; i < m_blocks.size(); ++i) x = m_blocks[i].forward(x, image.scalar_type(), "block" + std::to_string(i), trace);
  const Tensor embedding = m_neck(x.to(image.scalar_type()));
  offer(trace, "neck", [&] { return embedding; });
  return embedding;
}

}  // namespace roundel::nn
