#include "train/segmentation_loss.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

namespace roundel {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

constexpr double kSmooth = 1e-5;        // as in losses.cpp
constexpr std::int64_t kStretch = 4096;  // pixels summed in float before they are added in double

/// What one class of one case adds to the sums.
struct PlaneSums {
  double entropy = 0, intersection = 0, squares = 0, labels = 0;
};

PlaneSums planeSums(const float* x, const float* p, const float* minusSoftplus, const std::uint8_t* y, const std::uint8_t* ignored, std::int64_t pixels,
                    float posWeight) {
  PlaneSums sums;
  for (std::int64_t first = 0; first < pixels; first += kStretch) {
    const std::int64_t last = std::min(pixels, first + kStretch);
    float entropy = 0, intersection = 0, squares = 0, labels = 0;
    for (std::int64_t i = first; i < last; ++i) {
      const float known = ignored != nullptr && ignored[i] != 0 ? 0.0f : 1.0f;
      const float label = known * static_cast<float>(y[i]);
      const float probability = known * p[i];
      entropy += known * (1.0f - static_cast<float>(y[i])) * x[i] - (known + (posWeight - 1.0f) * label) * minusSoftplus[i];
      intersection += probability * label;
      squares += probability * probability;
      labels += label;
    }
    sums.entropy += entropy, sums.intersection += intersection, sums.squares += squares, sums.labels += labels;
  }
  return sums;
}

struct ClassTerms {
  double numerator = 0;    ///< 2 intersection + smooth
  double denominator = 0;  ///< sum of squares + labels + smooth
  double weight = 0;       ///< of the class in the mean
};

/// The two losses as one function of the logits.
class FusedLoss : public torch::autograd::Function<FusedLoss> {
 public:
  static tensor_list forward(AutogradContext* context, const Tensor& logits, const Tensor& labels, const Tensor& classWeight, const Tensor& ignored,
                             const Tensor& posWeight) {
    const Tensor x = logits.contiguous(), y = labels.contiguous(), weights = classWeight.contiguous(), positive = posWeight.contiguous();
    const Tensor skip = ignored.contiguous();
    const bool anyIgnored = skip.numel() > 0;
    const Tensor p = torch::sigmoid(x), minusSoftplus = at::softplus(x, -1.0);  // = -log(1 + exp(-x)), linear where it would overflow
    const std::int64_t batch = x.size(0), classes = x.size(1), pixels = x.size(2) * x.size(3);
    std::vector<PlaneSums> sums(static_cast<std::size_t>(batch * classes));
    const float* weight = weights.const_data_ptr<float>();
    at::parallel_for(0, batch * classes, 1, [&](std::int64_t from, std::int64_t to) {
      for (std::int64_t plane = from; plane < to; ++plane) {
        if (weight[plane] <= 0) continue;
        const std::int64_t at = plane * pixels;
        sums[static_cast<std::size_t>(plane)] =
            planeSums(x.const_data_ptr<float>() + at, p.const_data_ptr<float>() + at, minusSoftplus.const_data_ptr<float>() + at,
                      y.const_data_ptr<std::uint8_t>() + at, anyIgnored ? skip.const_data_ptr<std::uint8_t>() + plane / classes * pixels : nullptr,
                      pixels, positive.const_data_ptr<float>()[plane % classes]);
      }
    });
    std::vector<double> judged(static_cast<std::size_t>(batch), static_cast<double>(pixels));  // pixels of a case that count
    if (anyIgnored)
      for (std::int64_t b = 0; b < batch; ++b) judged[static_cast<std::size_t>(b)] -= static_cast<double>(skip[b].ne(0).sum().item<std::int64_t>());
    double known = 0, entropy = 0, dice = 0, annotatedClasses = 0;
    std::vector<ClassTerms> terms(static_cast<std::size_t>(classes));
    for (std::int64_t c = 0; c < classes; ++c) {
      ClassTerms& term = terms[static_cast<std::size_t>(c)];
      double annotated = 0;
      term = {kSmooth, kSmooth, 0};
      for (std::int64_t b = 0; b < batch; ++b) {
        const double w = weight[b * classes + c];
        if (w <= 0) continue;
        const PlaneSums& plane = sums[static_cast<std::size_t>(b * classes + c)];
        known += judged[static_cast<std::size_t>(b)];
        entropy += w * plane.entropy;
        term.numerator += 2 * plane.intersection;
        term.denominator += plane.squares + plane.labels;
        term.weight += w;
        annotated += 1;
      }
      if (annotated > 0) term.weight /= annotated, annotatedClasses += 1;
      dice += term.weight * (1 - term.numerator / term.denominator);
    }
    known = std::max(known, 1.0), annotatedClasses = std::max(annotatedClasses, 1.0);
    std::vector<double> state{known, annotatedClasses};
    for (const auto& term : terms) state.insert(state.end(), {term.numerator, term.denominator, term.weight});
    context->save_for_backward({p, y, weights, skip, positive});
    context->saved_data["state"] = state;
    const auto scalar = torch::TensorOptions().dtype(torch::kFloat);
    return {torch::full({}, entropy / known, scalar), torch::full({}, dice / annotatedClasses, scalar)};
  }

