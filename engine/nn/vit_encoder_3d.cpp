#include "nn/vit_encoder_3d.h"

#include "core/error.h"

#include <cmath>
#include <string>

namespace roundel::nn {
namespace {

using torch::Tensor;
using torch::indexing::Slice;

constexpr double kVit3dEpsilon = 1e-6;

/// R[i, j] = table[i - j + n - 1], as [n, channels, n] for products from the left.
Tensor relative(const Tensor& table, std::int64_t n) {
  const Tensor steps = torch::arange(n, torch::TensorOptions().device(table.device()).dtype(torch::kLong));
  const Tensor index = steps.unsqueeze(1) - steps.unsqueeze(0) + (n - 1);
  return table.index_select(0, index.flatten()).view({n, n, table.size(1)}).transpose(1, 2);
}

}  // namespace

CubeAttention::CubeAttention(const Scope& scope, std::int64_t width, std::int64_t headCount, std::int64_t cubeSide)
    : side(cubeSide),
      heads(headCount),
      rel_pos_d(scope.take("rel_pos_d", {2 * cubeSide - 1, width / headCount})),
      rel_pos_h(scope.take("rel_pos_h", {2 * cubeSide - 1, width / headCount})),
      rel_pos_w(scope.take("rel_pos_w", {2 * cubeSide - 1, width / headCount})),
      qkv(scope / "qkv", width, 3 * width),
      proj(scope / "proj", width, width) {}

Tensor CubeAttention::operator()(const Tensor& x, std::int64_t queries) const {
  const auto count = x.size(0), tokens = x.size(1), width = x.size(4), channels = width / heads, keys = side * side * side;
  Tensor mixed = qkv(x);
  if (tokens < side) {
    // A token of zeros has the bias for query, key and value; only real tokens pass through the product.
    Tensor filled = qkv.bias.to(x.scalar_type()).expand({count, side, side, side, 3 * width}).contiguous();
    filled.index({Slice(), Slice(0, tokens), Slice(0, tokens), Slice(0, tokens)}).copy_(mixed);
    mixed = filled;
  }
  // [3, N, heads, a, b, c, channels], views of `mixed`
  const Tensor parts = mixed.view({count, side, side, side, 3, heads, channels}).permute({4, 0, 5, 1, 2, 3, 6});
  const Tensor row = parts[0].index({Slice(), Slice(), Slice(0, queries), Slice(0, queries)});  // [N, heads, a, b, all of them, channels]
  const Tensor q = row.index({Slice(), Slice(), Slice(), Slice(), Slice(0, queries)});
  const Tensor k = parts[1].view({count, heads, keys, channels}), v = parts[2].view({count, heads, keys, channels});

  const auto table = [&](const Tensor& relPos) { return relative(relPos.to(x.scalar_type()), side); };
  const auto asked = Slice(0, queries);
  const Tensor d = torch::matmul(q, table(rel_pos_d).index({asked}).unsqueeze(1));        // [N, heads, a, b, c, c']
  const Tensor h = torch::matmul(row, table(rel_pos_h).index({asked}));                   // [N, heads, a, b, a', c']
  const Tensor w = torch::matmul(row.transpose(3, 4), table(rel_pos_w)).transpose(3, 4);  // [N, heads, a, b, b', c']

  const Tensor answers = torch::empty({count, queries, queries, queries, heads, channels}, x.options());
  // A plane of queries at a time: the bias of all of them would be as large as the whole matrix of attention.
  for (std::int64_t a = 0; a < queries; ++a) {
    const Tensor shared = h.select(2, a).unsqueeze(4) + w.select(2, a).unsqueeze(3);  // [N, heads, b, a', b', c'], the same for all c
    const Tensor bias = shared.unsqueeze(3) + d.select(2, a).unsqueeze(4).unsqueeze(4);
    const Tensor answer = torch::scaled_dot_product_attention(q.select(2, a).reshape({count, heads, queries * queries, channels}), k, v,
                                                              bias.view({count, heads, queries * queries, keys}));
    answers.select(1, a).copy_(answer.view({count, heads, queries, queries, channels}).permute({0, 2, 3, 1, 4}));
  }
  return proj(answers.view({count, queries, queries, queries, width}));
}

VitEncoder3d::VitEncoder3d(const Scope& scope, const VitEncoder3dOptions& options)
    : m_options(options),
      m_pos_embed(scope.take("pos_embed", {1, options.tokens, options.tokens, options.tokens, options.width})),
      m_patch_embed(scope / "patch_embed" / "proj",
                    {.in = options.inputChannels, .out = options.width, .kernel = options.patch, .stride = options.patch, .axes = 3}),
      m_neck{
          Conv(scope / "neck" / 0, {.in = options.width, .out = options.output, .kernel = 1, .bias = Bias::No, .axes = 3}),
          ChannelNorm(scope / "neck" / 1, options.output),
          Conv(scope / "neck" / 2, {.in = options.output, .out = options.output, .kernel = 3, .padding = 1, .bias = Bias::No, .axes = 3}),
          ChannelNorm(scope / "neck" / 3, options.output)} {
  if (options.tokens > options.window)
    throw Error(ErrorKind::Defect, "bad-shape", "The window of SAM-Med3D's encoder holds all of its tokens.");
  const auto width = options.width;
  for (std::int64_t i = 0; i < options.blocks; ++i) {
    const Scope block = scope / "blocks" / i;
    const auto side = options.globalBlocks.contains(i) ? options.tokens : options.window;
    m_blocks.push_back({LayerNorm(block / "norm1", width, kVit3dEpsilon), CubeAttention(block / "attn", width, options.heads, side),
                        LayerNorm(block / "norm2", width, kVit3dEpsilon), Linear(block / "mlp" / "lin1", width, 4 * width),
                        Linear(block / "mlp" / "lin2", 4 * width, width)});
  }
}

Tensor VitEncoder3d::forward(const Tensor& volume, Trace* trace) const {
  const auto tokens = m_options.tokens;
  const auto products = volume.scalar_type();
  Tensor x = m_patch_embed(volume).permute({0, 2, 3, 4, 1}).to(torch::kFloat).contiguous();
  offer(trace, "patch_embed", [&] { return x; });
  x = x + m_pos_embed;
  for (std::size_t i = 0; i < m_blocks.size(); ++i) {
    const Block& block = m_blocks[i];
    const std::string name = "block" + std::to_string(i);
    const Tensor seen = block.norm1(x).to(products);
    const Tensor attended = block.attn(seen, tokens);
    offer(trace, name + "_attn", [&] { return attended; });
    offer(trace, name + "_attn_window", [&] { return block.attn(seen, block.attn.side); });
    x = x + attended;
    x = x + block.lin2(torch::gelu(block.lin1(block.norm2(x).to(products))));
    offer(trace, name, [&] { return x; });
  }
  x = m_neck.norm1(m_neck.reduce(x.to(products).permute({0, 4, 1, 2, 3})).to(torch::kFloat));
  x = m_neck.norm3(m_neck.mix(x.to(products)).to(torch::kFloat));
  offer(trace, "neck", [&] { return x; });
  return x;
}

}  // namespace roundel::nn
