#include "nn/learning_layers.h"
#include "train/consistency_losses.h"
#include "train/strategies/unlabelled_terms.h"

namespace roundel {
namespace {

using torch::Tensor;

class PyramidTerm : public UnlabelledTerm {
 public:
  void add(TrainingContext& context, const TwoStreamStep& step, StepLoss& loss) override {
    if (step.output.logits.size() < 2)
      throw Error(ErrorKind::Usage, "bad-parameter", "This strategy compares heads on several levels, and the specialist has one.",
                  {.remedy = "Leave out --set heads=..., or take another specialist."});
    std::vector<Tensor> logits;
    for (const Tensor& head : step.output.logits)
      logits.push_back(nn::resizedLinear(step.ofUnlabelled(head).to(torch::kFloat), step.output.logits.front().sizes().slice(2)));
    addTerm(loss, "consistency", pyramidConsistency(logits, context.form(), context.recipe.share).loss, step.consistency);
  }
  HeadWeights headWeights() const override { return HeadWeights::Equal; }
};

}  // namespace

std::unique_ptr<UnlabelledTerm> pyramidTerm(const Params&) { return std::make_unique<PyramidTerm>(); }

RegistryEntry<TrainingStrategy> pyramidStrategy() {
  return strategyOf("urpc", "Heads on four levels of the network must say the same, weighed by how sure each is (URPC)", {}, pyramidTerm);
}

}  // namespace roundel
