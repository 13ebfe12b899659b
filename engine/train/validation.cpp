#include "train/validation.h"

#include "models/sliding_window.h"

namespace roundel {
namespace {

using torch::Tensor;

struct Tally {
  double sum = 0, count = 0;

  /// `predicted` [B, C, H, W] uint8.
  void add(Tensor predicted, const LossTarget& target) {
    Tensor truth = target.labels();
    if (target.ignored.defined()) {
      predicted = predicted * (1 - target.ignored);
      truth = truth * (1 - target.ignored);
    }
    const Tensor present = truth.sum({2, 3}).to(torch::kDouble);
    const Tensor overlap = (predicted * truth).sum({2, 3}).to(torch::kDouble), found = predicted.sum({2, 3}).to(torch::kDouble);
    const Tensor counts = (present > 0).logical_and(target.classWeight > 0).to(torch::kDouble);
    sum += (2 * overlap / (present + found).clamp_min(1) * counts).sum().item<double>();
    count += counts.sum().item<double>();
  }
};

Tensor predictedVolume(const SpecialistNetwork& network, const Tensor& image, const BatchRecipe& recipe, torch::ScalarType type,
                       std::int64_t batch) {
  SlidingWindow windows{.patch = recipe.patch, .weights = WindowWeights::Uniform, .batch = batch};
  const auto answer = [&](const Tensor& seen) { return torch::sigmoid(network.forward(seen.to(recipe.device, type)).to(torch::kFloat)); };
  return (slidOver(image, windows, answer) > 0.5).to(torch::kByte).flatten(1, 2).unsqueeze(0);
}

}  // namespace

double validationDice(const SpecialistNetwork& network, const CaseTensors& cases, const BatchRecipe& recipe, torch::ScalarType type,
                      std::int64_t batch) {
  const torch::NoGradGuard guard;
  Tally tally;
  for (std::size_t i = 0; i < cases.volumes.size(); ++i) {
    const Tensor planes = cases.volumes[i].planes.cpu().flatten(1, 2).unsqueeze(0);
    tally.add(predictedVolume(network, cases.volumes[i].image, recipe, type, batch),
              targetOf(planes, cases.classWeight.narrow(0, static_cast<std::int64_t>(i), 1).cpu(), cases.anyIgnored));
  }
  for (std::int64_t first = 0; !cases.ofVolumes() && first < cases.size(); first += batch) {
    const std::int64_t many = std::min(batch, cases.size() - first);
    const auto part = [&](const Tensor& all) { return all.narrow(0, first, many).to(recipe.device); };
    const LossTarget target = targetOf(part(cases.planes), part(cases.classWeight), cases.anyIgnored);
    tally.add((network.forward(part(cases.images).to(type)) > 0).to(torch::kByte), target);
  }
  return tally.count > 0 ? tally.sum / tally.count : -1;
}

}  // namespace roundel
