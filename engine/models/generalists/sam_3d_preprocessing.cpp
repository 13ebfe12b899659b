#include "models/generalists/sam_3d_preprocessing.h"

#include <cmath>

#include "core/error.h"

namespace roundel {

using torch::Tensor;

namespace {

struct Moments {
  double mean = 0, deviation = 0;
  std::int64_t count = 0;
};

/// Of the values that `counts` chooses; the deviation with n - 1, as torch has it.
template <class Choice>
Moments momentsOf(const std::vector<float>& values, const Choice& counts) {
  Moments result;
  double sum = 0, squares = 0;
  for (const float value : values)
    if (counts(value)) {
      sum += value;
      ++result.count;
    }
  if (result.count == 0) return result;
  result.mean = sum / static_cast<double>(result.count);
  for (const float value : values)
    if (counts(value)) squares += (value - result.mean) * (value - result.mean);
  if (result.count > 1) result.deviation = std::sqrt(squares / static_cast<double>(result.count - 1));
  return result;
}

void normalise(std::vector<float>& values, const Moments& moments) {
  const double scale = moments.deviation > 0 ? 1 / moments.deviation : 0;
  for (float& value : values) value = static_cast<float>((value - moments.mean) * scale);
}

void replaceBeyond(std::vector<float>& values) {
  for (float& value : values)
    if (std::isnan(value)) value = 0;
}

}  // namespace

VolumeNormalisation volumeNormalisation(const std::string& name) {
  if (name == "upstream") return VolumeNormalisation::Upstream;
  if (name == "crop") return VolumeNormalisation::Crop;
  if (name == "none") return VolumeNormalisation::None;
  throw Error(ErrorKind::Usage, "bad-parameter", "There is no normalisation named " + name + ".");
}

Tensor sam3dInput(std::vector<float> cube, std::int64_t side, VolumeNormalisation normalisation) {
  if (normalisation == VolumeNormalisation::Upstream) {
    replaceBeyond(cube);
    Moments moments = momentsOf(cube, [](float value) { return value > 0; });
    if (moments.count == 0) moments = momentsOf(cube, [](float) { return true; });
    normalise(cube, moments);
  } else {
    if (normalisation == VolumeNormalisation::Crop) normalise(cube, momentsOf(cube, [](float value) { return !std::isnan(value); }));
    replaceBeyond(cube);
  }
  return torch::tensor(cube).view({1, 1, side, side, side});
}

Tensor sam3dMaskLogits(const Tensor& lowRes, std::int64_t side) {
  return torch::upsample_trilinear3d(lowRes.to(torch::kFloat), {side, side, side}, false);
}

Tensor sam3dGlobalFeature(const Tensor& embedding) {
  const Tensor mean = embedding.to(torch::kFloat).mean({2, 3, 4});
  return mean / mean.norm(2, {1}, true).clamp_min(1e-12);
}

}  // namespace roundel
