#include "train/strategies/mean_teacher.h"

#include "train/strategies/unlabelled_terms.h"

namespace roundel {
namespace {

using torch::Tensor;

class MeanTeacher : public TrainingStrategy {
 public:
  explicit MeanTeacher(const Params& params)
      : m_decay(params.at("teacher_decay").get<double>()), m_weight(params.at("consistency_weight").get<double>()) {}

  void begin(TrainingContext& context) override {
    m_teacher.begin(context);
    m_everything = joined(context.labelled, context.unlabelled);
  }

  StepLoss loss(TrainingContext& context, std::int64_t step) override {
    const auto indices = batchIndices(context.params, m_everything.size(), context.recipe.seed, step);
    const auto view = [&](const char* stream) { return makeBatch(m_everything, indices, context.recipe, stream, step); };
    const Batch mine = view("augment"), theirs = view("augment teacher");
    const auto whole = static_cast<std::int64_t>(indices.size());
    const auto heads = context.network.run(mine.images.to(context.type), context.pass("student", step, {whole})).logits;
    Tensor teacher;
    {
      const torch::NoGradGuard guard;
      teacher = warped(
          m_teacher.network()->run(theirs.images.to(context.type), nn::Pass::judging()).logits.front().to(torch::kFloat).contiguous(),
          inverted(theirs.thetas));
    }
    const Tensor student = warped(heads.front().to(torch::kFloat).contiguous(), inverted(mine.thetas));
    const Tensor consistency = context.recipe.share.mean((student - teacher).square());
    StepLoss loss = supervisedLoss(context, heads, mine.target);
    addTerm(loss, "consistency", consistency, m_weight);
    return loss;
  }

  void afterUpdate(TrainingContext& context, std::int64_t) override { m_teacher.average(context, m_decay); }
  NamedParameters state() override { return m_teacher.state(); }
  SpecialistNetwork* finalNetwork() override { return m_teacher.network(); }

 private:
  double m_decay;
  double m_weight;
  Teacher m_teacher;
  CaseTensors m_everything;
};

/// One strategy for pictures, another for volumes.
class ByDimensions : public TrainingStrategy {
 public:
  ByDimensions(std::unique_ptr<TrainingStrategy> pictures, std::unique_ptr<TrainingStrategy> volumes)
      : m_pictures(std::move(pictures)), m_volumes(std::move(volumes)) {}
  void begin(TrainingContext& context) override {
    m_chosen = context.set.ofVolumes() ? m_volumes.get() : m_pictures.get();
    m_chosen->begin(context);
  }
  StepLoss loss(TrainingContext& context, std::int64_t step) override { return m_chosen->loss(context, step); }
  void afterUpdate(TrainingContext& context, std::int64_t step) override { m_chosen->afterUpdate(context, step); }
  NamedParameters state() override { return m_chosen->state(); }
  SpecialistNetwork* finalNetwork() override { return m_chosen->finalNetwork(); }

 private:
  std::unique_ptr<TrainingStrategy> m_pictures, m_volumes;
  TrainingStrategy* m_chosen = nullptr;
};

}  // namespace

RegistryEntry<TrainingStrategy> meanTeacherStrategy() {
  std::vector<ParamSpec> params{
      {.name = "teacher_decay",
       .type = ParamType::Real,
       .defaultValue = 0.996,
       .minimum = 0.0,
       .maximum = 0.99999,
       .unit = {},
       .sentence = "how slowly the teacher follows the student"},
      {.name = "consistency_weight",
       .type = ParamType::Real,
       .defaultValue = 1.0,
       .minimum = 0.0,
       .maximum = 1000.0,
       .unit = {},
       .sentence = "weight of the mean squared difference between the two's logits (views)"},
      {.name = "teacher_form",
       .type = ParamType::Choice,
       .defaultValue = "auto",
       .choices = {"auto", "views", "noise"},
       .sentence = "mean-teacher: two affine views whose logits agree (SAM Carries the Burden), or a noisy view whose "
                   "probabilities agree (SSL4MIS); auto: views of pictures, noise on volumes"}};
  for (auto& shared : semiSupervisedParams()) params.push_back(std::move(shared));
  return {.name = "mean-teacher",
          .sentence = "Learns from labels and from agreeing with its own moving average on every picture, labelled or not",
          .params = std::move(params),
          .create = [](const Params& given) -> std::unique_ptr<TrainingStrategy> {
            if (given.at("teacher_form") == "views") return std::make_unique<MeanTeacher>(given);
            std::vector<std::unique_ptr<UnlabelledTerm>> terms;
            terms.push_back(meanTeacherTerm(given));
            auto noise = std::make_unique<SemiSupervised>(std::move(terms));
            if (given.at("teacher_form") == "noise") return noise;
            return std::make_unique<ByDimensions>(std::make_unique<MeanTeacher>(given), std::move(noise));
          }};
}

}  // namespace roundel
