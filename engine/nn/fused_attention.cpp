#include "nn/fused_attention.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "device/processor.h"
#include "nn/attention_kernel.h"

namespace roundel::nn {

using torch::Tensor;

bool fusedAttentionTakes(const Tensor& q) {
  return q.is_cpu() && q.scalar_type() == torch::kBFloat16 && q.size(3) % 2 == 0 && q.size(3) <= 96 && q.numel() > 0 &&
         matrixUnit() != MatrixUnit::None;
}

#if defined(__x86_64__)
namespace {

/// So many queries of a head are work for one thread at a time.
constexpr std::int64_t kQueriesAtOnce = 192;

/// With the channels of a token side by side.
Tensor readable(const Tensor& x) { return x.stride(3) == 1 ? x : x.contiguous(); }

/// The rows of head `index` of batch * heads.
HeadRows<const std::uint16_t> rowsOf(const Tensor& x, std::int64_t index) {
  const std::int64_t heads = x.size(1);
  return {static_cast<const std::uint16_t*>(x.const_data_ptr()) + index / heads * x.stride(0) + index % heads * x.stride(1), x.stride(2)};
}

}  // namespace

Tensor fusedAttention(const Tensor& q, const Tensor& k, const Tensor& v, const RowColumnBias& bias) {
  const std::int64_t batch = q.size(0), heads = q.size(1), count = q.size(2), channels = q.size(3);
  const AttentionShape shape{.keys = k.size(2),
                             .channels = channels,
                             .scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(channels))),
                             .width = bias.byColumn.defined() ? bias.byColumn.size(3) : 0};
  const Tensor queries = readable(q), keys = readable(k), values = readable(v);
  const Tensor byRow = bias.byRow.defined() ? bias.byRow.contiguous() : Tensor(),
               byColumn = byRow.defined() ? bias.byColumn.contiguous() : Tensor();
  const Tensor packedKeys = torch::empty({batch * heads, shape.packedKeys()}, q.options());
  const Tensor packedValues = torch::empty({batch * heads, shape.packedValues()}, q.options());
  const Tensor out = torch::empty({batch, count, heads, channels}, q.options());
  const auto packedAt = [](const Tensor& packed, std::int64_t head) {
    return static_cast<std::uint16_t*>(packed.data_ptr()) + head * packed.size(1);
  };
  at::parallel_for(0, batch * heads, 1, [&](std::int64_t from, std::int64_t to) {
    for (std::int64_t head = from; head < to; ++head) {
      avx512::packKeys(shape, rowsOf(keys, head), packedAt(packedKeys, head));
      avx512::packValues(shape, rowsOf(values, head), packedAt(packedValues, head));
    }
  });
  const std::int64_t parts = (count + kQueriesAtOnce - 1) / kQueriesAtOnce;
  at::parallel_for(0, batch * heads * parts, 1, [&](std::int64_t from, std::int64_t to) {
    std::vector<float> scratch(static_cast<std::size_t>(avx512::attentionScratch(shape)));
    for (std::int64_t i = from; i < to; ++i) {
      const std::int64_t head = i / parts, first = i % parts * kQueriesAtOnce;
      const auto rows = rowsOf(queries, head);
      AttentionQueries part{.q = {rows.data + first * rows.stride, rows.stride}, .count = std::min(kQueriesAtOnce, count - first)};
      if (byRow.defined()) {
        part.byRow = byRow.const_data_ptr<float>() + (head * count + first) * byRow.size(3);
        part.byColumn = byColumn.const_data_ptr<float>() + (head * count + first) * byColumn.size(3);
      }
      auto* const to0 = static_cast<std::uint16_t*>(out.data_ptr()) + head / heads * out.stride(0) + head % heads * out.stride(2);
      avx512::attend(shape, part, packedAt(packedKeys, head), packedAt(packedValues, head), scratch.data(),
                     {to0 + first * out.stride(1), out.stride(1)});
    }
  });
  return out;
}
#else
Tensor fusedAttention(const Tensor&, const Tensor&, const Tensor&, const RowColumnBias&) {
  throw Error(ErrorKind::Defect, "no-pair-products", "This processor has no pair products.");
}
#endif

}  // namespace roundel::nn
