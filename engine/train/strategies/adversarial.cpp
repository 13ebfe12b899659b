#include "core/random.h"
#include "nn/discriminator.h"
#include "nn/learning_layers.h"
#include "train/strategies/unlabelled_terms.h"

namespace roundel {
namespace {

using torch::Tensor;

constexpr std::int64_t kUnlabelled = 0, kLabelled = 1;

NamedParameters parametersOfModule(torch::nn::Module& module) {
  NamedParameters all;
  for (const auto& entry : module.named_parameters()) all.emplace_back(entry.key(), entry.value());
  return all;
}

class AdversarialTerm : public UnlabelledTerm {
 public:
  AdversarialTerm(double learningRate, int width) : m_learningRate(learningRate), m_width(width) {}

  void begin(TrainingContext& context) override {
    m_judge = std::make_shared<nn::Discriminator>(nn::DiscriminatorOptions{
        .dimensions = context.set.ofVolumes() ? 3 : 2, .maps = outputsFor(context.form(), context.set.classes.size()), .width = m_width});
    nn::initialise(*m_judge, Random(context.recipe.seed, "discriminator").next());
    m_judge->to(context.device());
    m_optimiser = std::make_unique<Optimiser>(parametersOfModule(*m_judge), OptimiserOptions{.beta2 = 0.99});
  }

  void add(TrainingContext& context, const TwoStreamStep& step, StepLoss& loss) override {
    m_images = step.images();
    m_labelledCount = step.labelledCount();
    m_labelledWhole = step.labelledWhole, m_unlabelledWhole = step.unlabelledWhole;
    const Tensor found = probabilitiesOf(step.ofUnlabelled(step.output.logits.front()), context.form());
    letLearn(false);
    const Tensor judged = m_judge->forward(found, step.unlabelled.images, context.pass("judge", step.step, {step.unlabelledWhole}));
    letLearn(true);
    addTerm(loss, "adversarial", judgement(context, judged, judged.size(0)), step.consistency);
  }

  /// The judge learns from what the updated student says, as it judges.
  void afterUpdate(TrainingContext& context, std::int64_t step) override {
    Tensor found;
    {
      const torch::NoGradGuard guard;
      found = probabilitiesOf(context.network.run(m_images.to(context.type), nn::Pass::judging()).logits.front(), context.form());
    }
    const Tensor judged = m_judge->forward(found, m_images, context.pass("judge learns", step, {m_labelledWhole, m_unlabelledWhole}));
    m_optimiser->zeroGradients();
    judgement(context, judged, m_labelledCount).backward();
    context.recipe.share.sumGradients(m_judge->parameters());
    m_optimiser->setStepsTaken(step);
    m_optimiser->step(m_learningRate);
  }

  NamedParameters state() override {
    NamedParameters all;
    for (auto& [name, tensor] : parametersOfModule(*m_judge)) all.emplace_back("judge." + name, tensor);
    for (auto& [name, tensor] : m_optimiser->state()) all.emplace_back("judge optimiser." + name, tensor);
    return all;
  }

 private:
  void letLearn(bool learns) const {
    for (auto& parameter : m_judge->parameters()) parameter.requires_grad_(learns);
  }
  /// Cross-entropy, where the first `labelled` should be taken for labelled ones.
  Tensor judgement(const TrainingContext& context, const Tensor& judged, std::int64_t labelled) const {
    return context.recipe.share.mean(torch::cross_entropy_loss(judged, targets(judged.size(0), labelled), {}, at::Reduction::None));
  }
  /// The first `labelled` of `all` are from labelled cases.
  Tensor targets(std::int64_t all, std::int64_t labelled) const {
    Tensor result = torch::full({all}, kUnlabelled, torch::TensorOptions().dtype(torch::kLong).device(m_images.device()));
    result.narrow(0, 0, labelled).fill_(kLabelled);
    return result;
  }

  double m_learningRate;
  int m_width;
  std::shared_ptr<nn::Discriminator> m_judge;
  std::unique_ptr<Optimiser> m_optimiser;
  Tensor m_images;
  std::int64_t m_labelledCount = 0, m_labelledWhole = 0, m_unlabelledWhole = 0;
};

}  // namespace

std::unique_ptr<UnlabelledTerm> adversarialTerm(const Params& params) {
  return std::make_unique<AdversarialTerm>(params.at("judge_learning_rate").get<double>(), params.at("judge_width").get<int>());
}

RegistryEntry<TrainingStrategy> adversarialStrategy() {
  return strategyOf("dan", "Predictions of cases without labels must look like those of cases with them to a discriminator (DAN)",
                    {{.name = "judge_learning_rate",
                      .type = ParamType::Real,
                      .defaultValue = 1e-4,
                      .minimum = 0.0,
                      .maximum = 1.0,
                      .sentence = "of the discriminator (dan)"},
                     {.name = "judge_width",
                      .type = ParamType::Integer,
                      .defaultValue = 64,
                      .minimum = 4,
                      .maximum = 256,
                      .unit = "channels",
                      .sentence = "of the discriminator's first layer, doubled three times; 64 in the paper (dan)"}},
                    adversarialTerm);
}

}  // namespace roundel
