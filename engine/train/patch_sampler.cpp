#include "train/patch_sampler.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "core/random.h"
#include "nn/pass.h"

namespace roundel {
namespace {

using torch::Tensor;
using Place = std::array<std::int64_t, 3>;

/// Where a patch lies in its volume (it may reach beyond it), and how it is turned.
struct PatchDraw {
  Place origin{}, size{};
  std::int64_t quarters = 0;  ///< turns by 90 degrees
  std::int64_t flipAxis = 0;  ///< of the patch: 1 rows, 2 columns; 0: none
  double gain = 1, shift = 0, noise = 0;
};

/// A voxel of a class that is annotated and present; nothing where there is none.
std::optional<Place> foregroundVoxel(const CaseTensor& one, Random& random) {
  const Tensor classes = one.planes.narrow(0, 0, one.planes.size(0) - 1);
  const Tensor where = classes.ne(0).any(0).flatten().nonzero();
  if (where.size(0) == 0) return {};
  const std::int64_t flat = where[random.below(where.size(0))].item<std::int64_t>(), height = classes.size(2), width = classes.size(3);
  return Place{flat / (height * width), flat / width % height, flat % width};
}

PatchDraw drawPatch(const CaseTensor& one, const BatchRecipe& recipe, Random random) {
  const AugmentationOptions& options = recipe.augmentation;
  PatchDraw draw{.size = recipe.patch};
  if (options.turns) {
    draw.quarters = random.below(4);
    draw.flipAxis = 1 + random.below(2);
    if (draw.quarters % 2 == 1) std::swap(draw.size[1], draw.size[2]);
  }
  std::optional<Place> centre;
  if (random.uniform() < options.foreground) centre = foregroundVoxel(one, random);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t patch = draw.size[axis], side = one.image.size(static_cast<std::int64_t>(axis) + 1);
    const std::int64_t padding = side <= patch ? (patch - side) / 2 + 3 : 0, room = side + 2 * padding - patch;
    const std::int64_t uniform = random.below(room + (padding > 0 ? 0 : 1)) - padding;
    draw.origin[axis] = centre ? std::clamp((*centre)[axis] - patch / 2, -padding, room - padding) : uniform;
  }
  draw.gain = std::exp(0.3 * options.intensity * random.uniform(-1, 1));
  draw.shift = 0.3 * options.intensity * random.uniform(-1, 1);
  draw.noise = options.noise * random.uniform();
  return draw;
}

/// The patch of maps [C, D, H, W], with `outside` beyond the volume.
Tensor cut(const Tensor& maps, const PatchDraw& draw, double outside) {
  Tensor patch = maps;
  std::vector<std::int64_t> padding;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto at = static_cast<std::int64_t>(axis) + 1;
    const std::int64_t first = std::max<std::int64_t>(draw.origin[axis], 0);
    const std::int64_t last = std::min(draw.origin[axis] + draw.size[axis], maps.size(at));
    patch = patch.narrow(at, first, last - first);
    padding.insert(padding.begin(), {first - draw.origin[axis], draw.origin[axis] + draw.size[axis] - last});
  }
  patch = torch::constant_pad_nd(patch, padding, outside);
  if (draw.quarters > 0) patch = torch::rot90(patch, draw.quarters, {2, 3});
  if (draw.flipAxis > 0) patch = patch.flip(draw.flipAxis + 1);
  return patch;
}

/// A mirrored volume is one of the other side: classes become their mirrors.
Tensor withMirroredClasses(const Tensor& planes, std::int64_t classes, const std::vector<int>& mirror) {
  const Tensor flat = planes.narrow(0, 0, planes.size(0) - 1).flatten(1, 2).unsqueeze(0);
  const LossTarget target{.planes = flat, .classWeight = torch::ones({1, classes}), .ignored = {}};
  const std::vector<std::int64_t> order(mirror.begin(), mirror.end());
  const Tensor swapped = bitPlanes(target.labels().index_select(1, torch::tensor(order, torch::kLong).to(planes.device())));
  return torch::cat({swapped[0].view(planes.narrow(0, 0, planes.size(0) - 1).sizes()), planes.narrow(0, planes.size(0) - 1, 1)});
}

bool namesMirrors(const std::vector<int>& mirror) {
  for (std::size_t c = 0; c < mirror.size(); ++c)
    if (mirror[c] != static_cast<int>(c)) return true;
  return false;
}

}  // namespace

Batch makePatches(const CaseTensors& cases, const std::vector<std::int64_t>& indices, const BatchRecipe& recipe, const std::string& stream,
                  std::int64_t step) {
  const torch::NoGradGuard guard;
  std::vector<Tensor> images, planes, beliefs, weights;
  const auto [first, count] = recipe.share.of(static_cast<std::int64_t>(indices.size()));
  for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(first + count); ++i) {
    const CaseTensor& one = cases.volumes[static_cast<std::size_t>(indices[i])];
    const PatchDraw draw = drawPatch(one, recipe, Random(recipe.seed, stream, static_cast<std::uint64_t>(step), i));
    Tensor image = cut(one.image, draw, 0).to(recipe.device) * draw.gain + draw.shift;
    if (draw.noise > 0) {
      const std::uint64_t seed = Random(recipe.seed, stream + " noise", static_cast<std::uint64_t>(step), i).next();
      image = image + draw.noise * torch::randn(image.sizes(), nn::generatorOf(seed, recipe.device), image.options());
    }
    images.push_back(image);
    Tensor bits = cut(one.planes, draw, 0).to(recipe.device), weight = cases.classWeight[indices[i]].to(recipe.device);
    Tensor belief = cases.anyBeliefs ? cut(one.beliefs.to(torch::kFloat) / 255, draw, 0.5).to(recipe.device) : Tensor();
    if (draw.flipAxis > 0 && namesMirrors(recipe.mirror)) {
      bits = withMirroredClasses(bits, cases.classCount, recipe.mirror);
      const std::vector<std::int64_t> order(recipe.mirror.begin(), recipe.mirror.end());
      const Tensor swapped = torch::tensor(order, torch::kLong).to(recipe.device);
      weight = weight.index_select(0, swapped);
      if (belief.defined()) belief = belief.index_select(0, swapped);
    }
    planes.push_back(bits), weights.push_back(weight);
    if (belief.defined()) beliefs.push_back(belief);
  }
  LossTarget target = targetOf(torch::stack(planes), torch::stack(weights), cases.anyIgnored);
  target.share = recipe.share;
  return {.images = torch::stack(images),
          .target = std::move(target),
          .thetas = {},
          .beliefs = beliefs.empty() ? Tensor() : torch::stack(beliefs)};
}

}  // namespace roundel
