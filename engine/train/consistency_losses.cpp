#include "train/consistency_losses.h"

#include <cmath>
#include <numbers>

namespace roundel {

using torch::Tensor;

Tensor entropyOf(const Tensor& probabilities, OutputForm form, double floor) {
  const auto term = [floor](const Tensor& p) { return -p * torch::log(p + floor); };
  if (form == OutputForm::Softmax) return term(probabilities).sum(1, true);
  return term(probabilities) + term(1 - probabilities);
}

double largestEntropy(OutputForm form, std::int64_t outputs) {
  return form == OutputForm::Softmax ? std::log(static_cast<double>(outputs)) : std::numbers::ln2;
}

Tensor certainMask(const Tensor& meanProbabilities, OutputForm form, double ramp) {
  const double threshold = (0.75 + 0.25 * ramp) * largestEntropy(form, meanProbabilities.size(1));
  return (entropyOf(meanProbabilities, form) < threshold).to(torch::kFloat);
}

Tensor maskedSquares(const Tensor& student, const Tensor& teacher, const Tensor& mask, const BatchShare& share) {
  const double perMask = static_cast<double>(student.size(1)) / static_cast<double>(mask.size(1));
  return share.summed((mask * (student - teacher).square()).sum()) / (perMask * share.summed(mask.sum()) + 1e-16);
}

PyramidConsistency pyramidConsistency(const std::vector<Tensor>& logits, OutputForm form, const BatchShare& share) {
  // Logarithms of probabilities: of all outputs for softmax; of yes and no, side by side, for a class on its own.
  std::vector<Tensor> logarithms;
  for (const Tensor& one : logits) {
    const Tensor x = one.to(torch::kFloat);
    logarithms.push_back(form == OutputForm::Softmax ? torch::log_softmax(x, 1)
                                                     : torch::stack({torch::log_sigmoid(x), torch::log_sigmoid(-x)}, 1));
  }
  const double count = static_cast<double>(logits.size());
  const Tensor logMean = torch::logsumexp(torch::stack(logarithms), {0}) - std::log(count), mean = logMean.exp();
  PyramidConsistency result;
  for (const Tensor& one : logarithms) {
    const Tensor divergence = (mean * (logMean - one)).sum(1, form == OutputForm::Softmax);
    const Tensor weight = torch::exp(-divergence);
    const Tensor difference = form == OutputForm::Softmax ? mean - one.exp() : (mean - one.exp()).select(1, 0);
    result.each.push_back(share.mean(difference.square() * weight) / (share.mean(weight) + 1e-8) + share.mean(divergence));
    result.variance.push_back(divergence);
  }
  result.loss = torch::stack(result.each).mean();
  return result;
}

Tensor maskOfDistance(const Tensor& distance) { return torch::sigmoid(-1500 * distance.to(torch::kFloat)); }

}  // namespace roundel
