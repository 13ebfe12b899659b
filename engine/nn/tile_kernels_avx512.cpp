#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "nn/tile_kernels.h"
#include "nn/tile_targets_body.h"

namespace roundel::nn::avx512 {
namespace {

/// Two neighbouring values in every lane.
inline __m512bh pairEverywhere(const std::uint16_t* values) {
  int pair = 0;
  std::memcpy(&pair, values, sizeof pair);
  return reinterpret_cast<__m512bh>(_mm512_set1_epi32(pair));
}

inline __m512bh sixteenPairs(const void* values) { return reinterpret_cast<__m512bh>(_mm512_loadu_si512(values)); }

/// `Outs` blocks of 16 outputs, `Pixels` pixels at a time: their sums stay in registers.
template <int Outs, int Pixels>
void convolveBlocks(const TileShape& shape, RowRange rows, const std::uint16_t* scratch, const std::uint16_t* packed, const float* bias,
                    const Target* targets) {
  alignas(64) float values[Pixels * 16];
  const std::int64_t blocks = shape.runBlocks(), perBlock = shape.kernel * blocks * 512, run = shape.kernel * shape.in;
  const std::int64_t pixels = rows.count * shape.padded();
  for (std::int64_t pixel = 0; pixel < pixels; pixel += Pixels) {
    __m512 sums[Outs][Pixels];
#pragma GCC unroll 2
    for (auto& each : sums)
#pragma GCC unroll 24
      for (auto& sum : each) sum = _mm512_setzero_ps();
    for (std::int64_t row = 0; row < shape.kernel; ++row) {
      const std::uint16_t* from = scratch + (pixel + row * shape.padded()) * shape.in;
      const std::uint16_t* weights = packed + row * blocks * 512;
      for (std::int64_t at = 0; at < run; at += 2, from += 2, weights += 32) {
        __m512bh outputs[Outs];
#pragma GCC unroll 2
        for (int o = 0; o < Outs; ++o) outputs[o] = sixteenPairs(weights + o * perBlock);
#pragma GCC unroll 24
        for (int i = 0; i < Pixels; ++i) {
          const __m512bh pair = pairEverywhere(from + i * shape.in);
#pragma GCC unroll 2
          for (int o = 0; o < Outs; ++o) sums[o][i] = _mm512_dpbf16_ps(sums[o][i], pair, outputs[o]);
        }
      }
    }
#pragma GCC unroll 2
    for (int o = 0; o < Outs; ++o) {
#pragma GCC unroll 24
      for (int i = 0; i < Pixels; ++i) _mm512_store_ps(values + 16 * i, sums[o][i]);
      writeBlock(shape, rows, pixel, Pixels, values, bias != nullptr ? bias + o * 16 : nullptr, targets[o]);
    }
  }
}

void convolveRows(const TileShape& shape, RowRange rows, const std::uint16_t* scratch, const std::uint16_t* packed, const float* bias,
                  std::span<const ChannelPiece> targets) {
  const std::int64_t perBlock = shape.kernel * shape.runBlocks() * 512, blocks = shape.outBlocks();
  for (std::int64_t block = 0; block < blocks; block += 2) {
    const Target pair[2] = {targetOf(targets, block), targetOf(targets, block + 1)};
    const float* const offset = bias != nullptr ? bias + block * 16 : nullptr;
    if (block + 1 < blocks) convolveBlocks<2, 12>(shape, rows, scratch, packed + block * perBlock, offset, pair);
    else convolveBlocks<1, 24>(shape, rows, scratch, packed + block * perBlock, offset, pair);
  }
}

/// `Ins` channels of one window by `Outs` blocks of 16 channels of the slope, added to rows of `tiles`, a block's 256 values apart.
template <int Ins, int Outs>
void addProducts(const std::uint16_t* window, std::int64_t pitch, const std::uint32_t* slope, std::int64_t wide, std::int64_t pairs,
                 float* tiles) {
  __m512 sums[Outs][Ins];
#pragma GCC unroll 2
  for (int o = 0; o < Outs; ++o)
#pragma GCC unroll 16
    for (int i = 0; i < Ins; ++i) sums[o][i] = _mm512_loadu_ps(tiles + o * 256 + i * 16);
  for (std::int64_t pair = 0; pair < pairs; ++pair, slope += wide, window += 2) {
    __m512bh outputs[Outs];
#pragma GCC unroll 2
    for (int o = 0; o < Outs; ++o) outputs[o] = sixteenPairs(slope + o * 16);
#pragma GCC unroll 16
    for (int i = 0; i < Ins; ++i) {
      const __m512bh input = pairEverywhere(window + i * pitch * 2);
#pragma GCC unroll 2
      for (int o = 0; o < Outs; ++o) sums[o][i] = _mm512_dpbf16_ps(sums[o][i], input, outputs[o]);
    }
  }
#pragma GCC unroll 2
  for (int o = 0; o < Outs; ++o)
#pragma GCC unroll 16
    for (int i = 0; i < Ins; ++i) _mm512_storeu_ps(tiles + o * 256 + i * 16, sums[o][i]);
}

void addGradient(const TileShape& shape, RowRange rows, const GradientScratch& scratch, std::int64_t first, std::int64_t last,
                 float* sums) {
  const TileScratch size(shape, rows.count);
  const std::int64_t pitch = size.pitch, pairs = size.slopePixels / 2, wide = shape.outBlocks() * 16, outBlocks = shape.outBlocks();
  const auto* const turned = reinterpret_cast<const std::uint16_t*>(scratch.turned);
  for (std::int64_t index = first; index < last; ++index) {
    const std::int64_t tap = index / shape.inBlocks(), block = index % shape.inBlocks();
    const std::uint16_t* const window = turned + block * 16 * pitch * 2 + tap / shape.kernel * shape.padded() + tap % shape.kernel;
    const std::int64_t channels = std::min<std::int64_t>(16, shape.in - block * 16);
    for (std::int64_t out = 0; out < outBlocks; out += 2) {
      float* const tiles = sums + (index * outBlocks + out) * 256;
      const std::uint32_t* const slope = scratch.pairs + out * 16;
      if (out + 1 < outBlocks) {
        for (std::int64_t in = 0; in < channels; in += 8)
          addProducts<8, 2>(window + in * pitch * 2, pitch, slope, wide, pairs, tiles + in * 16);
      } else {
        addProducts<16, 1>(window, pitch, slope, wide, pairs, tiles);
      }
    }
  }
}

}  // namespace

const TileProducts& tileProducts() {
  static constexpr TileProducts kProducts{[] {}, [] {}, convolveRows, addGradient};
  return kProducts;
}

}  // namespace roundel::nn::avx512
