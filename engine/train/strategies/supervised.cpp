#include "train/strategies/supervised.h"

namespace roundel {
namespace {

class Supervised : public TrainingStrategy {
 public:
  StepLoss loss(TrainingContext& context, std::int64_t step) override {
    const auto indices =
        mixedIndices(context.params, static_cast<std::int64_t>(context.set.labelled.size()), context.labelled.size(), context.seed, step);
    const Batch batch = makeBatch(context.labelled, indices, context.augmentation, context.mirror, context.normalisation, context.seed,
                                  "augment", step, context.device);
    return supervisedLoss(context, context.network.forwardDeep(batch.images.to(context.type)), batch.target);
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
