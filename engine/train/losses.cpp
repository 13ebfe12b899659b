#include "train/losses.h"

namespace roundel {
namespace {

using torch::Tensor;

constexpr double kSmooth = 1e-5;

/// [B, C, 1, 1] or [B, C, H, W]: the class weight where an element is known, 0 elsewhere.
Tensor elementWeights(const LossTarget& target) {
  const Tensor weights = target.classWeight.unsqueeze(2).unsqueeze(3);
  return target.ignored.defined() ? weights * (1 - target.ignored.to(torch::kFloat)) : weights;
}

/// Sums over batch and space: [C].
Tensor overClass(const Tensor& values) {
  const Tensor perClass = values.transpose(0, 1);
  return perClass.reshape({perClass.size(0), -1}).sum(1);
}

}  // namespace

Tensor LossTarget::labels() const {
  const Tensor bits = torch::tensor({1, 2, 4, 8, 16, 32, 64, 128}, planes.options().dtype(torch::kByte)).view({1, 1, 8, 1, 1});
  const Tensor set = planes.unsqueeze(2).bitwise_and(bits).ne(0).to(torch::kByte);
  return set.view({planes.size(0), planes.size(1) * 8, planes.size(2), planes.size(3)}).narrow(1, 0, classWeight.size(1));
}

LossTarget asPictures(const LossTarget& target) {
  return {.planes = asPictures(target.planes),
          .classWeight = target.classWeight,
          .ignored = target.ignored.defined() ? asPictures(target.ignored) : target.ignored,
          .share = target.share};
}

Tensor bitPlanes(const Tensor& labels) {
  const std::int64_t classes = labels.size(1), planes = (classes + 7) / 8;
  const Tensor whole = torch::zeros({labels.size(0), planes * 8, labels.size(2), labels.size(3)}, labels.options());
  whole.narrow(1, 0, classes).copy_(labels);
  const Tensor bits = torch::tensor({1, 2, 4, 8, 16, 32, 64, 128}, labels.options()).view({1, 1, 8, 1, 1});
  return (whole.view({labels.size(0), planes, 8, labels.size(2), labels.size(3)}) * bits).sum(2, false, torch::kByte);
}

Tensor binaryCrossEntropy(const Tensor& logits, const LossTarget& target, const Tensor& posWeight) {
  const Tensor weights = elementWeights(target);
  const Tensor element = torch::binary_cross_entropy_with_logits(logits.to(torch::kFloat), target.labels().to(torch::kFloat), {},
                                                                 posWeight.view({1, -1, 1, 1}), at::Reduction::None);
  const double pixels = static_cast<double>(logits.size(2) * logits.size(3)) / static_cast<double>(weights.size(2) * weights.size(3));
  const Tensor known = target.share.summed((weights > 0).sum(torch::kDouble) * pixels);
  return target.share.summed((element * weights).sum()) / known.clamp_min(1).to(torch::kFloat);
}

Tensor diceTerms(const Tensor& probabilities, const Tensor& labels, const BatchShare& share) {
  const Tensor intersection = share.summed(overClass(probabilities * labels));
  const Tensor total = share.summed(overClass(probabilities * probabilities) + overClass(labels * labels));
  return 1 - (2 * intersection + kSmooth) / (total + kSmooth);
}

Tensor diceLoss(const Tensor& probabilities, const Tensor& labels, const Tensor& weights, const BatchShare& share) {
  const Tensor terms = diceTerms(probabilities, labels, share);
  return (weights.defined() ? terms * weights : terms).mean();
}

Tensor knownDiceLoss(const Tensor& logits, const LossTarget& target) {
  const Tensor known = (elementWeights(target) > 0).to(torch::kFloat);
  const Tensor terms = diceTerms(torch::sigmoid(logits.to(torch::kFloat)) * known, target.labels().to(torch::kFloat) * known, target.share);
  // A class counts with the mean weight of the cases that know it.
  const Tensor annotated = target.share.summed((target.classWeight > 0).to(torch::kFloat).sum(0));
  const Tensor weight = target.share.summed(target.classWeight.sum(0)) / annotated.clamp_min(1);
  return (terms * weight).sum() / (annotated > 0).to(torch::kFloat).sum().clamp_min(1);
}

}  // namespace roundel