  static tensor_list backward(AutogradContext* context, tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &p = saved[0], &y = saved[1], &weights = saved[2], &skip = saved[3], &positive = saved[4];
    const auto state = context->saved_data["state"].toDoubleVector();
    const double entropyGradient = gradients[0].defined() ? gradients[0].item<double>() : 0, diceGradient = gradients[1].defined() ? gradients[1].item<double>() : 0;
    const std::int64_t classes = p.size(1), pixels = p.size(2) * p.size(3);
    Tensor result = torch::empty_like(p);
    at::parallel_for(0, p.size(0) * classes, 1, [&](std::int64_t from, std::int64_t to) {
      for (std::int64_t plane = from; plane < to; ++plane) {
        float* out = result.mutable_data_ptr<float>() + plane * pixels;
        const std::int64_t c = plane % classes;
        const double weight = weights.const_data_ptr<float>()[plane];
        if (weight <= 0) {
          std::fill_n(out, pixels, 0.0f);
          continue;
        }
        const double* term = state.data() + 2 + 3 * c;
        const double share = diceGradient * term[2] / state[1];
        const float entropyShare = static_cast<float>(entropyGradient * weight / state[0]), posWeight = positive.const_data_ptr<float>()[c];
        const float perLabel = static_cast<float>(-2 * share / term[1]), perProbability = static_cast<float>(2 * share * term[0] / (term[1] * term[1]));
        const float* probability = p.const_data_ptr<float>() + plane * pixels;
        const std::uint8_t* label = y.const_data_ptr<std::uint8_t>() + plane * pixels;
        const std::uint8_t* ignored = skip.numel() > 0 ? skip.const_data_ptr<std::uint8_t>() + plane / classes * pixels : nullptr;
        for (std::int64_t i = 0; i < pixels; ++i) {
          const float known = ignored != nullptr && ignored[i] != 0 ? 0.0f : 1.0f;
          const float l = static_cast<float>(label[i]), q = probability[i];
          const float cross = (1.0f - l) - (1.0f + (posWeight - 1.0f) * l) * (1.0f - q);
          out[i] = known * (entropyShare * cross + (perLabel * l + perProbability * q) * q * (1.0f - q));
        }
      }
    });
    return {result, Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

SegmentationLoss segmentationLoss(const Tensor& logits, const LossTarget& target, const Tensor& posWeight) {
  const bool labelsFit = target.labels.scalar_type() == torch::kByte && target.labels.sizes() == logits.sizes();
  const bool ignoredFits = !target.ignored.defined() || target.ignored.scalar_type() == torch::kByte;
  if (!logits.device().is_cpu() || logits.scalar_type() != torch::kFloat || !labelsFit || !ignoredFits)
    return {binaryCrossEntropy(logits, target, posWeight), knownDiceLoss(logits, target)};
  // A function of autograd takes no undefined tensor: an empty one stands for "nowhere ignored".
  const Tensor ignored = target.ignored.defined() ? target.ignored : torch::empty({0}, torch::kByte);
  const auto both = FusedLoss::apply(logits, target.labels, target.classWeight, ignored, posWeight);
  return {both[0], both[1]};
}

}  // namespace roundel
