#include "nn/relative_attention.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "nn/fused_attention.h"

namespace roundel::nn {
namespace {

using torch::Tensor;

/// [n, n, d]: the table's row for every pair (query, key) of one axis.
Tensor pairs(const Tensor& table, std::int64_t n) {
  const Tensor at = torch::arange(n, torch::TensorOptions().device(table.device()).dtype(torch::kLong));
  return table.to(torch::kFloat).index_select(0, (at.unsqueeze(1) - at.unsqueeze(0) + (n - 1)).flatten()).view({n, n, -1});
}

/// How much of the bias exists at a time.
struct Block {
  std::int64_t batch, heads, queries;
};

Block blockFor(const Tensor& q) {
  const std::int64_t batch = q.size(0), heads = q.size(1), tokens = q.size(2);
  // On a processor a block stays near the cores that use it; each 64 queries of a head are work for one of them.
  const std::int64_t budget = q.is_cpu() ? std::max<std::int64_t>(2, at::get_num_threads() / 8) << 20 : std::int64_t{1} << 26;
  if (heads * tokens * tokens <= budget)
    return {std::max<std::int64_t>(1, std::min(batch, budget / (heads * tokens * tokens))), heads, tokens};
  const std::int64_t queries =
      std::min(tokens, std::max<std::int64_t>(64, std::min<std::int64_t>(q.is_cpu() ? 512 : tokens, budget / tokens)));
  return {1, std::clamp<std::int64_t>(budget / (queries * tokens), 1, heads), queries};
}

Tensor part(const Tensor& x, std::int64_t b, std::int64_t batch, std::int64_t h, std::int64_t heads) {
  return x.narrow(0, b, std::min(batch, x.size(0) - b)).narrow(1, h, std::min(heads, x.size(1) - h));
}

}  // namespace

Tensor attendWithRelativePositions(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& tableH, const Tensor& tableW,
                                   std::int64_t height, std::int64_t width) {
  const std::int64_t batch = q.size(0), heads = q.size(1), tokens = q.size(2), d = q.size(3);
  const Tensor grid = q.to(torch::kFloat).view({batch, heads, height, width, d});
  const Tensor rowBias = torch::einsum("bnhwc,hkc->bnhwk", {grid, pairs(tableH, height)}).reshape({batch, heads, tokens, height});
  const Tensor columnBias = torch::einsum("bnhwc,wkc->bnhwk", {grid, pairs(tableW, width)}).reshape({batch, heads, tokens, width});
  if (fusedAttentionTakes(q)) return fusedAttention(q, k, v, {rowBias, columnBias});
  const Tensor byRow = rowBias.unsqueeze(4), byColumn = columnBias.unsqueeze(3);
  const Tensor out = torch::empty({batch, tokens, heads, d}, q.options());
  const Block block = blockFor(q);
  // A processor's fused attention takes a float32 bias beside bfloat16; a GPU's wants one type.
  const auto biasType = q.is_cpu() ? torch::kFloat : q.scalar_type();
  for (std::int64_t b = 0; b < batch; b += block.batch)
    for (std::int64_t h = 0; h < heads; h += block.heads) {
      const auto here = [&](const Tensor& x) { return part(x, b, block.batch, h, block.heads); };
      const Tensor keys = here(k), values = here(v), outs = here(out.transpose(1, 2));
      for (std::int64_t at = 0; at < tokens; at += block.queries) {
        const std::int64_t count = std::min(block.queries, tokens - at);
        const auto rows = [&](const Tensor& x) { return x.narrow(2, at, count); };
        const Tensor bias = (rows(here(byRow)) + rows(here(byColumn))).to(biasType).flatten(3);
        rows(outs).copy_(torch::scaled_dot_product_attention(rows(here(q)), keys, values, bias));
      }
    }
  return out;
}

}  // namespace roundel::nn
