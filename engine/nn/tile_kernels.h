#pragma once
#include <cstdint>
#include <span>

namespace roundel::nn {

/// Convolutions as products of bfloat16 with sums in float32, for channels that lie side by side: on the matrix tiles of Intel's AMX, or
/// with the pair products of AVX-512 (vdpbf16ps). One stretch of rows of one image a call, from a scratch that fits the second-level
/// cache; callers split the work. Plain C++ without any library, and without memory of its own: what is compiled for these processors
/// must not be a template that others share. Only where device/processor.h says `matrixUnit()`.
///
/// The trick: in [pixel][channel] order the k neighbours of a row are one run of k * channels values, so that a 3x3
/// convolution is three matrix products and needs no copy of its windows.

/// Where the channels of a picture lie, or a part of them: bfloat16 values, pixel (x, y) at data + y * rowStride + x * pixelStride.
struct ChannelPiece {
  std::uint16_t* data;
  std::int64_t rowStride, pixelStride;  ///< in values
  std::int64_t channels;
};

/// A convolution of stride 1 that keeps the size.
struct TileShape {
  std::int64_t height, width;  ///< of the picture
  std::int64_t in, out;        ///< channels
  std::int64_t kernel;         ///< 1 or 3; 3 is padded with zeros

  std::int64_t halo() const { return kernel / 2; }
  std::int64_t padded() const { return width + 2 * halo(); }  ///< pixels a row in scratch
  std::int64_t runBlocks() const { return (kernel * in + 31) / 32; }
  std::int64_t inBlocks() const { return (in + 15) / 16; }
  std::int64_t outBlocks() const { return (out + 15) / 16; }
  /// Values of packed weights, and of one gradient as tiles [tap][in block][out block][16][16].
  std::int64_t packedValues() const { return outBlocks() * kernel * runBlocks() * 512; }
  std::int64_t gradientValues() const { return kernel * kernel * inBlocks() * outBlocks() * 256; }
};

struct RowRange {
  std::int64_t first, count;
};

/// How much scratch the functions below need for stretches of up to `rows` rows.
struct TileScratch {
  std::int64_t pixels, slopePixels;  ///< of the input and of the slope, whole tiles and what is read beyond them included
  std::int64_t pitch;                ///< pixel pairs a channel once the input is turned: an odd number of cache lines
  TileScratch(const TileShape& shape, std::int64_t rows)
      : pixels(((rows + 2 * shape.halo() + 2) * shape.padded() + 95) / 32 * 32),
        slopePixels((rows * shape.padded() + 31) / 32 * 32),
        pitch((pixels / 32 | 1) * 16) {}

  std::int64_t inputValues(const TileShape& shape) const { return (2 * pitch + 2) * shape.in + 64; }          // std::uint16_t
  std::int64_t slopeValues(const TileShape& shape) const { return (slopePixels + 2) * shape.out + 64; }       // std::uint16_t
  std::int64_t turnedValues(const TileShape& shape) const { return shape.inBlocks() * 16 * pitch; }           // std::uint32_t
  std::int64_t pairValues(const TileShape& shape) const { return slopePixels / 2 * shape.outBlocks() * 16; }  // std::uint32_t
};

/// Weights [out][in][kernel][kernel] as tiles, for the block of 16 outputs `block`. `Flipped` serves the gradient of the input: shape.in
/// are then the network's outputs and shape.out its inputs, and the weights [in][out][kernel][kernel] are turned by 180 degrees.
enum class WeightOrder { Straight, Flipped };
void packWeights(const TileShape& shape, const float* weights, WeightOrder order, std::int64_t block, std::uint16_t* packed);

/// The pieces' channels of `rows` and their halo, side by side, into `scratch` (inputValues()); outside the picture zero.
void gatherRows(const TileShape& shape, RowRange rows, std::span<const ChannelPiece> pieces, std::uint16_t* scratch);

/// Scratch of one weight gradient (TileScratch).
struct GradientScratch {
  std::uint16_t *input, *slope;   ///< as gatherRows lays them out; the slope without a halo but `padded()` wide
  std::uint32_t *turned, *pairs;  ///< [channel][pixel pair], [pixel pair][channel]
};

/// Lays out `rows` of the input and of the slope (the gradient of the output) and turns both for addGradient. Adds the slope's sum over
/// pixels to biasSums [out] where that is not null.
void gatherGradient(const TileShape& shape, RowRange rows, std::span<const ChannelPiece> input, std::span<const ChannelPiece> slope,
                    const GradientScratch& scratch, double* biasSums);

/// The products themselves, which differ between the processors' matrix units.
struct TileProducts {
  void (*begin)();  ///< makes the unit ready for the calling thread
  void (*end)();    ///< and gives it back
  /// One convolution of what gatherRows has laid out. `bias` [out] or null. Writes `rows` of the targets, whose channels add up to
  /// shape.out and, but for the last, are multiples of 16.
  void (*convolveRows)(const TileShape& shape, RowRange rows, const std::uint16_t* scratch, const std::uint16_t* packed, const float* bias,
                       std::span<const ChannelPiece> targets);
  /// Adds to `sums` (gradientValues()) the weight gradient of what gatherGradient has laid out, for (tap, in block) pairs [first, last) of
  /// kernel^2 * inBlocks().
  void (*addGradient)(const TileShape& shape, RowRange rows, const GradientScratch& scratch, std::int64_t first, std::int64_t last,
                      float* sums);
};

namespace amx {
const TileProducts& tileProducts();
}
namespace avx512 {
const TileProducts& tileProducts();
}

}  // namespace roundel::nn
