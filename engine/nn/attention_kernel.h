#pragma once
#include <cstdint>

namespace roundel::nn {

/// Attention softmax(scale q k^T + bias) v of one head, in bfloat16 with sums in float32, with the pair products of AVX-512 (vdpbf16ps).
/// Logits live in scratch of the size of a first-level cache and are forgotten ("flash attention": arXiv 2205.14135); a bias that
/// depends on a key's row plus its column (relative positions) is added there and never exists as a table of queries by keys. Plain
/// C++ without any library, and without memory of its own: what is compiled for these processors must not be a template that others
/// share. Only where device/processor.h says `matrixUnit()`.
struct AttentionShape {
  std::int64_t keys;      ///< of them in rows of `width`, where there is a bias
  std::int64_t channels;  ///< of a head; even, at most 96
  float scale;
  std::int64_t width = 0;  ///< keys a row of the picture; 0: no bias

  std::int64_t keyBlocks() const { return (keys + 31) / 32; }  ///< of 32 keys
  std::int64_t channelBlocks() const { return (channels + 15) / 16; }
  std::int64_t rows() const { return width == 0 ? 0 : keys / width; }
  /// Values of packed keys and of packed values.
  std::int64_t packedKeys() const { return keyBlocks() * 32 * channels; }
  std::int64_t packedValues() const { return keyBlocks() * 32 * channelBlocks() * 16; }
};

/// Rows of one head: values of token i at data + i * stride.
template <class T>
struct HeadRows {
  T* data;
  std::int64_t stride;
};

/// Queries of one head and what belongs to them.
struct AttentionQueries {
  HeadRows<const std::uint16_t> q;
  std::int64_t count;
  const float* byRow = nullptr;     ///< [count][rows()], null without a bias
  const float* byColumn = nullptr;  ///< [count][width]
};

namespace avx512 {

/// Float32 values of scratch for attend().
std::int64_t attentionScratch(const AttentionShape& shape);

/// Keys as [block of 16][channel pair][16 keys][2], values as [key pair][block of 16 channels][16][2]; what is beyond them is zero.
void packKeys(const AttentionShape& shape, HeadRows<const std::uint16_t> keys, std::uint16_t* packed);
void packValues(const AttentionShape& shape, HeadRows<const std::uint16_t> values, std::uint16_t* packed);

/// Answers every query: `out` gets `channels` values each.
void attend(const AttentionShape& shape, const AttentionQueries& queries, const std::uint16_t* packedKeys,
            const std::uint16_t* packedValues, float* scratch, HeadRows<std::uint16_t> out);

}  // namespace avx512
}  // namespace roundel::nn
