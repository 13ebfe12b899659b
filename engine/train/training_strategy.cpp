#include "train/training_strategy.h"

#include <cmath>
#include <numeric>

#include "core/random.h"
#include "train/segmentation_loss.h"
#include "train/softmax_losses.h"

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

/// Every so many-th pixel, so that the target has the size of coarser logits.
LossTarget thinnedTo(const LossTarget& target, const torch::Tensor& logits) {
  const auto thinned = [&](torch::Tensor maps) {
    for (std::int64_t axis = 2; maps.defined() && axis < maps.dim(); ++axis)
      if (const std::int64_t factor = maps.size(axis) / logits.size(axis); factor > 1) maps = maps.slice(axis, factor / 2, {}, factor);
    return maps;
  };
  return {.planes = thinned(target.planes), .classWeight = target.classWeight, .ignored = thinned(target.ignored), .share = target.share};
}

SegmentationLoss lossOfHead(const TrainingContext& context, const torch::Tensor& logits, const LossTarget& target) {
  const torch::Tensor flat = asPictures(logits);
  const LossTarget level = asPictures(thinnedTo(target, logits));
  if (context.form() == OutputForm::Softmax) return {softmaxCrossEntropy(flat, level), softmaxDice(flat, level)};
  return segmentationLoss(flat, level, context.posWeight);
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

nn::Pass TrainingContext::pass(const std::string& name, std::int64_t step, std::initializer_list<std::int64_t> streams) const {
  return nn::Pass::learning(Random(recipe.seed, "pass " + name, static_cast<std::uint64_t>(step)).next(), recipe.device,
                            recipe.share.rows(streams));
}

void addTerm(StepLoss& loss, const std::string& name, const torch::Tensor& value, double weight) {
  loss.terms.emplace_back(name, value);
  loss.total = loss.total.defined() ? loss.total + weight * value : weight * value;
}

StepLoss supervisedLoss(const TrainingContext& context, const std::vector<torch::Tensor>& heads, const LossTarget& target,
                        HeadWeights weights) {
  const double bceWeight = context.params.at("bce_weight").get<double>(), diceWeight = context.params.at("dice_weight").get<double>();
  const auto share = [&](std::size_t i) { return weights == HeadWeights::Equal ? 1.0 : std::ldexp(1.0, -static_cast<int>(i)); };
  double norm = 0;
  for (std::size_t i = 0; i < heads.size(); ++i) norm += share(i);
  torch::Tensor entropy, dice;
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const double weight = share(i) / norm;
    const auto add = [&](torch::Tensor& sum, const torch::Tensor& term) { sum = sum.defined() ? sum + weight * term : weight * term; };
    const SegmentationLoss both = lossOfHead(context, heads[i], target);
    if (bceWeight > 0) add(entropy, both.entropy);
    if (diceWeight > 0) add(dice, both.dice);
  }
  StepLoss loss;
  if (entropy.defined()) addTerm(loss, context.form() == OutputForm::Softmax ? "ce" : "bce", entropy, bceWeight);
  if (dice.defined()) addTerm(loss, "dice", dice, diceWeight);
  return loss;
}

}  // namespace roundel
