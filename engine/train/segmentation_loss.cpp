#include "train/segmentation_loss.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "nn/channel_kernels.h"

namespace roundel {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

constexpr double kDiceSmooth = 1e-5;     // as in losses.cpp
constexpr std::int64_t kStretch = 4096;  // pixels of one part: fixed, so that results do not depend on the number of threads

/// body(image, first pixel, number of pixels, part) over all parts, in parallel.
template <class Body>
void overParts(const Tensor& x, const Body& body) {
  const std::int64_t pixels = x.size(2) * x.size(3), parts = (pixels + kStretch - 1) / kStretch;
  at::parallel_for(0, x.size(0) * parts, 1, [&](std::int64_t from, std::int64_t to) {
    for (std::int64_t i = from; i < to; ++i) body(i / parts, i % parts * kStretch, std::min(kStretch, pixels - i % parts * kStretch), i);
  });
}

/// The labels of an image from its pixel `first` on.
nn::LabelBits bitsOf(const Tensor& planes, const Tensor& ignored, std::int64_t image, std::int64_t first) {
  const std::int64_t pixels = planes.size(2) * planes.size(3);
  return {planes.const_data_ptr<std::uint8_t>() + image * planes.size(1) * pixels + first, pixels,
          ignored.numel() > 0 ? ignored.const_data_ptr<std::uint8_t>() + image * pixels + first : nullptr};
}

/// Sums of one class of one case (nn/channel_kernels.h, lossSums).
struct PlaneSums {
  double entropy = 0, intersection = 0, squares = 0, labels = 0;
};

template <class T>
std::vector<PlaneSums> planeSums(const Tensor& x, const Tensor& planes, const Tensor& ignored, const Tensor& posWeight) {
  const std::int64_t classes = x.size(1), pixels = x.size(2) * x.size(3), parts = (pixels + kStretch - 1) / kStretch;
  std::vector<double> partial(static_cast<std::size_t>(x.size(0) * parts * 4 * classes), 0.0);
  overParts(x, [&](std::int64_t image, std::int64_t first, std::int64_t count, std::int64_t part) {
    nn::channelKernels<T>().lossSums(static_cast<const T*>(x.const_data_ptr()) + (image * pixels + first) * classes, count, classes,
                                     bitsOf(planes, ignored, image, first), posWeight.const_data_ptr<float>(),
                                     partial.data() + part * 4 * classes);
  });
  std::vector<PlaneSums> sums(static_cast<std::size_t>(x.size(0) * classes));
  for (std::int64_t part = 0; part < x.size(0) * parts; ++part)
    for (std::int64_t c = 0; c < classes; ++c) {
      const double* const from = partial.data() + part * 4 * classes + c;
      PlaneSums& to = sums[static_cast<std::size_t>(part / parts * classes + c)];
      to.entropy += from[0], to.intersection += from[classes], to.squares += from[2 * classes], to.labels += from[3 * classes];
    }
  return sums;
}

/// Shares of [case][class], each [4][B * C]: see nn::LossShares.
template <class T>
void gradientOf(const Tensor& x, const Tensor& planes, const Tensor& ignored, const Tensor& posWeight, const std::vector<float>& shares,
                Tensor& result) {
  const std::int64_t classes = x.size(1), pixels = x.size(2) * x.size(3), all = x.size(0) * classes;
  overParts(x, [&](std::int64_t image, std::int64_t first, std::int64_t count, std::int64_t) {
    const float* const own = shares.data() + image * classes;
    const std::int64_t at = (image * pixels + first) * classes;
    nn::channelKernels<T>().lossGradient(
        static_cast<const T*>(x.const_data_ptr()) + at, count, classes, bitsOf(planes, ignored, image, first),
        {posWeight.const_data_ptr<float>(), own, own + all, own + 2 * all}, static_cast<T*>(result.mutable_data_ptr()) + at);
  });
}

struct ClassTerms {
  double numerator = 0;    ///< 2 intersection + smooth
  double denominator = 0;  ///< sum of squares + labels + smooth
  double weight = 0;       ///< of the class in the mean
  double annotated = 0;    ///< cases that know it
};

/// What the other ranks found in their parts of the batch.
void addOthers(const BatchShare& share, double& known, double& entropy, std::vector<ClassTerms>& terms) {
  if (share.alone()) return;
  std::vector<double> all{known, entropy};
  for (const auto& term : terms) all.insert(all.end(), {term.numerator, term.denominator, term.weight, term.annotated});
  all = share.summed(std::move(all));
  const double* at = all.data();
  known = *at++, entropy = *at++;
  for (auto& term : terms) term = {at[0], at[1], at[2], at[3]}, at += 4;
}

/// The two losses as one function of the logits.
class FusedLoss : public torch::autograd::Function<FusedLoss> {
 public:
  static tensor_list forward(AutogradContext* context, const Tensor& logits, const Tensor& labels, const Tensor& classWeight,
                             const Tensor& ignored, const Tensor& posWeight, const BatchShare& share) {
    const Tensor x = logits.contiguous(torch::MemoryFormat::ChannelsLast), planes = labels.contiguous(), weights = classWeight.contiguous();
    const Tensor skip = ignored.contiguous(), positive = posWeight.contiguous();
    const bool anyIgnored = skip.numel() > 0;
    const std::int64_t batch = x.size(0), classes = x.size(1), pixels = x.size(2) * x.size(3);
    const auto sums = x.scalar_type() == torch::kBFloat16 ? planeSums<nn::BFloat16>(x, planes, skip, positive)
                                                          : planeSums<float>(x, planes, skip, positive);
    const float* weight = weights.const_data_ptr<float>();
    std::vector<double> judged(static_cast<std::size_t>(batch), static_cast<double>(pixels));  // pixels of a case that count
    if (anyIgnored)
      for (std::int64_t b = 0; b < batch; ++b)
        judged[static_cast<std::size_t>(b)] -= static_cast<double>(skip[b].ne(0).sum().item<std::int64_t>());
    double known = 0, entropy = 0, dice = 0, annotatedClasses = 0;
    std::vector<ClassTerms> terms(static_cast<std::size_t>(classes));
    for (std::int64_t c = 0; c < classes; ++c) {
      ClassTerms& term = terms[static_cast<std::size_t>(c)];
      if (share.first()) term.numerator = term.denominator = kDiceSmooth;  // once in the sum
      for (std::int64_t b = 0; b < batch; ++b) {
        const double w = weight[b * classes + c];
        if (w <= 0) continue;
        const PlaneSums& plane = sums[static_cast<std::size_t>(b * classes + c)];
        known += judged[static_cast<std::size_t>(b)];
        entropy += w * plane.entropy;
        term.numerator += 2 * plane.intersection;
        term.denominator += plane.squares + plane.labels;
        term.weight += w;
        term.annotated += 1;
      }
    }
    addOthers(share, known, entropy, terms);
    for (ClassTerms& term : terms) {
      if (term.annotated > 0) term.weight /= term.annotated, annotatedClasses += 1;
      dice += term.weight * (1 - term.numerator / term.denominator);
    }
    known = std::max(known, 1.0), annotatedClasses = std::max(annotatedClasses, 1.0);
    std::vector<double> state{known, annotatedClasses};
    for (const auto& term : terms) state.insert(state.end(), {term.numerator, term.denominator, term.weight});
    context->save_for_backward({x, planes, weights, skip, positive});
    context->saved_data["state"] = state;
    const auto scalar = torch::TensorOptions().dtype(torch::kFloat);
    return {torch::full({}, entropy / known, scalar), torch::full({}, dice / annotatedClasses, scalar)};
  }

