#include "train/consistency_losses.h"
#include "train/signed_distance.h"
#include "train/strategies/unlabelled_terms.h"

namespace roundel {
namespace {

using torch::Tensor;

/// The clean form (ALGORITHMS.md 5.4): a map a class, an L1 distance term that counts, a Dice of the mask that the distances describe.
class DualTaskTerm : public UnlabelledTerm {
 public:
  explicit DualTaskTerm(double distanceWeight) : m_distanceWeight(distanceWeight) {}

  void begin(TrainingContext& context) override {
    if (context.builder.build(1)->run(torch::zeros(probe(context)), nn::Pass::learning(0, torch::kCPU)).distance.defined()) return;
    throw Error(ErrorKind::Usage, "bad-parameter", "This strategy learns signed distances, and the specialist has no head for them.",
                {.remedy = "Leave out --set heads=..., or take another specialist."});
  }

  void add(TrainingContext& context, const TwoStreamStep& step, StepLoss& loss) override {
    const LossTarget target = asPictures(step.labelled.target);
    const Tensor labels = target.labels(), distance = step.output.distance.to(torch::kFloat);
    Tensor known = target.classWeight.unsqueeze(2).unsqueeze(3).expand(labels.sizes());
    if (target.ignored.defined()) known = known * (1 - target.ignored.to(torch::kFloat));
    // A class that is absent is far away everywhere.
    const Tensor truth = asPictures(signedDistances(labels.view(step.ofLabelled(distance).sizes()), 1.0f));
    const Tensor found = asPictures(step.ofLabelled(distance));
    const BatchShare& share = context.recipe.share;
    addTerm(loss, "distance", share.summed(((found - truth).abs() * known).sum()) / share.summed(known.sum()).clamp_min(1),
            m_distanceWeight);
    const Tensor visible = known.gt(0).to(torch::kFloat);
    addTerm(loss, "distance_dice", diceLoss(maskOfDistance(found) * visible, labels.to(torch::kFloat) * visible, {}, share), 1.0);
    const Tensor masks = torch::sigmoid(classLogits(step.output.logits.front(), context.form()).to(torch::kFloat));
    addTerm(loss, "consistency", share.mean((maskOfDistance(distance) - masks).square()), step.consistency);
  }

 private:
  static std::vector<std::int64_t> probe(const TrainingContext& context) {
    return context.set.ofVolumes() ? std::vector<std::int64_t>{1, 1, 32, 32, 32} : std::vector<std::int64_t>{1, 1, 32, 32};
  }
  double m_distanceWeight;
};

}  // namespace

std::unique_ptr<UnlabelledTerm> dualTaskTerm(const Params& params) {
  return std::make_unique<DualTaskTerm>(params.at("distance_weight").get<double>());
}

RegistryEntry<TrainingStrategy> dualTaskStrategy() {
  return strategyOf("dtc", "Learns masks and signed distances, which must say the same on every case (DTC)",
                    {{.name = "distance_weight",
                      .type = ParamType::Real,
                      .defaultValue = 0.3,
                      .minimum = 0.0,
                      .maximum = 1000.0,
                      .sentence = "weight of the difference from the true signed distance (dtc)"}},
                    dualTaskTerm);
}

}  // namespace roundel
