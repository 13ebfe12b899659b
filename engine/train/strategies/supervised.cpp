#include "train/strategies/supervised.h"

namespace roundel {
namespace {

class Supervised : public TrainingStrategy {
 public:
  StepLoss loss(TrainingContext& context, std::int64_t step) override {
    const auto indices = mixedIndices(context.params, static_cast<std::int64_t>(context.set.labelled.size()), context.labelled.size(),
                                      context.recipe.seed, step);
    const Batch batch = makeBatch(context.labelled, indices, context.recipe, "augment", step);
    const auto pass = context.pass("student", step, {static_cast<std::int64_t>(indices.size())});
    return supervisedLoss(context, context.network.run(batch.images.to(context.type), pass).logits, batch.target);
  }
};

}  // namespace

RegistryEntry<TrainingStrategy> supervisedStrategy() {
  return {.name = "supervised",
          .sentence = "Learns from labels, the machine's too where there are any, each with its weight",
          .params = {},
          .create = [](const Params&) -> std::unique_ptr<TrainingStrategy> { return std::make_unique<Supervised>(); }};
}

}  // namespace roundel
