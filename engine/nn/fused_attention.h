#pragma once
#include <torch/torch.h>

#include <cstdint>

namespace roundel::nn {

/// A bias of attention that depends on a key's row plus its column, float32: [batch, heads, queries, height], [batch, heads, queries,
/// width]. Undefined: none.
struct RowColumnBias {
  torch::Tensor byRow = {}, byColumn = {};
};

/// Whether fusedAttention() takes such queries [batch, heads, tokens, channels]: bfloat16 on a processor that multiplies pairs of them.
bool fusedAttentionTakes(const torch::Tensor& q);

/// softmax(q k^T / sqrt(channels) + bias) v, all [batch, heads, tokens, channels] in bfloat16, as [batch, queries, heads, channels]. The
/// bias and the logits never exist as a whole (attention_kernel.h); on the AMD machine three times as fast as LibTorch's own. The same
/// bytes for any number of threads.
torch::Tensor fusedAttention(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v, const RowColumnBias& bias = {});

}  // namespace roundel::nn
