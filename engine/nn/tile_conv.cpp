#include "nn/tile_conv.h"

#include <algorithm>
#include <vector>

#include "device/processor.h"
#include "nn/tile_kernels.h"

namespace roundel::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kScratchValues = 320 * 1024;  // of bfloat16: what one stretch of rows may take of the second-level cache
constexpr std::int64_t kGradientParts = 16;          // independent parts of a weight gradient, whatever the number of threads
constexpr std::int64_t kGradientValues = 4 << 20;    // of float32: partial sums kept at once

#if defined(__x86_64__)
const TileProducts& products() { return matrixUnit() == MatrixUnit::Tiles ? amx::tileProducts() : avx512::tileProducts(); }
#endif

/// Makes the matrix unit of the calling thread ready, and gives it back.
struct TileSession {
  TileSession() { products().begin(); }
  ~TileSession() { products().end(); }
  TileSession(const TileSession&) = delete;
  TileSession& operator=(const TileSession&) = delete;
};

/// The channels of picture `image` of a channels-last tensor.
ChannelPiece pieceOf(const Tensor& tensor, std::int64_t image) {
  const std::int64_t channels = tensor.size(1), width = tensor.size(3);
  auto* const data = static_cast<std::uint16_t*>(tensor.data_ptr());
  return {data + image * tensor.size(2) * width * channels, width * channels, channels, channels};
}

/// The same for a tensor of twice the size, whose four pixels (dy, dx) count as channels of one.
std::vector<ChannelPiece> foursOf(const Tensor& tensor, std::int64_t image) {
  const ChannelPiece whole = pieceOf(tensor, image);
  std::vector<ChannelPiece> pieces;
  for (std::int64_t dy = 0; dy < 2; ++dy)
    for (std::int64_t dx = 0; dx < 2; ++dx)
      pieces.push_back(
          {whole.data + dy * whole.rowStride + dx * whole.pixelStride, 2 * whole.rowStride, 2 * whole.pixelStride, whole.channels});
  return pieces;
}

std::vector<ChannelPiece> piecesOf(const Tensor& tensor, std::int64_t image, TileOutput kind) {
  return kind == TileOutput::Doubled ? foursOf(tensor, image) : std::vector<ChannelPiece>{pieceOf(tensor, image)};
}

std::vector<ChannelPiece> piecesOf(const Tensor& x, const Tensor& second, std::int64_t image) {
  std::vector<ChannelPiece> pieces{pieceOf(x, image)};
  if (second.numel() > 0) pieces.push_back(pieceOf(second, image));
  return pieces;
}

/// The rows of a picture in stretches that fit the cache.
struct Stretches {
  std::int64_t rows, perImage;
  Stretches(const TileShape& shape, std::int64_t channels) {
    const std::int64_t fit = kScratchValues / (shape.padded() * channels) - 2 * shape.halo();
    rows = std::clamp<std::int64_t>(fit, std::min<std::int64_t>(4, shape.height), shape.height);
    perImage = (shape.height + rows - 1) / rows;
  }
  RowRange range(const TileShape& shape, std::int64_t index) const {
    const std::int64_t first = index % perImage * rows;
    return {first, std::min(rows, shape.height - first)};
  }
};

std::vector<std::uint16_t> packed(const TileShape& shape, const Tensor& weight, WeightOrder order) {
  std::vector<std::uint16_t> tiles(static_cast<std::size_t>(shape.packedValues()));
  const float* const values = weight.const_data_ptr<float>();
  at::parallel_for(0, shape.outBlocks(), 1, [&](std::int64_t from, std::int64_t to) {
    for (std::int64_t block = from; block < to; ++block) packWeights(shape, values, order, block, tiles.data());
  });
  return tiles;
}

