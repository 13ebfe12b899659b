#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "nn/tile_kernels.h"
#include "nn/tile_targets_body.h"

namespace roundel::nn {
namespace {

inline std::uint16_t toBFloat16(float value) {
  std::uint32_t word;
  std::memcpy(&word, &value, sizeof word);
  return static_cast<std::uint16_t>((word + 0x7fffu + ((word >> 16) & 1u)) >> 16);  // to nearest, ties to even
}

/// Pairs of pixels as 32-bit words: word [pair][channel] holds pixels 2 * pair (low half) and 2 * pair + 1.
inline __m512i pairOf(const std::uint16_t* pixel, std::int64_t channels, __mmask16 mask) {
  const __m512i first = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, pixel));
  const __m512i second = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, pixel + channels));
  return _mm512_or_si512(first, _mm512_slli_epi32(second, 16));
}

void transpose16(__m512i r[16]) {
  __m512i t[16];
  for (int i = 0; i < 8; ++i) {
    t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 4; ++i) {
    r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  }
  for (int i = 0; i < 4; ++i) {
    t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
  }
  for (int i = 0; i < 4; ++i) {
    r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
    r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
    r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
    r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
  }
}

/// Copies one row of `pieces` (row y of the picture) to `to`, side by side.
void copyRow(std::span<const ChannelPiece> pieces, std::int64_t y, std::int64_t width, std::int64_t channels, std::uint16_t* to) {
  for (const ChannelPiece& piece : pieces) {
    const std::uint16_t* from = piece.data + y * piece.rowStride;
    if (piece.channels == channels && piece.pixelStride == channels) {
      std::memcpy(to, from, static_cast<std::size_t>(width * channels) * sizeof *to);
    } else {
      for (std::int64_t x = 0; x < width; ++x)
        for (std::int64_t c = 0; c < piece.channels; c += 16)
          _mm256_mask_storeu_epi16(to + x * channels + c, maskOf(piece.channels - c),
                                   _mm256_maskz_loadu_epi16(maskOf(piece.channels - c), from + x * piece.pixelStride + c));
    }
    to += piece.channels;
  }
}

}  // namespace

void packWeights(const TileShape& shape, const float* weights, WeightOrder order, std::int64_t block, std::uint16_t* packed) {
  const std::int64_t k = shape.kernel, blocks = shape.runBlocks();
  std::uint16_t* const to = packed + block * k * blocks * 512;
  std::memset(to, 0, static_cast<std::size_t>(k * blocks * 512) * sizeof *to);
  const std::int64_t outs = std::min<std::int64_t>(16, shape.out - block * 16);
  const auto pack = [&](std::int64_t o, std::int64_t i) {
    const std::int64_t out = block * 16 + o;
    const float* taps = order == WeightOrder::Straight ? weights + (out * shape.in + i) * k * k : weights + (i * shape.out + out) * k * k;
    for (std::int64_t row = 0; row < k; ++row) {
      for (std::int64_t column = 0; column < k; ++column) {
        const std::int64_t at = column * shape.in + i;  // in the run of k * in values
        const float value = order == WeightOrder::Straight ? taps[row * k + column] : taps[k * k - 1 - row * k - column];
        to[(row * blocks + at / 32) * 512 + at % 32 / 2 * 32 + o * 2 + at % 2] = toBFloat16(value);
      }
    }
  };
  // A few inputs at a time: their tiles stay in the first-level cache for all 16 outputs.
  for (std::int64_t first = 0; first < shape.in; first += 32)
    for (std::int64_t o = 0; o < outs; ++o)
      for (std::int64_t i = first; i < std::min(first + 32, shape.in); ++i) pack(o, i);
}

void gatherRows(const TileShape& shape, RowRange rows, std::span<const ChannelPiece> pieces, std::uint16_t* scratch) {
  const std::int64_t halo = shape.halo(), width = shape.padded(), channels = shape.in, all = rows.count + 2 * halo;
  for (std::int64_t row = 0; row < all; ++row) {
    std::uint16_t* const line = scratch + row * width * channels;
    const std::int64_t y = rows.first + row - halo;
    if (y < 0 || y >= shape.height) {
      std::fill_n(line, width * channels, std::uint16_t{0});
      continue;
    }
    std::fill_n(line, halo * channels, std::uint16_t{0});
    copyRow(pieces, y, shape.width, channels, line + halo * channels);
    std::fill_n(line + (width - halo) * channels, halo * channels, std::uint16_t{0});
  }
  // Whole tiles are read beyond the last pixel, and multiplied by zero: what lies there must be finite.
  const std::int64_t used = all * width * channels;
  std::fill_n(scratch + used, TileScratch(shape, rows.count).inputValues(shape) - used, std::uint16_t{0});
}

void gatherGradient(const TileShape& shape, RowRange rows, std::span<const ChannelPiece> input, std::span<const ChannelPiece> slope,
                    const GradientScratch& scratch, double* biasSums) {
  const TileScratch size(shape, rows.count);
  gatherRows(shape, rows, input, scratch.input);
  const std::int64_t out = shape.out, pixels = size.slopePixels, pitch = size.pitch;
  std::fill_n(scratch.slope, size.slopeValues(shape), std::uint16_t{0});
  for (std::int64_t row = 0; row < rows.count; ++row)
    copyRow(slope, rows.first + row, shape.width, out, scratch.slope + row * shape.padded() * out);

  for (std::int64_t pair = 0; pair < pitch; pair += 16) {
    for (std::int64_t block = 0; block < shape.inBlocks(); ++block) {
      const __mmask16 mask = maskOf(shape.in - block * 16);
      __m512i words[16];
      for (int i = 0; i < 16; ++i) words[i] = pairOf(scratch.input + (pair + i) * 2 * shape.in + block * 16, shape.in, mask);
      transpose16(words);
      for (int i = 0; i < 16; ++i) _mm512_storeu_si512(scratch.turned + (block * 16 + i) * pitch + pair, words[i]);
    }
  }

  const std::int64_t wide = shape.outBlocks() * 16;
  for (std::int64_t block = 0; block < shape.outBlocks(); ++block) {
    const __mmask16 mask = maskOf(out - block * 16);
    __m512 sum = _mm512_setzero_ps();
    for (std::int64_t pair = 0; pair < pixels / 2; ++pair) {
      const __m512i word = pairOf(scratch.slope + pair * 2 * out + block * 16, out, mask);
      _mm512_storeu_si512(scratch.pairs + pair * wide + block * 16, word);
      if (biasSums != nullptr) {
        sum = _mm512_add_ps(sum, _mm512_castsi512_ps(_mm512_slli_epi32(word, 16)));
        sum = _mm512_add_ps(sum, _mm512_castsi512_ps(_mm512_and_si512(word, _mm512_set1_epi32(static_cast<int>(0xffff0000u)))));
      }
    }
    if (biasSums == nullptr) continue;
    alignas(64) float lanes[16];
    _mm512_store_ps(lanes, sum);
    for (std::int64_t c = 0; c < std::min<std::int64_t>(16, out - block * 16); ++c)
      biasSums[block * 16 + c] += static_cast<double>(lanes[c]);
  }
}

}  // namespace roundel::nn
