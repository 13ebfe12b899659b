#include "train/augmentation.h"

#include <array>
#include <cmath>

#include "core/random.h"
#include "nn/pass.h"
#include "train/patch_sampler.h"

namespace roundel {
namespace {

using torch::Tensor;

struct Draw {
  Tensor thetas;  // [B, 2, 3]
  std::vector<bool> flipped;
  Tensor gain, shift, gamma;  // [B]
  Tensor noise, sigma;        // [B]
};

Draw draw(std::int64_t first, std::int64_t count, const AugmentationOptions& options, std::uint64_t seed, const std::string& stream,
          std::int64_t step) {
  Draw result;
  result.thetas = torch::empty({count, 2, 3}, torch::kDouble);
  const auto column = [&] { return torch::empty({count}, torch::kFloat); };
  result.gain = column(), result.shift = column(), result.gamma = column(), result.noise = column(), result.sigma = column();
  for (std::int64_t i = 0; i < count; ++i) {
    const auto sample = static_cast<std::uint64_t>(first + i);
    Random random(seed, stream, static_cast<std::uint64_t>(step), sample);
    double* theta = result.thetas.mutable_data_ptr<double>() + i * 6;
    for (int entry = 0; entry < 6; ++entry) theta[entry] = (entry == 0 || entry == 4 ? 1.0 : 0.0) + options.affine * random.normal();
    // Two views of one sample are flipped alike: whoever compares them need not know of mirrored classes.
    Random flips(seed, "flip", static_cast<std::uint64_t>(step), sample);
    result.flipped.push_back(flips.uniform() < options.flip);
    if (result.flipped.back()) theta[0] = -theta[0], theta[3] = -theta[3];  // x of the output turned round
    const auto set = [&](Tensor& values, double value) { values.mutable_data_ptr<float>()[i] = static_cast<float>(value); };
    set(result.gain, std::exp(0.3 * options.intensity * random.uniform(-1, 1)));
    set(result.shift, 0.3 * options.intensity * random.uniform(-1, 1));
    set(result.gamma, std::exp(0.4 * options.intensity * random.uniform(-1, 1)));
    set(result.noise, options.noise * random.uniform());
    set(result.sigma, options.blur * random.uniform());
  }
  return result;
}

Tensor gridOf(const Tensor& thetas, const Tensor& like) {
  return torch::affine_grid_generator(thetas.to(like.device(), torch::kFloat), {like.size(0), 1, like.size(2), like.size(3)}, false);
}

/// Nearest-neighbour warp of bytes: the bit planes of eight classes move together.
Tensor warpedNearest(const Tensor& planes, const Tensor& grid) {
  const std::int64_t height = planes.size(2), width = planes.size(3);
  const Tensor x = ((grid.select(3, 0) + 1) * (0.5 * static_cast<double>(width)) - 0.5).round();
  const Tensor y = ((grid.select(3, 1) + 1) * (0.5 * static_cast<double>(height)) - 0.5).round();
  const Tensor inside = (x >= 0).logical_and(x < width).logical_and(y >= 0).logical_and(y < height);
  const Tensor index = (y.clamp(0, height - 1) * width + x.clamp(0, width - 1)).to(torch::kLong);
  const Tensor flat = index.view({planes.size(0), 1, height * width}).expand({-1, planes.size(1), -1});
  const Tensor moved = planes.view({planes.size(0), planes.size(1), height * width}).gather(2, flat).view(planes.sizes());
  return moved * inside.unsqueeze(1).to(torch::kByte);
}

/// Gaussian blur, each picture with its own sigma; a sigma near 0 leaves it as it is.
Tensor blurred(const Tensor& images, const Tensor& sigma, double largest) {
  const std::int64_t radius = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(3 * largest)));
  const Tensor distance = torch::arange(-radius, radius + 1, images.options());
  const Tensor width = sigma.to(images.device()).clamp_min(1e-3).view({-1, 1});
  Tensor kernel = torch::exp(-0.5 * (distance.view({1, -1}) / width).square());
  kernel = kernel / kernel.sum(1, true);
  const std::int64_t count = images.size(0);
  const Tensor together = torch::replication_pad2d(images.transpose(0, 1), {radius, radius, radius, radius});
  const std::array<std::int64_t, 2> oneEach{1, 1}, noneEach{0, 0};
  const at::IntArrayRef one(oneEach), none(noneEach);
  const Tensor across = torch::conv2d(together, kernel.view({count, 1, 1, -1}), {}, one, none, one, count);
  return torch::conv2d(across, kernel.view({count, 1, -1, 1}), {}, one, none, one, count).transpose(0, 1).contiguous();
}

