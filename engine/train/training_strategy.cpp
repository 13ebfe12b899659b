#include "train/training_strategy.h"

#include <cmath>
#include <numeric>

#include "core/random.h"
#include "train/segmentation_loss.h"

namespace roundel {
namespace {

std::vector<std::int64_t> shuffled(std::int64_t cases, std::uint64_t seed, std::int64_t epoch) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(cases));
  std::iota(order.begin(), order.end(), 0);
  Random random(seed, "shuffle", static_cast<std::uint64_t>(epoch));
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);
  return order;
}

LossTarget coarser(const LossTarget& target, std::int64_t factor) {
  const auto thinned = [&](const torch::Tensor& maps) {
    return maps.defined() ? maps.slice(2, factor / 2, {}, factor).slice(3, factor / 2, {}, factor) : maps;
  };
  return {.planes = thinned(target.planes), .classWeight = target.classWeight, .ignored = thinned(target.ignored)};
}

}  // namespace

std::vector<std::int64_t> batchIndices(const Params& params, std::int64_t cases, std::uint64_t seed, std::int64_t step) {
  const std::int64_t batch = params.at("batch").get<std::int64_t>();
  std::vector<std::int64_t> indices;
  if (params.at("sampling") == "bootstrap") {
    for (std::int64_t sample = 0; sample < batch; ++sample)
      indices.push_back(Random(seed, "batch", static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(sample)).below(cases));
    return indices;
  }
  if (cases >= batch) {
    const std::int64_t perEpoch = cases / batch;
    const auto order = shuffled(cases, seed, step / perEpoch);
    const auto first = order.begin() + step % perEpoch * batch;
    return {first, first + batch};
  }
  for (std::int64_t i = step * batch; i < (step + 1) * batch; ++i)
    indices.push_back(shuffled(cases, seed, i / cases)[static_cast<std::size_t>(i % cases)]);
  return indices;
}

std::vector<std::int64_t> mixedIndices(const Params& params, std::int64_t labelled, std::int64_t cases, std::uint64_t seed,
                                       std::int64_t step) {
  const double share = params.at("labelled_share").get<double>();
  if (share <= 0 || labelled == 0 || labelled == cases) return batchIndices(params, cases, seed, step);
  const std::int64_t batch = params.at("batch").get<std::int64_t>();
  const auto upTo = [&](std::int64_t drawn) { return std::floor(share * static_cast<double>(drawn)); };  // of them, from true labels
  std::vector<std::int64_t> indices;
  for (std::int64_t sample = 0; sample < batch; ++sample) {
    Random random(seed, "batch", static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(sample));
    indices.push_back(upTo(step * batch + sample + 1) > upTo(step * batch + sample) ? random.below(labelled)
                                                                                    : labelled + random.below(cases - labelled));
  }
  return indices;
}

StepLoss supervisedLoss(const TrainingContext& context, const std::vector<torch::Tensor>& heads, const LossTarget& target) {
  const double bceWeight = context.params.at("bce_weight").get<double>(), diceWeight = context.params.at("dice_weight").get<double>();
  double norm = 0;
  for (std::size_t i = 0; i < heads.size(); ++i) norm += std::ldexp(1.0, -static_cast<int>(i));
  torch::Tensor entropy, dice;
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const double weight = std::ldexp(1.0, -static_cast<int>(i)) / norm;
    const LossTarget level = i == 0 ? target : coarser(target, std::int64_t{1} << i);
    const auto add = [&](torch::Tensor& sum, const torch::Tensor& term) { sum = sum.defined() ? sum + weight * term : weight * term; };
    const SegmentationLoss both = segmentationLoss(heads[i], level, context.posWeight);
    if (bceWeight > 0) add(entropy, both.entropy);
    if (diceWeight > 0) add(dice, both.dice);
  }
  StepLoss loss;
  if (entropy.defined()) loss.terms.emplace_back("bce", entropy);
  if (dice.defined()) loss.terms.emplace_back("dice", dice);
  loss.total = entropy.defined() ? bceWeight * entropy : torch::Tensor();
  if (dice.defined()) loss.total = loss.total.defined() ? loss.total + diceWeight * dice : diceWeight * dice;
  return loss;
}

NamedParameters parametersOf(SpecialistNetwork& network) {
  NamedParameters parameters;
  for (const auto& entry : network.module().named_parameters()) parameters.emplace_back(entry.key(), entry.value());
  return parameters;
}

}  // namespace roundel