/// One convolution over all pictures; `sources` and `targets` give the pieces of a picture.
template <class Sources, class Targets>
void convolveAll(const TileShape& shape, std::int64_t images, const std::vector<std::uint16_t>& weights, const float* bias,
                 const Sources& sources, const Targets& targets) {
  const Stretches stretches(shape, shape.in);
  at::parallel_for(0, images * stretches.perImage, 1, [&](std::int64_t from, std::int64_t to) {
    const TileSession session;
    std::vector<std::uint16_t> scratch(static_cast<std::size_t>(TileScratch(shape, stretches.rows).inputValues(shape)));
    for (std::int64_t i = from; i < to; ++i) {
      const std::int64_t image = i / stretches.perImage;
      const RowRange rows = stretches.range(shape, i);
      gatherRows(shape, rows, sources(image), scratch.data());
      products().convolveRows(shape, rows, scratch.data(), weights.data(), bias, targets(image));
    }
  });
}

struct WeightGradient {
  Tensor weight, bias;
};

/// The sums of all groups, in order, from tiles [tap][in block][out block][16][16] to [out][in][kernel][kernel].
void addUp(const TileShape& shape, const float* sums, std::int64_t groups, float* gradient) {
  const std::int64_t taps = shape.kernel * shape.kernel, inBlocks = shape.inBlocks(), outBlocks = shape.outBlocks(),
                     values = shape.gradientValues();
  at::parallel_for(0, inBlocks * outBlocks, 1, [&](std::int64_t from, std::int64_t to) {
    std::vector<float> block(static_cast<std::size_t>(taps * 256));  // [tap][in][out]
    for (std::int64_t part = from; part < to; ++part) {
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        float* const total = block.data() + tap * 256;
        std::fill_n(total, 256, 0.0f);
        for (std::int64_t group = 0; group < groups; ++group) {
          const float* const tile = sums + group * values + (tap * inBlocks * outBlocks + part) * 256;
          for (std::int64_t i = 0; i < 256; ++i) total[i] += tile[i];
        }
      }
      const std::int64_t in = part / outBlocks * 16, out = part % outBlocks * 16;
      for (std::int64_t o = 0; o < std::min<std::int64_t>(16, shape.out - out); ++o)
        for (std::int64_t i = 0; i < std::min<std::int64_t>(16, shape.in - in); ++i)
          for (std::int64_t tap = 0; tap < taps; ++tap)
            gradient[((out + o) * shape.in + in + i) * taps + tap] = block[static_cast<std::size_t>(tap * 256 + i * 16 + o)];
    }
  });
}

/// A fixed number of parts, each a range of stretches and of (tap, block) pairs; their sums are added in order.
template <class Sources, class Slopes>
WeightGradient weightGradient(const TileShape& shape, std::int64_t images, const Sources& sources, const Slopes& slopes) {
  const Stretches stretches(shape, shape.in + shape.out);
  const std::int64_t all = images * stretches.perImage, pairs = shape.kernel * shape.kernel * shape.inBlocks(),
                     values = shape.gradientValues();
  const std::int64_t groups = std::clamp<std::int64_t>(kGradientValues / values, 1, std::min(all, kGradientParts));
  const std::int64_t slices = std::clamp<std::int64_t>(kGradientParts / groups, 1, std::max<std::int64_t>(1, pairs / 8));
  const Tensor partial = torch::empty({groups * values});
  float* const sums = partial.mutable_data_ptr<float>();
  std::vector<double> biasSums(static_cast<std::size_t>(groups * shape.out), 0.0);
  at::parallel_for(0, groups * slices, 1, [&](std::int64_t from, std::int64_t to) {
    const TileSession session;
    const TileScratch size(shape, stretches.rows);
    std::vector<std::uint16_t> halves(static_cast<std::size_t>(size.inputValues(shape) + size.slopeValues(shape)));
    std::vector<std::uint32_t> words(static_cast<std::size_t>(size.turnedValues(shape) + size.pairValues(shape)));
    const GradientScratch scratch{halves.data(), halves.data() + size.inputValues(shape), words.data(),
                                  words.data() + size.turnedValues(shape)};
    for (std::int64_t part = from; part < to; ++part) {
      const std::int64_t group = part / slices, slice = part % slices, first = pairs * slice / slices, last = pairs * (slice + 1) / slices;
      std::fill(sums + group * values + first * shape.outBlocks() * 256, sums + group * values + last * shape.outBlocks() * 256, 0.0f);
      for (std::int64_t i = all * group / groups; i < all * (group + 1) / groups; ++i) {
        const std::int64_t image = i / stretches.perImage;
        const RowRange rows = stretches.range(shape, i);
        gatherGradient(shape, rows, sources(image), slopes(image), scratch, slice == 0 ? biasSums.data() + group * shape.out : nullptr);
        products().addGradient(shape, rows, scratch, first, last, sums + group * values);
      }
    }
  });
  Tensor weight = torch::empty({shape.out, shape.in, shape.kernel, shape.kernel}), bias = torch::zeros({shape.out});
  addUp(shape, sums, groups, weight.mutable_data_ptr<float>());
  for (std::int64_t o = 0; o < shape.out; ++o)
    for (std::int64_t group = 0; group < groups; ++group)
      bias.mutable_data_ptr<float>()[o] += static_cast<float>(biasSums[static_cast<std::size_t>(group * shape.out + o)]);
  return {weight, bias};
}

