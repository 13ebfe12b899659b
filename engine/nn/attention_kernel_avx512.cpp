#include "nn/attention_kernel.h"

#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace roundel::nn::avx512 {
namespace {

constexpr std::int64_t kRows = 12;       // queries whose logits for a block of keys are made together
constexpr std::int64_t kKeys = 128;      // keys whose logits live in scratch at once
constexpr std::int64_t kMostBlocks = 6;  // of 16 channels
constexpr float kNever = -std::numeric_limits<float>::infinity();

inline __m512bh pairEverywhere(const std::uint16_t* values) {
  int pair = 0;
  std::memcpy(&pair, values, sizeof pair);
  return reinterpret_cast<__m512bh>(_mm512_set1_epi32(pair));
}

inline __m512bh sixteenPairs(const std::uint16_t* values) { return reinterpret_cast<__m512bh>(_mm512_loadu_si512(values)); }

/// e^x for x <= 0, to a relative 1e-5: the weights become bfloat16.
inline __m512 exponential(__m512 x) {
  const __m512 scaled = _mm512_mul_ps(_mm512_max_ps(x, _mm512_set1_ps(-100.0F)), _mm512_set1_ps(1.44269504F));
  const __m512 whole = _mm512_roundscale_ps(scaled, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m512 part = _mm512_sub_ps(scaled, whole);  // 2^part by its Taylor series
  __m512 power = _mm512_set1_ps(1.3333558e-3F);
  for (const float factor : {9.6181291e-3F, 5.5504109e-2F, 2.4022651e-1F, 6.9314718e-1F, 1.0F})
    power = _mm512_fmadd_ps(power, part, _mm512_set1_ps(factor));
  return _mm512_scalef_ps(power, whole);
}

/// The bias of one query for keys [first, first + kKeys), and where there are no keys any more, "never".
void fillBias(const AttentionShape& shape, const float* byRow, const float* byColumn, std::int64_t first, float* logits) {
  const std::int64_t there = std::min(kKeys, shape.keys - first);
  if (byRow == nullptr) {
    std::fill_n(logits, there, 0.0F);
  } else {
    std::int64_t y = first / shape.width, x = first % shape.width;
    for (std::int64_t at = 0; at < there; ++y, x = 0) {
      const std::int64_t count = std::min(shape.width - x, there - at);
      const float row = byRow[y];
      for (std::int64_t i = 0; i < count; ++i) logits[at + i] = row + byColumn[x + i];
      at += count;
    }
  }
  std::fill(logits + there, logits + kKeys, kNever);
}

/// Adds the products of `Rows` queries with 32 keys to their logits, kKeys apart.
template <int Rows>
void multiplyKeys(const AttentionShape& shape, HeadRows<const std::uint16_t> q, const std::uint16_t* packed, float* logits) {
  __m512 sums[Rows][2];
#pragma GCC unroll 12
  for (auto& row : sums) row[0] = row[1] = _mm512_setzero_ps();
  const std::int64_t block = 16 * shape.channels;
  for (std::int64_t at = 0; at < shape.channels; at += 2, packed += 32) {
    const __m512bh first = sixteenPairs(packed), second = sixteenPairs(packed + block);
#pragma GCC unroll 12
    for (int r = 0; r < Rows; ++r) {
      const __m512bh pair = pairEverywhere(q.data + r * q.stride + at);
      sums[r][0] = _mm512_dpbf16_ps(sums[r][0], pair, first);
      sums[r][1] = _mm512_dpbf16_ps(sums[r][1], pair, second);
    }
  }
  const __m512 scale = _mm512_set1_ps(shape.scale);
#pragma GCC unroll 12
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      float* const at = logits + r * kKeys + 16 * half;
      _mm512_storeu_ps(at, _mm512_fmadd_ps(sums[r][half], scale, _mm512_loadu_ps(at)));
    }
}

/// Adds the values of kKeys keys to the sums of `Rows` queries, Blocks * 16 apart.
template <int Rows, int Blocks>
void multiplyValues(const std::uint16_t* weights, const std::uint16_t* packed, std::int64_t keys, float* sums) {
  __m512 kept[Rows][Blocks];
#pragma GCC unroll 12
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 6
    for (int b = 0; b < Blocks; ++b) kept[r][b] = _mm512_loadu_ps(sums + (r * Blocks + b) * 16);
  for (std::int64_t at = 0; at < keys; at += 2, packed += Blocks * 32) {
    __m512bh values[Blocks];
#pragma GCC unroll 6
    for (int b = 0; b < Blocks; ++b) values[b] = sixteenPairs(packed + b * 32);
#pragma GCC unroll 12
    for (int r = 0; r < Rows; ++r) {
      const __m512bh pair = pairEverywhere(weights + r * kKeys + at);
#pragma GCC unroll 6
      for (int b = 0; b < Blocks; ++b) kept[r][b] = _mm512_dpbf16_ps(kept[r][b], pair, values[b]);
    }
  }
#pragma GCC unroll 12
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 6
    for (int b = 0; b < Blocks; ++b) _mm512_storeu_ps(sums + (r * Blocks + b) * 16, kept[r][b]);
}

/// What the softmax of a query has come to: the greatest logit so far, and the weights' sum relative to it.
struct Running {
  float most = kNever, sum = 0;
};

/// Logits of kKeys keys into weights, and what was summed before brought to the same scale.
template <int Blocks>
void weigh(const float* logits, Running& running, std::uint16_t* weights, float* sums) {
  __m512 most = _mm512_loadu_ps(logits);
  for (std::int64_t at = 16; at < kKeys; at += 16) most = _mm512_max_ps(most, _mm512_loadu_ps(logits + at));
  const float before = running.most;
  running.most = std::max(before, _mm512_reduce_max_ps(most));
  if (running.most > before && before != kNever) {
    const __m512 less = exponential(_mm512_set1_ps(before - running.most));
    running.sum *= _mm512_cvtss_f32(less);
    for (int b = 0; b < Blocks; ++b) _mm512_storeu_ps(sums + b * 16, _mm512_mul_ps(_mm512_loadu_ps(sums + b * 16), less));
  }
  const __m512 offset = _mm512_set1_ps(running.most);
  __m512 sum = _mm512_setzero_ps();
  for (std::int64_t at = 0; at < kKeys; at += 32) {
    const __m512 first = exponential(_mm512_sub_ps(_mm512_loadu_ps(logits + at), offset)),
                 second = exponential(_mm512_sub_ps(_mm512_loadu_ps(logits + at + 16), offset));
    sum = _mm512_add_ps(sum, _mm512_add_ps(first, second));
    _mm512_storeu_si512(weights + at, reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(second, first)));
  }
  running.sum += _mm512_reduce_add_ps(sum);
}

