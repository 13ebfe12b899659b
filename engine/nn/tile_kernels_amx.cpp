#include <immintrin.h>

#include "nn/tile_kernels.h"
#include "nn/tile_targets_body.h"

namespace roundel::nn::amx {
namespace {

struct alignas(64) TileConfiguration {
  std::uint8_t palette = 1, startRow = 0, reserved[14] = {};
  std::uint16_t bytesPerRow[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

void begin() {
  static constexpr TileConfiguration kConfiguration;
  _tile_loadconfig(&kConfiguration);
}

void end() { _tile_release(); }

template <int OutBlocks>
void convolveBlocks(const TileShape& shape, RowRange rows, const std::uint16_t* scratch, const std::uint16_t* packed, const float* bias,
                    const Target* targets) {
  alignas(64) float sums[4][256];
  const std::int64_t blocks = shape.runBlocks(), stride = shape.in * 2, perBlock = shape.kernel * blocks * 512;
  const std::int64_t pixels = rows.count * shape.padded();
  for (std::int64_t pixel = 0; pixel < pixels; pixel += 32) {
    _tile_zero(0);
    _tile_zero(1);
    if constexpr (OutBlocks == 2) {
      _tile_zero(2);
      _tile_zero(3);
    }
    const std::uint16_t* weights = packed;
    for (std::int64_t row = 0; row < shape.kernel; ++row) {
      const std::uint16_t* run = scratch + (pixel + row * shape.padded()) * shape.in;
      for (std::int64_t block = 0; block < blocks; ++block, weights += 512, run += 32) {
        _tile_loadd(4, run, stride);
        _tile_loadd(6, weights, 64);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(5, run + 16 * shape.in, stride);
        _tile_dpbf16ps(1, 5, 6);
        if constexpr (OutBlocks == 2) {
          _tile_loadd(7, weights + perBlock, 64);
          _tile_dpbf16ps(2, 4, 7);
          _tile_dpbf16ps(3, 5, 7);
        }
      }
    }
    _tile_stored(0, sums[0], 64);
    _tile_stored(1, sums[1], 64);
    writeBlock(shape, rows, pixel, 32, sums[0], bias, targets[0]);
    if constexpr (OutBlocks == 2) {
      _tile_stored(2, sums[2], 64);
      _tile_stored(3, sums[3], 64);
      writeBlock(shape, rows, pixel, 32, sums[2], bias != nullptr ? bias + 16 : nullptr, targets[1]);
    }
  }
}

void convolveRows(const TileShape& shape, RowRange rows, const std::uint16_t* scratch, const std::uint16_t* packed, const float* bias,
                  std::span<const ChannelPiece> targets) {
  const std::int64_t perBlock = shape.kernel * shape.runBlocks() * 512, blocks = shape.outBlocks();
  for (std::int64_t block = 0; block < blocks; block += 2) {
    const Target pair[2] = {targetOf(targets, block), targetOf(targets, block + 1)};
    const float* const offset = bias != nullptr ? bias + block * 16 : nullptr;
    if (block + 1 < blocks) convolveBlocks<2>(shape, rows, scratch, packed + block * perBlock, offset, pair);
    else convolveBlocks<1>(shape, rows, scratch, packed + block * perBlock, offset, pair);
  }
}

void addGradient(const TileShape& shape, RowRange rows, const GradientScratch& scratch, std::int64_t first, std::int64_t last,
                 float* sums) {
  const TileScratch size(shape, rows.count);
  const std::int64_t pitch = size.pitch, pixels = size.slopePixels, wide = shape.outBlocks() * 16, outBlocks = shape.outBlocks();
  const auto* const turned = reinterpret_cast<const std::uint16_t*>(scratch.turned);
  const auto windowOf = [&](std::int64_t index) {  // 16 channels, seen from one tap
    const std::int64_t tap = index / shape.inBlocks(), block = index % shape.inBlocks();
    return turned + block * 16 * pitch * 2 + tap / shape.kernel * shape.padded() + tap % shape.kernel;
  };
  for (std::int64_t index = first; index < last; index += 2) {
    const bool two = index + 1 < last;
    const std::uint16_t* const window0 = windowOf(index);
    const std::uint16_t* const window1 = two ? windowOf(index + 1) : window0;
    for (std::int64_t out = 0; out < outBlocks; out += 2) {
      const bool pair = out + 1 < outBlocks;
      float* const tile = sums + (index * outBlocks + out) * 256;
      float* const below = tile + outBlocks * 256;
      const std::uint32_t* slope = scratch.pairs + out * 16;
      _tile_loadd(0, tile, 64);
      if (two) _tile_loadd(1, below, 64);
      if (pair) _tile_loadd(2, tile + 256, 64);
      if (two && pair) _tile_loadd(3, below + 256, 64);
      for (std::int64_t pixel = 0; pixel < pixels; pixel += 32, slope += 16 * wide) {
        _tile_loadd(4, window0 + pixel, pitch * 4);
        _tile_loadd(6, slope, wide * 4);
        _tile_dpbf16ps(0, 4, 6);
        if (two) {
          _tile_loadd(5, window1 + pixel, pitch * 4);
          _tile_dpbf16ps(1, 5, 6);
        }
        if (pair) {
          _tile_loadd(7, slope + 16, wide * 4);
          _tile_dpbf16ps(2, 4, 7);
          if (two) _tile_dpbf16ps(3, 5, 7);
        }
      }
      _tile_stored(0, tile, 64);
      if (two) _tile_stored(1, below, 64);
      if (pair) _tile_stored(2, tile + 256, 64);
      if (two && pair) _tile_stored(3, below + 256, 64);
    }
  }
}

}  // namespace

const TileProducts& tileProducts() {
  static constexpr TileProducts kProducts{begin, end, convolveRows, addGradient};
  return kProducts;
}

}  // namespace roundel::nn::amx
