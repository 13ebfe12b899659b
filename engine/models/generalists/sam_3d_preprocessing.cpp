#include "models/generalists/sam_3d_preprocessing.h"

namespace roundel {

using torch::Tensor;

Tensor sam3dMaskLogits(const Tensor& lowRes, std::int64_t side) {
  return torch::upsample_trilinear3d(lowRes.to(torch::kFloat), {side, side, side}, false);
}

Tensor sam3dGlobalFeature(const Tensor& embedding) {
  const Tensor mean = embedding.to(torch::kFloat).mean({2, 3, 4});
  return mean / mean.norm(2, {1}, true).clamp_min(1e-12);
}

}  // namespace roundel
