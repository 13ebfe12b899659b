#include "models/generalists/sam_preprocessing.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "raster/byte_resize.h"

namespace roundel {
namespace {

using torch::Tensor;

/// Of the red, green and blue values 0 ... 255 of natural images.
constexpr std::array<float, 3> kMean = {123.675F, 116.28F, 103.53F};
constexpr std::array<float, 3> kDeviation = {58.395F, 57.12F, 57.375F};

Tensor bilinear(const Tensor& x, std::int64_t height, std::int64_t width) {
  return torch::upsample_bilinear2d(x, {height, width}, /*align_corners=*/false);
}

bool isMinMax(SamNormalisation normalisation) {
  return normalisation == SamNormalisation::MinMaxSkimage || normalisation == SamNormalisation::MinMaxOpenCv;
}

/// Cells on the pixels [start, start + length) of a frame.
GridCells cellsOn(std::int64_t start, std::int64_t length, std::int64_t side, std::int64_t grid) {
  const auto nearest = [&](std::int64_t pixel) { return (pixel * grid + side / 2) / side; };
  const std::int64_t first = std::min(nearest(start), grid - 1);
  return {.first = first, .count = std::max<std::int64_t>(1, nearest(start + length) - first)};
}

}  // namespace

GridCells SamPlacement::columns(std::int64_t grid) const { return cellsOn(left, width, side, grid); }

GridCells SamPlacement::rows(std::int64_t grid) const { return cellsOn(top, height, side, grid); }

SamPreprocessing samPreprocessing(const std::string& network) {
  if (network == "medsam") return {.framing = SamFraming::Stretched, .normalisation = SamNormalisation::MinMaxSkimage};
  if (network == "sam_med2d_vit_b_256")
    return {.framing = SamFraming::Centred, .normalisation = SamNormalisation::NearestDeviation, .side = 256};
  return {};
}

SamPlacement samPlacement(int imageWidth, int imageHeight, const SamPreprocessing& preprocessing) {
  if (imageWidth < 1 || imageHeight < 1) throw Error(ErrorKind::BadInput, "bad-image", "A picture without pixels cannot be segmented.");
  const int side = preprocessing.side;
  SamPlacement placement{.imageWidth = imageWidth, .imageHeight = imageHeight, .width = side, .height = side, .side = side};
  if (preprocessing.framing == SamFraming::Centred && imageWidth < side && imageHeight < side) {
    placement.width = imageWidth;
    placement.height = imageHeight;
    placement.left = (side - imageWidth) / 2;
    placement.top = (side - imageHeight) / 2;
  }
  if (preprocessing.framing != SamFraming::LongestSide) return placement;
  const double scale = static_cast<double>(side) / std::max(imageWidth, imageHeight);
  placement.width = std::clamp(static_cast<int>(imageWidth * scale + 0.5), 1, side);
  placement.height = std::clamp(static_cast<int>(imageHeight * scale + 0.5), 1, side);
  return placement;
}

ByteImage greyBytes(const Image& image) {
  ByteImage bytes{static_cast<int>(image.width()), static_cast<int>(image.height()), 1, {}};
  bytes.values.reserve(image.values.size());
  for (const float value : image.values) bytes.values.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0F, 1.0F) * 255.0F + 0.5F));
  return bytes;
}

ByteImage samResized(const ByteImage& image, const SamPlacement& placement, const SamPreprocessing& preprocessing) {
  switch (preprocessing.normalisation) {
    case SamNormalisation::MeanAndDeviation: break;
    case SamNormalisation::NearestDeviation: return resizedLikeOpenCvNearest(image, placement.width, placement.height);
    case SamNormalisation::MinMaxSkimage: return resizedLikeSkimageCubic(image, placement.width, placement.height);
    case SamNormalisation::MinMaxOpenCv: return resizedLikeOpenCvCubic(image, placement.width, placement.height);
  }
  return resizedLikePillow(image, placement.width, placement.height);
}

Tensor samInput(const ByteImage& image, const SamPlacement& placement, const SamPreprocessing& preprocessing) {
  const ByteImage resized = samResized(image, placement, preprocessing);
  if (resized.channels != 1 && resized.channels != 3)
    throw Error(ErrorKind::Defect, "bad-image", "A segment-anything model sees grey pictures or red, green and blue.");
  const auto bytes =
      torch::from_blob(const_cast<std::uint8_t*>(resized.values.data()), {resized.height, resized.width, resized.channels}, torch::kUInt8);
  const Tensor values = bytes.permute({2, 0, 1}).to(torch::kFloat).expand({3, -1, -1});
  Tensor input = torch::zeros({1, 3, placement.side, placement.side});
  const Tensor place = input[0].narrow(1, placement.top, resized.height).narrow(2, placement.left, resized.width);
  if (isMinMax(preprocessing.normalisation)) {
    const double lowest = values.min().item<double>(), highest = values.max().item<double>();
    place.copy_((values - lowest) / std::max(highest - lowest, 1e-8));
  } else {
    place.copy_((values - torch::tensor(at::ArrayRef<float>(kMean)).view({3, 1, 1})) /
                torch::tensor(at::ArrayRef<float>(kDeviation)).view({3, 1, 1}));
  }
  return input;
}

Tensor samMaskLogits(const Tensor& lowRes, const SamPlacement& placement) {
  const Tensor frame = bilinear(lowRes, placement.side, placement.side);
  const Tensor inFrame = frame.narrow(2, placement.top, placement.height).narrow(3, placement.left, placement.width);
  return bilinear(inFrame, placement.imageHeight, placement.imageWidth);
}

Tensor medSamProbabilities(const Tensor& lowRes, const SamPlacement& placement) {
  return bilinear(torch::sigmoid(lowRes), placement.imageHeight, placement.imageWidth);
}

Tensor stabilityScore(const Tensor& logits, double offset) {
  const Tensor sure = logits.gt(offset).sum({2, 3}).to(torch::kFloat), possible = logits.gt(-offset).sum({2, 3}).to(torch::kFloat);
  return torch::where(possible.gt(0), sure / possible, torch::ones_like(sure));
}

}  // namespace roundel
