#include "models/generalists/sam2_preprocessing.h"

namespace roundel {

using torch::Tensor;

Tensor sam2Resized(const Tensor& picture) {
  return at::_upsample_bilinear2d_aa(picture.to(torch::kFloat).unsqueeze(0), {kSam2Frame, kSam2Frame}, false);
}

Tensor sam2Input(const Tensor& picture) {
  const auto options = picture.options().dtype(torch::kFloat);
  const Tensor mean = torch::tensor({0.485, 0.456, 0.406}, options).view({3, 1, 1});
  const Tensor deviation = torch::tensor({0.229, 0.224, 0.225}, options).view({3, 1, 1});
  return (sam2Resized(picture) - mean) / deviation;
}

Tensor sam2Places(const Tensor& places, std::int64_t height, std::int64_t width) {
  const Tensor size = torch::tensor({static_cast<float>(width), static_cast<float>(height)}, places.options().dtype(torch::kFloat));
  return places.to(torch::kFloat) / size * kSam2Frame;
}

Tensor sam2MaskLogits(const Tensor& lowRes, std::int64_t height, std::int64_t width) {
  return torch::upsample_bilinear2d(lowRes.to(torch::kFloat), {height, width}, false);
}

Tensor sam2MaskPrompt(const Tensor& lowRes) { return lowRes.clamp(-32, 32); }

}  // namespace roundel
