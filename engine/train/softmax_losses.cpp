#include "train/softmax_losses.h"

namespace roundel {
namespace {

using torch::Tensor;

constexpr float kLow = -1e9f;  // in place of minus infinity, whose gradient is no number

/// [B, K, ...] 1 where the labels allow an output.
Tensor allowedOutputs(const Tensor& labels, const Tensor& annotated) {
  const Tensor present = labels * annotated.view({annotated.size(0), annotated.size(1), 1, 1}).to(torch::kByte);
  const Tensor none = present.sum(1, true).eq(0);
  const Tensor open = none.logical_and(annotated.eq(0).view({annotated.size(0), annotated.size(1), 1, 1}));
  return torch::cat({none, present.ne(0).logical_or(open)}, 1);
}

}  // namespace

Tensor softmaxCrossEntropy(const Tensor& logits, const LossTarget& target) {
  const Tensor all = torch::log_softmax(logits.to(torch::kFloat), 1);
  const Tensor allowed = allowedOutputs(target.labels(), target.classWeight > 0);
  const Tensor entropy = -torch::logsumexp(torch::where(allowed, all, torch::full({}, kLow, all.options())), {1}, true);
  // A pixel at which every output is allowed says nothing.
  Tensor known = allowed.all(1, true).logical_not().to(torch::kFloat);
  if (target.ignored.defined()) known = known * (1 - target.ignored.to(torch::kFloat));
  return target.share.summed((entropy * known).sum()) / target.share.summed(known.sum()).clamp_min(1);
}

Tensor softmaxDice(const Tensor& logits, const LossTarget& target) {
  const Tensor annotated = (target.classWeight > 0).to(torch::kFloat);
  const Tensor labels = target.labels().to(torch::kFloat) * annotated.unsqueeze(2).unsqueeze(3);
  const Tensor complete = annotated.amin(1, true);
  const Tensor background = labels.sum(1, true).eq(0).to(torch::kFloat);
  Tensor known = torch::cat({complete, annotated}, 1).unsqueeze(2).unsqueeze(3);
  if (target.ignored.defined()) known = known * (1 - target.ignored.to(torch::kFloat));
  const Tensor terms =
      diceTerms(torch::softmax(logits.to(torch::kFloat), 1) * known, torch::cat({background, labels}, 1) * known, target.share);
  const Tensor counts = target.share.summed(torch::cat({complete, annotated}, 1).amax(0)).clamp_max(1);
  return (terms * counts).sum() / counts.sum().clamp_min(1);
}

}  // namespace roundel
