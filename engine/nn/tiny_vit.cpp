#include "nn/tiny_vit.h"

#include <algorithm>

#include "core/error.h"
#include "nn/token_grid.h"

namespace roundel::nn {
namespace {

using torch::Tensor;

constexpr double kTinyVitEpsilon = 1e-5;
constexpr std::size_t kLastStage = 3;

ConvForm depthwise(std::int64_t channels, std::int64_t stride) {
  return {.in = channels, .out = channels, .kernel = 3, .stride = stride, .padding = 1, .groups = channels};
}

Tensor asPicture(const Tensor& x) { return x.permute({0, 3, 1, 2}); }
Tensor asTokens(const Tensor& x) { return x.permute({0, 2, 3, 1}); }

/// [heads, window^2, window^2]: the bias of every pair of tokens of a window.
Tensor pairBiases(const Tensor& table, std::int64_t window) {
  const auto options = torch::TensorOptions().device(table.device()).dtype(torch::kLong);
  const Tensor at = torch::arange(window * window, options);
  const Tensor y = at.div(window, "floor"), x = at.remainder(window);
  const Tensor dy = (y.unsqueeze(1) - y.unsqueeze(0)).abs(), dx = (x.unsqueeze(1) - x.unsqueeze(0)).abs();
  return table.index_select(1, (dy * window + dx).flatten()).view({table.size(0), window * window, window * window});
}

}  // namespace

ConvBatchNorm::ConvBatchNorm(const Scope& scope, const ConvForm& form) : stride(form.stride), padding(form.padding), groups(form.groups) {
  const Tensor raw = (scope / "c").take("weight", {form.out, form.in / form.groups, form.kernel, form.kernel});
  const Scope norm = scope / "bn";
  const Tensor gain = norm.take("weight", {form.out}), offset = norm.take("bias", {form.out});
  const Tensor mean = norm.take("running_mean", {form.out}), variance = norm.take("running_var", {form.out});
  const Tensor factor = gain.to(torch::kFloat) * torch::rsqrt(variance.to(torch::kFloat) + 1e-5);
  weight = raw.to(torch::kFloat) * factor.view({-1, 1, 1, 1});
  bias = offset.to(torch::kFloat) - mean.to(torch::kFloat) * factor;
}

Tensor ConvBatchNorm::operator()(const Tensor& x) const {
  return torch::conv2d(x, cast(weight, x.scalar_type()), bias.to(x.scalar_type()), stride, padding, 1, groups);
}

TinyVit::MobileBlock::MobileBlock(const Scope& scope, std::int64_t dim)
    : conv1(scope / "conv1", {.in = dim, .out = 4 * dim, .kernel = 1}),
      conv2(scope / "conv2", depthwise(4 * dim, 1)),
      conv3(scope / "conv3", {.in = 4 * dim, .out = dim, .kernel = 1}) {}

Tensor TinyVit::MobileBlock::operator()(const Tensor& x) const { return torch::gelu(x + conv3(torch::gelu(conv2(torch::gelu(conv1(x)))))); }

TinyVit::Downsample::Downsample(const Scope& scope, std::int64_t in, std::int64_t out, std::int64_t stride)
    : conv1(scope / "conv1", {.in = in, .out = out, .kernel = 1}),
      conv2(scope / "conv2", depthwise(out, stride)),
      conv3(scope / "conv3", {.in = out, .out = out, .kernel = 1}) {}

Tensor TinyVit::Downsample::operator()(const Tensor& x) const { return conv3(torch::gelu(conv2(torch::gelu(conv1(x))))); }

TinyVit::WindowBlock::WindowBlock(const Scope& scope, std::int64_t dim, std::int64_t headCount, std::int64_t side)
    : attnNorm(scope / "attn" / "norm", dim, kTinyVitEpsilon),
      attentionBiases((scope / "attn").take("attention_biases", {headCount, side * side})),
      qkv(scope / "attn" / "qkv", dim, 3 * dim),
      proj(scope / "attn" / "proj", dim, dim),
      mlpNorm(scope / "mlp" / "norm", dim, kTinyVitEpsilon),
      fc1(scope / "mlp" / "fc1", dim, 4 * dim),
      fc2(scope / "mlp" / "fc2", 4 * dim, dim),
      localConv(scope / "local_conv", depthwise(dim, 1)),
      heads(headCount),
      window(side) {}

Tensor TinyVit::WindowBlock::attend(const Tensor& x, torch::ScalarType products, const std::string& name, Trace* trace) const {
  const std::int64_t n = x.size(0), height = x.size(1), width = x.size(2), dim = x.size(3);
  // Windows are filled up with zeros before the norm, which makes its bias of them, and the projection that bias's image.
  const Tensor all = qkv(attnNorm(x).to(products)).view({n, height * width, 3 * dim});
  const RaggedWindows windows(height, width, window, x.device());
  const Tensor beyond = qkv(attnNorm.bias.to(products).unsqueeze(0)).squeeze(0);
  const auto parts = windows.cut(all, beyond).unflatten(2, {heads, 3, dim / heads}).permute({3, 0, 2, 1, 4}).unbind(0);
  const Tensor bias = pairBiases(attentionBiases, window).to(products).unsqueeze(0);
  const Tensor attended = torch::scaled_dot_product_attention(parts[0], parts[1], parts[2], bias.expand({parts[0].size(0), -1, -1, -1}))
                              .transpose(1, 2)
                              .flatten(2);
  offer(trace, name + "_attn_windows", [&] { return proj(attended); });
  return proj(windows.joined(attended)).view(x.sizes());
}

Tensor TinyVit::WindowBlock::forward(const Tensor& x, torch::ScalarType products, const std::string& name, Trace* trace) const {
  const Tensor attended = x + attend(x, products, name, trace);
  const Tensor local = asTokens(localConv(asPicture(attended).to(products))).to(torch::kFloat);
  const Tensor out = local + fc2(torch::gelu(fc1(mlpNorm(local).to(products))));
  offer(trace, name, [&] { return out.flatten(1, 2); });
  return out;
}

TinyVit::TinyVit(const Scope& scope, const TinyVitOptions& options)
    : m_options(options),
      m_patch0(scope / "patch_embed" / "seq" / 0, {.in = 3, .out = options.dims[0] / 2, .kernel = 3, .stride = 2, .padding = 1}),
      m_patch2(scope / "patch_embed" / "seq" / 2,
               {.in = options.dims[0] / 2, .out = options.dims[0], .kernel = 3, .stride = 2, .padding = 1}),
      m_neck(scope / "neck", options.dims[kLastStage], options.outChannels) {
  for (std::size_t stage = 0; stage < options.dims.size(); ++stage) {
    const Scope layer = scope / "layers" / static_cast<std::int64_t>(stage);
    for (int i = 0; i < options.depths[stage]; ++i) {
      if (stage == 0) m_mobileBlocks.emplace_back(layer / "blocks" / i, options.dims[0]);
      else m_windowBlocks[stage].emplace_back(layer / "blocks" / i, options.dims[stage], options.heads[stage], options.windows[stage]);
    }
    if (stage + 1 < options.dims.size())
      m_downsamples.emplace_back(layer / "downsample", options.dims[stage], options.dims[stage + 1],
                                 stage + 2 < options.dims.size() ? 2 : 1);
  }
}

Tensor TinyVit::forward(const Tensor& image, Trace* trace) const {
  if (image.dim() != 4 || image.size(1) != 3 || image.size(2) != m_options.imageSize || image.size(3) != m_options.imageSize)
    throw Error(ErrorKind::Defect, "bad-shape",
                "This image encoder wants three channels of " + std::to_string(m_options.imageSize) + " by as many pixels.");
  const auto products = image.scalar_type();
  Tensor x = m_patch2(torch::gelu(m_patch0(image.contiguous(torch::MemoryFormat::ChannelsLast))));
  offer(trace, "patch_embed", [&] { return x; });
  for (std::size_t i = 0; i < m_mobileBlocks.size(); ++i) {
    x = m_mobileBlocks[i](x);
    offer(trace, "layers0_block" + std::to_string(i), [&] { return x; });
  }
  for (std::size_t stage = 0; stage < m_windowBlocks.size(); ++stage) {
    const std::string name = "layers" + std::to_string(stage);
    if (stage > 0) {
      Tensor tokens = asTokens(x).to(torch::kFloat).contiguous();
      for (std::size_t i = 0; i < m_windowBlocks[stage].size(); ++i)
        tokens = m_windowBlocks[stage][i].forward(tokens, products, name + "_block" + std::to_string(i), trace);
      x = asPicture(tokens).to(products);
    }
    if (stage < m_downsamples.size()) x = m_downsamples[stage](x);
    offer(trace, name, [&] { return asTokens(x).flatten(1, 2); });
  }
  const Tensor embedding = m_neck(asTokens(x));
  offer(trace, "neck", [&] { return embedding; });
  return embedding;
}

}  // namespace roundel::nn
