#include "train/strategies/belief_term.h"

#include <numbers>

#include "train/consistency_losses.h"
#include "train/schedules.h"

namespace roundel {
namespace {

using torch::Tensor;

constexpr double kRamp = 0.3;

class BeliefTerm : public UnlabelledTerm {
 public:
  void add(TrainingContext& context, const TwoStreamStep& step, StepLoss& loss) override {
    if (!step.unlabelled.beliefs.defined()) return;
    const Tensor logits = asPictures(classLogits(step.ofUnlabelled(step.output.logits.front()), context.form())).to(torch::kFloat);
    const Tensor belief = asPictures(step.unlabelled.beliefs), label = (belief > 0.5).to(torch::kFloat);
    const Tensor weight = (1 - entropyOf(belief, OutputForm::Sigmoid, 1e-8) / std::numbers::ln2).clamp(0, 1);
    const BatchShare& share = context.recipe.share;
    const Tensor entropy = share.mean(torch::binary_cross_entropy_with_logits(logits, label, {}, {}, at::Reduction::None) * weight);
    // Dice does not know how much there is of a class: it counts as much as the class is sure of itself.
    const Tensor known = weight.sqrt();  // sums of squares and of products are then weighed once
    const Tensor dice = diceLoss(torch::sigmoid(logits) * known, label * known, share.meanByClass(weight), share);
    addTerm(loss, "beliefs", entropy + dice, linearRampUp(step.share, kRamp));
  }
};

}  // namespace

std::unique_ptr<UnlabelledTerm> beliefTerm() { return std::make_unique<BeliefTerm>(); }

}  // namespace roundel
