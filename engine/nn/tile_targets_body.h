#pragma once
// Where a convolution's results go; for the files that are compiled for AVX-512 with bfloat16 alone (all static: nobody shares it).
#include <immintrin.h>

#include "nn/tile_kernels.h"

namespace roundel::nn {

static inline __mmask16 maskOf(std::int64_t channels) {
  return channels >= 16 ? static_cast<__mmask16>(0xffff) : static_cast<__mmask16>((1u << channels) - 1);
}

static constexpr std::int64_t roundedUp(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

/// Where one block of 16 outputs goes.
struct Target {
  std::uint16_t* data;
  std::int64_t rowStride, pixelStride;
  __mmask16 mask;
};

static inline Target targetOf(std::span<const ChannelPiece> targets, std::int64_t block) {
  std::int64_t first = block * 16;
  for (const ChannelPiece& piece : targets) {
    if (first < piece.channels) return {piece.data + first, piece.rowStride, piece.pixelStride, maskOf(piece.channels - first)};
    first -= roundedUp(piece.channels, 16);
  }
  return {nullptr, 0, 0, 0};
}

/// `count` consecutive pixels of scratch from `pixel` on, one block of 16 channels; `values` aligned to 64 bytes.
static inline void writeBlock(const TileShape& shape, RowRange rows, std::int64_t pixel, std::int64_t count, const float* values,
                              const float* bias, const Target& target) {
  std::int64_t y = pixel / shape.padded(), x = pixel % shape.padded();
  const __m512 offset = bias != nullptr ? _mm512_maskz_loadu_ps(target.mask, bias) : _mm512_setzero_ps();
  for (std::int64_t i = 0; i < count && y < rows.count; ++i) {
    if (x < shape.width) {
      const __m512 sum = _mm512_add_ps(_mm512_load_ps(values + 16 * i), offset);
      const __m256i half = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(sum));
      _mm256_mask_storeu_epi16(target.data + (rows.first + y) * target.rowStride + x * target.pixelStride, target.mask, half);
    }
    if (++x == shape.padded()) x = 0, ++y;
  }
}

}  // namespace roundel::nn