Tensor emptyPicture(const Tensor& like, std::int64_t channels, std::int64_t factor) {
  return torch::empty({like.size(0), channels, factor * like.size(2), factor * like.size(3)}, like.options(),
                      torch::MemoryFormat::ChannelsLast);
}

class TileConvolution : public torch::autograd::Function<TileConvolution> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& second, const Tensor& weight, const Tensor& bias,
                        bool doubled) {
    const TileOutput kind = doubled ? TileOutput::Doubled : TileOutput::Same;
    const Tensor values = weight.contiguous();
    const TileShape shape{x.size(2), x.size(3), weight.size(1), weight.size(0), weight.size(2)};
    Tensor y = doubled ? emptyPicture(x, shape.out / 4, 2) : emptyPicture(x, shape.out, 1);
    const float* const offset = bias.numel() > 0 ? bias.const_data_ptr<float>() : nullptr;
    convolveAll(
        shape, x.size(0), packed(shape, values, WeightOrder::Straight), offset,
        [&](std::int64_t image) { return piecesOf(x, second, image); }, [&](std::int64_t image) { return piecesOf(y, image, kind); });
    context->save_for_backward({x, second, values});
    context->saved_data["doubled"] = doubled;
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& outputs) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &second = saved[1], &weight = saved[2];
    const TileOutput kind = context->saved_data["doubled"].toBool() ? TileOutput::Doubled : TileOutput::Same;
    const Tensor slope = outputs[0].contiguous(torch::MemoryFormat::ChannelsLast);
    const TileShape shape{x.size(2), x.size(3), weight.size(1), weight.size(0), weight.size(2)};
    const auto slopes = [&](std::int64_t image) { return piecesOf(slope, image, kind); };
    Tensor dx, dSecond;
    if (context->needs_input_grad(0) || context->needs_input_grad(1)) {
      dx = torch::empty_like(x);
      dSecond = torch::empty_like(second);
      TileShape back = shape;
      std::swap(back.in, back.out);
      convolveAll(back, x.size(0), packed(back, weight, WeightOrder::Flipped), nullptr, slopes,
                  [&](std::int64_t image) { return piecesOf(dx, dSecond, image); });
    }
    const WeightGradient gradient = weightGradient(
        shape, x.size(0), [&](std::int64_t image) { return piecesOf(x, second, image); }, slopes);
    return {dx, dSecond, gradient.weight, gradient.bias, {}};
  }
};

}  // namespace

bool tilesServe(const Tensor& x) {
  return x.device().is_cpu() && x.scalar_type() == torch::kBFloat16 && x.dim() == 4 && x.numel() > 0 && matrixUnit() != MatrixUnit::None;
}

Tensor tileConvolve(const Tensor& x, const Tensor& second, const Tensor& weight, const Tensor& bias, TileOutput output) {
  const auto laidOut = [&](const Tensor& tensor) {
    // A function of autograd takes no undefined tensor: an empty one stands for "none".
    return tensor.defined() ? tensor.contiguous(torch::MemoryFormat::ChannelsLast) : torch::empty({0, 0, 0, 0}, x.options());
  };
  const Tensor offset = bias.defined() ? bias.contiguous() : torch::empty({0});
  return TileConvolution::apply(laidOut(x), laidOut(second), weight, offset, output == TileOutput::Doubled);
}

}  // namespace roundel::nn