template <int Blocks>
void multiplyAllValues(const std::uint16_t* weights, const std::uint16_t* packed, std::int64_t keys, float* sums) {
  constexpr int kTogether = Blocks <= 4 ? 6 : 4;  // all sums of so many queries stay in registers
  for (int r = 0; r < kRows; r += kTogether) multiplyValues<kTogether, Blocks>(weights + r * kKeys, packed, keys, sums + r * Blocks * 16);
}

template <int Blocks>
void finish(const AttentionShape& shape, const float* sums, const Running& running, std::uint16_t* out) {
  const __m512 share = _mm512_set1_ps(1.0F / running.sum);
  for (std::int64_t b = 0; b < Blocks; ++b) {
    const auto there = std::min<std::int64_t>(16, shape.channels - 16 * b);
    const __m256bh narrow = _mm512_cvtneps_pbh(_mm512_mul_ps(_mm512_loadu_ps(sums + b * 16), share));
    _mm256_mask_storeu_epi16(out + b * 16, static_cast<__mmask16>((1U << there) - 1U), reinterpret_cast<__m256i>(narrow));
  }
}

template <int Blocks>
void attendRows(const AttentionShape& shape, const AttentionQueries& queries, const std::uint16_t* packedKeys,
                const std::uint16_t* packedValues, float* scratch, HeadRows<std::uint16_t> out) {
  float* const logits = scratch;                                                       // [kRows][kKeys]
  float* const sums = logits + kRows * kKeys;                                          // [kRows][Blocks * 16]
  auto* const weights = reinterpret_cast<std::uint16_t*>(sums + kRows * Blocks * 16);  // [kRows][kKeys]
  for (std::int64_t first = 0; first < queries.count; first += kRows) {
    // The last rows once more where fewer are left, so that one kernel serves all.
    const std::int64_t at = std::max<std::int64_t>(0, std::min(first, queries.count - kRows)), there = std::min(kRows, queries.count);
    const auto row = [&](std::int64_t r) { return at + std::min(r, there - 1); };
    const bool whole = there == kRows;
    Running running[kRows];
    std::fill_n(sums, kRows * Blocks * 16, 0.0F);
    for (std::int64_t key = 0; key < shape.keys; key += kKeys) {
      const std::int64_t here = std::min(kKeys, shape.keyBlocks() * 32 - key);
      for (std::int64_t r = 0; r < kRows; ++r)
        fillBias(shape, queries.byRow == nullptr ? nullptr : queries.byRow + row(r) * shape.rows(),
                 queries.byRow == nullptr ? nullptr : queries.byColumn + row(r) * shape.width, key, logits + r * kKeys);
      for (std::int64_t k = 0; k < here; k += 32) {
        const std::uint16_t* keys = packedKeys + (key + k) * shape.channels;
        if (whole) multiplyKeys<kRows>(shape, {queries.q.data + at * queries.q.stride, queries.q.stride}, keys, logits + k);
        else
          for (std::int64_t r = 0; r < kRows; ++r)
            multiplyKeys<1>(shape, {queries.q.data + row(r) * queries.q.stride, queries.q.stride}, keys, logits + r * kKeys + k);
      }
      for (std::int64_t r = 0; r < kRows; ++r) weigh<Blocks>(logits + r * kKeys, running[r], weights + r * kKeys, sums + r * Blocks * 16);
      multiplyAllValues<Blocks>(weights, packedValues + key * Blocks * 16, here, sums);
    }
    for (std::int64_t r = 0; r < there; ++r) finish<Blocks>(shape, sums + r * Blocks * 16, running[r], out.data + (at + r) * out.stride);
  }
}

}  // namespace

