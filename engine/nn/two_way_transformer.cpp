#include "nn/two_way_transformer.h"

#include <cmath>
#include <limits>

namespace roundel::nn {
namespace {

using torch::Tensor;

constexpr double kTwoWayEpsilon = 1e-5;

double scaleOf(const Linear& projection, std::int64_t heads) {
  return 1.0 / std::sqrt(static_cast<double>(projection.weight.size(0)) / static_cast<double>(heads));
}

/// [B, T, heads * d] to [B, T, heads, d].
Tensor byHead(const Tensor& x, std::int64_t heads) { return x.unflatten(2, {heads, x.size(2) / heads}); }

/// A projection's weight [heads * d, C] as [heads, d, C], in the type of `like`.
Tensor perHead(const Linear& projection, std::int64_t heads, const Tensor& like) {
  return projection.cast(projection.weight, like.scalar_type()).unflatten(0, {heads, projection.weight.size(0) / heads});
}

/// Vectors x [B, T, heads, d] seen through a projection, so that they can be multiplied with what would have been projected:
/// [B, heads, T, C].
Tensor folded(const Tensor& x, const Linear& projection) { return torch::matmul(x.transpose(1, 2), perHead(projection, x.size(2), x)); }

/// a [B, R, C] times b [1 or B, N, C], transposed: [B, R, N]. A shared b is multiplied once, with the rows of all of a.
Tensor timesTransposed(const Tensor& a, const Tensor& b) {
  if (b.size(0) == a.size(0)) return torch::bmm(a, b.transpose(1, 2));
  return torch::mm(a.flatten(0, 1), b.squeeze(0).t()).view({a.size(0), a.size(1), b.size(1)});
}

}  // namespace

CrossAttention::CrossAttention(const Scope& scope, std::int64_t dim, std::int64_t inner, const TwoWayOptions& options)
    : q_proj(scope / "q_proj", dim, inner),
      k_proj(scope / "k_proj", dim, inner),
      v_proj(scope / "v_proj", dim, inner),
      out_proj(scope / "out_proj", inner, dim),
      heads(options.heads),
      projectFrom(options.projectFrom) {}

bool CrossAttention::projects(std::int64_t tokens, std::int64_t promptsPerImage) const {
  if (projectFrom) return tokens >= *projectFrom;
  // By arithmetic alone the limit would be 1; a projection's result must also be written and read again. Measured: at 1 folding takes 0.86
  // of the time.
  return 2 * heads * tokens * promptsPerImage >= 3 * q_proj.weight.size(0);
}

Tensor CrossAttention::fromImage(const Tensor& tokens, const TwoWayImage& image) const {
  const std::int64_t batch = tokens.size(0), count = tokens.size(1), images = image.values.size(0);
  const auto type = image.values.scalar_type();
  const Tensor q = byHead(q_proj(tokens), heads);  // [B, T, heads, d]
  Tensor read;                                     // [B, T, heads, d]
  if (image.k.defined() || projects(count, batch / images)) {
    const Tensor k = byHead(image.k.defined() ? image.k : k_proj(image.keys), heads).transpose(1, 2);
    const Tensor v = byHead(image.v.defined() ? image.v : v_proj(image.values), heads).transpose(1, 2);
    // All tokens of all prompts ask a shared image as one.
    const Tensor all = q.to(type).reshape({images, batch / images * count, heads, q.size(3)}).transpose(1, 2);
    read = torch::scaled_dot_product_attention(all, k, v).transpose(1, 2).reshape(q.sizes()).to(torch::kFloat);
  } else {
    const Tensor asked = folded(q * scaleOf(q_proj, heads), k_proj).flatten(1, 2).to(type);  // [B, heads T, C]
    const Tensor logits = timesTransposed(asked, image.keys);
    const Tensor weights = torch::softmax(logits, -1, torch::kFloat).to(type);
    const Tensor seen = (images == batch ? torch::bmm(weights, image.values)
                                         : torch::mm(weights.flatten(0, 1), image.values.squeeze(0)).view(asked.sizes()))
                            .to(torch::kFloat)
                            .unflatten(1, {heads, count});  // [B, heads, T, C]
    read =
        torch::matmul(seen, perHead(v_proj, heads, seen).transpose(1, 2)).transpose(1, 2) + v_proj.bias.to(torch::kFloat).view({heads, -1});
  }
  return out_proj(read.reshape({batch, count, -1}));
}

Tensor CrossAttention::intoImage(const Tensor& keyTokens, const Tensor& tokens, const Tensor& filler, const TwoWayImage& image) const {
  const std::int64_t batch = tokens.size(0), count = tokens.size(1), images = image.values.size(0), places = image.values.size(1);
  const auto type = image.values.scalar_type();
  const Tensor k = byHead(k_proj(keyTokens), heads) * scaleOf(q_proj, heads);  // [B, T, heads, d]
  const Tensor v = byHead(v_proj(tokens), heads);
  Tensor logits;  // [B, heads, T, N]: the softmax over T then runs along N, many at a time
  if (image.q.defined() || projects(count, batch / images)) {
    const Tensor q = byHead(image.q.defined() ? image.q : q_proj(image.keys), heads).permute({0, 2, 3, 1});  // [1 or B, heads, d, N]
    logits = torch::matmul(k.to(type).transpose(1, 2), q);
  } else {
    const Tensor offset = torch::einsum("bthd,hd->bht", {k, q_proj.bias.to(torch::kFloat).view({heads, -1})});
    logits = timesTransposed(folded(k, q_proj).flatten(1, 2).to(type), image.keys).view({batch, heads, count, places}) +
             offset.unsqueeze(3).to(type);
  }
  if (filler.defined()) logits = logits.masked_fill(filler.unsqueeze(1).unsqueeze(3), -std::numeric_limits<float>::infinity());
  const Tensor weights = torch::softmax(logits, 2, torch::kFloat).to(type);
  if (projects(count, 1)) {
    const Tensor read = torch::matmul(weights.transpose(2, 3), v.to(type).transpose(1, 2));  // [B, heads, N, d]
    return image.values + out_proj(read.transpose(1, 2).reshape({batch, places, -1}));
  }
  // [B, heads T, C]; the output's bias rides on the first head, whose weights sum to one as every head's do.
  const Tensor outWeight = out_proj.weight.to(torch::kFloat).unflatten(1, {heads, -1}).permute({1, 2, 0});  // [heads, d, C]
  Tensor written = torch::matmul(v.transpose(1, 2), outWeight);
  written = torch::cat({written.narrow(1, 0, 1) + out_proj.bias.to(torch::kFloat), written.narrow(1, 1, heads - 1)}, 1);
  return torch::baddbmm(image.values.expand({batch, -1, -1}), weights.flatten(1, 2).transpose(1, 2), written.flatten(1, 2).to(type));
}

TwoWayTransformer::SelfAttention::SelfAttention(const Scope& scope, const TwoWayOptions& options)
    : q_proj(scope / "q_proj", options.dim, options.dim),
      k_proj(scope / "k_proj", options.dim, options.dim),
      v_proj(scope / "v_proj", options.dim, options.dim),
      out_proj(scope / "out_proj", options.dim, options.dim),
      heads(options.heads) {}

Tensor TwoWayTransformer::SelfAttention::operator()(const Tensor& keys, const Tensor& values, const Tensor& filler) const {
  const auto headed = [&](const Linear& projection, const Tensor& x) { return byHead(projection(x), heads).transpose(1, 2); };
  std::optional<Tensor> mask;
  if (filler.defined()) mask = filler.logical_not().unsqueeze(1).unsqueeze(1).expand({-1, 1, filler.size(1), -1});
  const Tensor read = torch::scaled_dot_product_attention(headed(q_proj, keys), headed(k_proj, keys), headed(v_proj, values), mask);
  return out_proj(read.transpose(1, 2).flatten(2));
}

TwoWayTransformer::Layer::Layer(const Scope& scope, const TwoWayOptions& options)
    : self_attn(scope / "self_attn", options),
      norm1(scope / "norm1", options.dim, kTwoWayEpsilon),
      cross_attn_token_to_image(scope / "cross_attn_token_to_image", options.dim, options.dim / options.downsample, options),
      norm2(scope / "norm2", options.dim, kTwoWayEpsilon),
      lin1(scope / "mlp" / options.mlpNames[0], options.dim, options.mlpDim),
      lin2(scope / "mlp" / options.mlpNames[1], options.mlpDim, options.dim),
      norm3(scope / "norm3", options.dim, kTwoWayEpsilon),
      norm4(scope / "norm4", options.dim, kTwoWayEpsilon),
      cross_attn_image_to_token(scope / "cross_attn_image_to_token", options.dim, options.dim / options.downsample, options) {}

TwoWayTransformer::TwoWayTransformer(const Scope& scope, const TwoWayOptions& options)
    : m_final(scope / "final_attn_token_to_image", options.dim, options.dim / options.downsample, options),
      m_finalNorm(scope / "norm_final_attn", options.dim, kTwoWayEpsilon) {
  for (int i = 0; i < options.depth; ++i) m_layers.emplace_back(scope / "layers" / i, options);
}

TwoWayImage TwoWayTransformer::prepare(const Tensor& values, const Tensor& positions) const {
  TwoWayImage image{.values = values, .positions = positions.to(values.scalar_type()), .keys = {}, .k = {}, .v = {}, .q = {}};
  image.keys = values + image.positions;
  if (values.size(0) > 1 || m_layers.empty()) return image;
  const Layer& first = m_layers.front();
  image.k = first.cross_attn_token_to_image.k_proj(image.keys);
  image.v = first.cross_attn_token_to_image.v_proj(image.values);
  image.q = first.cross_attn_image_to_token.q_proj(image.keys);
  return image;
}

TwoWayTransformer::Output TwoWayTransformer::forward(const TwoWayImage& prepared, const Tensor& initial, const Tensor& filler) const {
  TwoWayImage image = prepared;
  Tensor tokens = initial;
  for (std::size_t i = 0; i < m_layers.size(); ++i) {
    const Layer& layer = m_layers[i];
    // The first layer looks at the bare tokens and forgets what went in.
    tokens = layer.norm1(i == 0 ? layer.self_attn(tokens, tokens, filler) : tokens + layer.self_attn(tokens + initial, tokens, filler));
    tokens = layer.norm2(tokens + layer.cross_attn_token_to_image.fromImage(tokens + initial, image));
    tokens = layer.norm3(tokens + layer.lin2(torch::relu(layer.lin1(tokens))));
    const Tensor values = layer.norm4(layer.cross_attn_image_to_token.intoImage(tokens + initial, tokens, filler, image));
    image = {.values = values, .positions = image.positions, .keys = values + image.positions, .k = {}, .v = {}, .q = {}};
  }
  return {m_finalNorm(tokens + m_final.fromImage(tokens + initial, image)), image.values};
}

}  // namespace roundel::nn