  static tensor_list backward(AutogradContext* context, tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &planes = saved[1], &weights = saved[2], &skip = saved[3], &positive = saved[4];
    const auto state = context->saved_data["state"].toDoubleVector();
    const double entropyGradient = gradients[0].defined() ? gradients[0].item<double>() : 0,
                 diceGradient = gradients[1].defined() ? gradients[1].item<double>() : 0;
    const std::int64_t classes = x.size(1), all = x.size(0) * classes;
    std::vector<float> shares(static_cast<std::size_t>(3 * all), 0.0f);
    for (std::int64_t i = 0; i < all; ++i) {
      const double weight = weights.const_data_ptr<float>()[i];
      if (weight <= 0) continue;
      const double* const term = state.data() + 2 + 3 * (i % classes);
      const double share = diceGradient * term[2] / state[1];
      shares[static_cast<std::size_t>(i)] = static_cast<float>(entropyGradient * weight / state[0]);
      shares[static_cast<std::size_t>(all + i)] = static_cast<float>(-2 * share / term[1]);
      shares[static_cast<std::size_t>(2 * all + i)] = static_cast<float>(2 * share * term[0] / (term[1] * term[1]));
    }
    Tensor result = torch::empty_like(x);
    x.scalar_type() == torch::kBFloat16 ? gradientOf<nn::BFloat16>(x, planes, skip, positive, shares, result)
                                        : gradientOf<float>(x, planes, skip, positive, shares, result);
    return {result, Tensor(), Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

SegmentationLoss segmentationLoss(const Tensor& logits, const LossTarget& target, const Tensor& posWeight) {
  const bool type = logits.scalar_type() == torch::kFloat || logits.scalar_type() == torch::kBFloat16;
  const bool ignoredFits = !target.ignored.defined() || target.ignored.scalar_type() == torch::kByte;
  if (!logits.device().is_cpu() || !type || !ignoredFits)
    return {binaryCrossEntropy(logits, target, posWeight), knownDiceLoss(logits, target)};
  // A function of autograd takes no undefined tensor: an empty one stands for "nowhere ignored".
  const Tensor ignored = target.ignored.defined() ? target.ignored : torch::empty({0}, torch::kByte);
  const auto both = FusedLoss::apply(logits, target.planes, target.classWeight, ignored, posWeight, target.share);
  return {both[0], both[1]};
}

}  // namespace roundel
