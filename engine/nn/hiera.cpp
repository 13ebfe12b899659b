#include "nn/hiera.h"

#include <string>

#include "nn/fused_attention.h"

namespace roundel::nn {
namespace {

using torch::Tensor;

constexpr double kHieraEpsilon = 1e-6;

}  // namespace

HieraAttention::HieraAttention(const Scope& scope, std::int64_t in, std::int64_t out, std::int64_t headCount)
    : heads(headCount), qkv(scope / "qkv", in, 3 * out), proj(scope / "proj", out, out) {}

TokenGrid HieraAttention::operator()(const TokenGrid& x, std::int64_t window, Queries queries, const std::string& name,
                                     Trace* trace) const {
  const auto count = x.values.size(0), width = proj.weight.size(0), channels = width / heads;
  const bool pools = queries == Queries::Pooled, ragged = window != 0 && !x.divides(window);
  Tensor mixed = qkv(x.values);
  // A token of zeros has the bias for query, key and value; only real tokens pass through the product.
  if (ragged) mixed = RaggedWindows(x.height, x.width, window, mixed.device()).cut(mixed, qkv.bias);
  // One of `parts` attends to itself: a window or the picture.
  const auto high = window != 0 ? window : x.height, wide = window != 0 ? window : x.width;
  const Tensor parts = mixed.view({-1, high * wide, 3, heads, channels});
  Tensor q = parts.select(2, 0);
  if (pools) q = pooled(q.unflatten(1, {high, wide}).flatten(3, 4)).view({-1, high * wide / 4, heads, channels});
  const Tensor queriesByHead = q.transpose(1, 2), k = parts.select(2, 1).transpose(1, 2), v = parts.select(2, 2).transpose(1, 2);
  const Tensor answer = (fusedAttentionTakes(queriesByHead) ? fusedAttention(queriesByHead, k, v)
                                                            : torch::scaled_dot_product_attention(queriesByHead, k, v).transpose(1, 2))
                            .reshape({parts.size(0), q.size(1), width});
  const std::int64_t shrink = pools ? 2 : 1;
  const Tensor squares = answer.view({-1, high / shrink, wide / shrink, width});
  offer(trace, name, [&] { return proj(squares); });

  const auto height = x.height / shrink, across = x.width / shrink;
  if (!ragged) return {proj(answer.view({count, height * across, width})), height, across, x.window / shrink};
  return {proj(RaggedWindows(height, across, window / shrink, mixed.device()).joined(answer)), height, across, 0};
}

Hiera::Hiera(const Scope& scope, const HieraOptions& options)
    : m_options(options),
      m_pos_embed(scope.take("pos_embed", {1, options.width, options.positions, options.positions})),
      m_pos_embed_window(scope.take("pos_embed_window", {1, options.width, options.windows[0], options.windows[0]})),
      m_patch_embed(scope / "patch_embed" / "proj", {.in = 3, .out = options.width, .kernel = 7, .stride = 4, .padding = 3}) {
  std::int64_t index = 0;
  for (std::size_t stage = 0; stage < options.blocks.size(); ++stage) {
    const auto width = options.stageWidth(stage), heads = options.heads << stage;
    for (std::int64_t i = 0; i < options.blocks[stage]; ++i, ++index) {
      const Scope block = scope / "blocks" / index;
      const bool begins = stage > 0 && i == 0;
      const auto in = begins ? options.stageWidth(stage - 1) : width;
      // The first block of a stage still has the window of the stage before.
      const auto window = options.globalBlocks.contains(index) ? 0 : options.windows[begins ? stage - 1 : stage];
      m_blocks.push_back({window, LayerNorm(block / "norm1", in, kHieraEpsilon), HieraAttention(block / "attn", in, width, heads),
                          LayerNorm(block / "norm2", width, kHieraEpsilon), Linear(block / "mlp" / "layers" / 0, width, 4 * width),
                          Linear(block / "mlp" / "layers" / 1, 4 * width, width),
                          begins ? std::optional(Linear(block / "proj", in, width)) : std::nullopt});
    }
  }
}

Tensor Hiera::positions(std::int64_t height, std::int64_t width) const {
  const auto side = m_options.windows[0];
  const Tensor wide = torch::upsample_bicubic2d(m_pos_embed, {height, width}, false);
  return (wide + m_pos_embed_window.repeat({1, 1, height / side, width / side})).permute({0, 2, 3, 1});
}

TokenGrid Hiera::through(const Block& block, const TokenGrid& tokens, torch::ScalarType products, const std::string& name,
                         Trace* trace) const {
  const bool free = block.window == 0;  // attention to all tokens does not ask for their order
  const TokenGrid x = free ? tokens : tokens.ordered(tokens.divides(block.window) ? block.window : 0);
  const TokenGrid seen{block.norm1(x.values).to(products), x.height, x.width, x.window};
  // Where the width changes, what goes past the attention is taken from the normalised tokens.
  const TokenGrid past = block.proj ? TokenGrid{(*block.proj)(seen.values), x.height, x.width, x.window}.pooled() : x;
  const auto queries = block.proj ? HieraAttention::Queries::Pooled : HieraAttention::Queries::All;
  TokenGrid result = block.attn(seen, block.window, queries, name + "_attn_windows", trace);
  result.values = past.values.to(torch::kFloat) + result.values;
  result.values = result.values + block.layer1(torch::gelu(block.layer0(block.norm2(result.values).to(products))));
  offer(trace, name, [&] { return result.image(); });
  return result;
}

std::vector<Tensor> Hiera::forward(const Tensor& image, Trace* trace) const {
  const Tensor patches = m_patch_embed(image).permute({0, 2, 3, 1}).to(torch::kFloat).contiguous();
  const auto height = patches.size(1), width = patches.size(2);
  const Tensor where = positions(height, width);
  const Tensor embedded = patches + where;
  offer(trace, "patch_embed", [&] { return patches; });
  offer(trace, "pos_embed", [&] { return where; });
  offer(trace, "embed", [&] { return embedded; });

  std::vector<Tensor> stages;
  TokenGrid tokens{embedded.flatten(1, 2), height, width};
  std::size_t index = 0;
  for (const auto blocks : m_options.blocks) {
    for (std::int64_t i = 0; i < blocks; ++i, ++index)
      tokens = through(m_blocks[index], tokens, image.scalar_type(), "block" + std::to_string(index), trace);
    stages.push_back(tokens.image());
  }
  return stages;
}

}  // namespace roundel::nn