Tensor varied(Tensor images, const Draw& drawn, const BatchRecipe& recipe, const nn::BatchRows& rows, const std::string& stream,
              std::int64_t step) {
  const AugmentationOptions& options = recipe.augmentation;
  const Normalisation& normalisation = recipe.normalisation;
  const auto perImage = [&](const Tensor& values) { return values.to(images.device()).view({-1, 1, 1, 1}); };
  if (options.blur > 0) images = blurred(images, drawn.sigma, options.blur);
  if (options.intensity > 0) {
    const Tensor grey = (images * normalisation.deviation + normalisation.mean).clamp(0, 1).pow(perImage(drawn.gamma));
    images = (grey - normalisation.mean) / normalisation.deviation * perImage(drawn.gain) + perImage(drawn.shift);
  }
  if (options.noise > 0) {
    const auto generator =
        nn::generatorOf(Random(recipe.seed, stream + " noise", static_cast<std::uint64_t>(step)).next(), images.device());
    const auto noise = [&](torch::IntArrayRef all) { return torch::randn(all, generator, images.options()); };
    images = images + rows.drawn(images.sizes(), noise) * perImage(drawn.noise);
  }
  return images;
}

}  // namespace

Tensor warped(const Tensor& maps, const Tensor& thetas) { return torch::grid_sampler_2d(maps, gridOf(thetas, maps), 0, 0, false); }

Tensor inverted(const Tensor& thetas) {
  const Tensor linear = thetas.narrow(2, 0, 2), offset = thetas.narrow(2, 2, 1);
  const Tensor inverse = torch::linalg_inv(linear);
  return torch::cat({inverse, -torch::bmm(inverse, offset)}, 2);
}

namespace {

/// Channel c of a mirrored picture is the class whose mirror is c: mirrors are pairs, so the order is its own inverse.
void swapMirrored(Batch& batch, const std::vector<bool>& flipped, const std::vector<int>& mirror) {
  const torch::Device device = batch.images.device();
  const std::vector<std::int64_t> order(mirror.begin(), mirror.end());
  const Tensor swapped = torch::tensor(order, torch::kLong).to(device);
  std::vector<std::uint8_t> bytes(flipped.begin(), flipped.end());
  const Tensor flips = torch::tensor(bytes, torch::kByte).to(device).to(torch::kBool);
  LossTarget& target = batch.target;
  target.planes = torch::where(flips.view({-1, 1, 1, 1}), bitPlanes(target.labels().index_select(1, swapped)), target.planes);
  target.classWeight = torch::where(flips.view({-1, 1}), target.classWeight.index_select(1, swapped), target.classWeight);
  if (batch.beliefs.defined())
    batch.beliefs = torch::where(flips.view({-1, 1, 1, 1}), batch.beliefs.index_select(1, swapped), batch.beliefs);
}

}  // namespace

Batch makeBatch(const CaseTensors& cases, const std::vector<std::int64_t>& indices, const BatchRecipe& recipe, const std::string& stream,
                std::int64_t step) {
  if (cases.ofVolumes()) return makePatches(cases, indices, recipe, stream, step);
  const torch::NoGradGuard guard;
  const AugmentationOptions& options = recipe.augmentation;
  const auto whole = static_cast<std::int64_t>(indices.size());
  const Tensor chosen = torch::tensor(recipe.share.ownOf(indices), torch::kLong).to(cases.images.device());
  const auto taken = [&](const Tensor& all) { return all.index_select(0, chosen).to(recipe.device); };
  Batch batch{.images = taken(cases.images), .target = {}, .thetas = {}, .beliefs = {}};
  Tensor planes = taken(cases.planes);
  // Less one half: what lies outside a warped picture is not known.
  Tensor beliefs = cases.beliefs.defined() ? taken(cases.beliefs).to(torch::kFloat) / 255 - 0.5 : Tensor();
  const Draw drawn = draw(recipe.share.of(whole).first, batch.images.size(0), options, recipe.seed, stream, step);
  if (options.affine > 0 || options.flip > 0) {
    const Tensor grid = gridOf(drawn.thetas, batch.images);
    batch.images = torch::grid_sampler_2d(batch.images, grid, 0, 0, false);
    planes = warpedNearest(planes, grid);
    if (beliefs.defined()) beliefs = torch::grid_sampler_2d(beliefs, grid, 0, 0, false);
  }
  batch.images = varied(batch.images, drawn, recipe, recipe.share.rows({whole}), stream, step);
  batch.target = targetOf(planes, taken(cases.classWeight), cases.anyIgnored);
  batch.target.share = recipe.share;
  batch.thetas = drawn.thetas;
  if (beliefs.defined()) batch.beliefs = beliefs + 0.5;
  if (options.flip > 0) swapMirrored(batch, drawn.flipped, recipe.mirror);
  return batch;
}

Batch joined(const Batch& first, const Batch& second) {
  const auto both = [](const Tensor& a, const Tensor& b) { return a.defined() && b.defined() ? torch::cat({a, b}) : Tensor(); };
  const auto ignoredOf = [](const Batch& batch) {
    if (batch.target.ignored.defined()) return batch.target.ignored;
    return torch::zeros_like(batch.target.planes.narrow(1, 0, 1));
  };
  const bool ignores = first.target.ignored.defined() || second.target.ignored.defined();
  return {.images = torch::cat({first.images, second.images}),
          .target = {.planes = torch::cat({first.target.planes, second.target.planes}),
                     .classWeight = torch::cat({first.target.classWeight, second.target.classWeight}),
                     .ignored = ignores ? torch::cat({ignoredOf(first), ignoredOf(second)}) : Tensor()},
          .thetas = both(first.thetas, second.thetas),
          .beliefs = both(first.beliefs, second.beliefs)};
}

}  // namespace roundel
