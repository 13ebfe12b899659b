#include "nn/picture_conv.h"

#include "nn/tile_conv.h"

namespace roundel::nn {

using torch::Tensor;

namespace {
/// Channels of several pieces can be walked over in tiles of 16.
bool inTiles(std::int64_t channels) { return channels % 16 == 0; }
}  // namespace

Tensor convolve(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (tilesServe(x)) return tileConvolve(x, {}, weight, bias);
  return torch::conv2d(x, weight.to(x.scalar_type()), bias.defined() ? bias.to(x.scalar_type()) : bias, 1, weight.size(2) / 2);
}

Tensor convolveBoth(const Tensor& x, const Tensor& second, const Tensor& weight) {
  if (tilesServe(x) && inTiles(x.size(1))) return tileConvolve(x, second, weight, {});
  return convolve(torch::cat({x, second}, 1), weight);
}

/// As a 1x1 convolution whose four results a pixel are laid side by side.
Tensor doubled(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const std::int64_t in = weight.size(0), out = weight.size(1), n = x.size(0), h = x.size(2), w = x.size(3);
  const Tensor fours = weight.permute({2, 3, 1, 0}).reshape({4 * out, in, 1, 1}), offsets = bias.repeat({4});
  if (tilesServe(x) && inTiles(out)) return tileConvolve(x, {}, fours, offsets, TileOutput::Doubled);
  const Tensor four = convolve(x, fours, offsets).contiguous(torch::MemoryFormat::ChannelsLast);
  const Tensor spread =
      four.permute({0, 2, 3, 1}).reshape({n, h, w, 2, 2, out}).permute({0, 1, 3, 2, 4, 5}).reshape({n, 2 * h, 2 * w, out});
  return spread.permute({0, 3, 1, 2});
}

}  // namespace roundel::nn