std::int64_t attentionScratch(const AttentionShape&) { return kRows * kKeys + kRows * kMostBlocks * 16 + kRows * kKeys / 2; }

void packKeys(const AttentionShape& shape, HeadRows<const std::uint16_t> keys, std::uint16_t* packed) {
  for (std::int64_t block = 0; block < 2 * shape.keyBlocks(); ++block)
    for (std::int64_t c = 0; c < shape.channels; c += 2)
      for (std::int64_t i = 0; i < 16; ++i, packed += 2) {
        const std::int64_t key = block * 16 + i;
        if (key < shape.keys) std::memcpy(packed, keys.data + key * keys.stride + c, 2 * sizeof(std::uint16_t));
        else packed[0] = packed[1] = 0;
      }
}

void packValues(const AttentionShape& shape, HeadRows<const std::uint16_t> values, std::uint16_t* packed) {
  for (std::int64_t key = 0; key < shape.keyBlocks() * 32; key += 2)
    for (std::int64_t c = 0; c < shape.channelBlocks() * 16; ++c, packed += 2)
      for (std::int64_t k = 0; k < 2; ++k)
        packed[k] = key + k < shape.keys && c < shape.channels ? values.data[(key + k) * values.stride + c] : std::uint16_t{0};
}

void attend(const AttentionShape& shape, const AttentionQueries& queries, const std::uint16_t* packedKeys,
            const std::uint16_t* packedValues, float* scratch, HeadRows<std::uint16_t> out) {
  using Kernel = decltype(&attendRows<1>);
  static constexpr Kernel kernels[kMostBlocks] = {attendRows<1>, attendRows<2>, attendRows<3>, attendRows<4>, attendRows<5>, attendRows<6>};
  kernels[shape.channelBlocks() - 1](shape, queries, packedKeys, packedValues, scratch, out);
}

}  // namespace roundel::nn::avx512
