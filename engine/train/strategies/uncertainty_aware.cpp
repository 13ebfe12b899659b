#include <algorithm>

#include "train/consistency_losses.h"
#include "train/schedules.h"
#include "train/strategies/unlabelled_terms.h"

namespace roundel {
namespace {

using torch::Tensor;

/// Mean Teacher and UA-MT: the latter looks at its teacher several times to know where it is certain.
class TeacherTerm : public UnlabelledTerm {
 public:
  TeacherTerm(double decay, int passes, bool teacherIsResult) : m_decay(decay), m_passes(passes), m_teacherIsResult(teacherIsResult) {}

  void begin(TrainingContext& context) override { m_teacher.begin(context); }

  void add(TrainingContext& context, const TwoStreamStep& step, StepLoss& loss) override {
    const OutputForm form = context.form();
    const Tensor student = probabilitiesOf(step.ofUnlabelled(step.output.logits.front()), form);
    const Tensor teacher =
        probabilitiesOf(m_teacher.disturbed(context, step.unlabelled.images, "teacher", step.step, {step.unlabelledWhole}), form);
    const Tensor mask =
        m_passes > 0 ? certainMask(meanOfPasses(context, step), form, sigmoidRampUp(step.share, 1.0)) : torch::ones_like(teacher);
    addTerm(loss, "consistency", maskedSquares(student, teacher, mask, context.recipe.share), step.consistency);
  }

  void afterUpdate(TrainingContext& context, std::int64_t step) override { m_teacher.follow(context, step, m_decay); }
  NamedParameters state() override { return m_teacher.state(); }
  SpecialistNetwork* finalNetwork() override { return m_teacherIsResult ? m_teacher.network() : nullptr; }

 private:
  /// Passes go through the teacher two at a time, as a batch of twice the size.
  Tensor meanOfPasses(const TrainingContext& context, const TwoStreamStep& step) const {
    const torch::NoGradGuard guard;
    const std::int64_t batch = step.unlabelled.images.size(0);
    Tensor sum;
    for (int pass = 0; pass < m_passes; pass += 2) {
      const std::int64_t together = std::min(2, m_passes - pass);
      const Tensor images = together == 2 ? torch::cat({step.unlabelled.images, step.unlabelled.images}) : step.unlabelled.images;
      const std::int64_t whole = step.unlabelledWhole;
      const std::string name = "uncertainty " + std::to_string(pass);
      const Tensor seen = together == 2 ? m_teacher.disturbed(context, images, name, step.step, {whole, whole})
                                        : m_teacher.disturbed(context, images, name, step.step, {whole});
      const Tensor found = probabilitiesOf(seen, context.form()).unflatten(0, {together, batch}).sum(0);
      sum = sum.defined() ? sum + found : found;
    }
    return sum / m_passes;
  }

  double m_decay;
  int m_passes;
  bool m_teacherIsResult;
  Teacher m_teacher;
};

}  // namespace

std::unique_ptr<UnlabelledTerm> meanTeacherTerm(const Params& params) {
  return std::make_unique<TeacherTerm>(params.at("teacher_decay").get<double>(), 0, true);
}

std::unique_ptr<UnlabelledTerm> uncertaintyAwareTerm(const Params& params) {
  return std::make_unique<TeacherTerm>(params.at("teacher_limit").get<double>(), params.at("uncertainty_passes").get<int>(), false);
}

RegistryEntry<TrainingStrategy> uncertaintyAwareStrategy() {
  return strategyOf("ua-mt", "Agrees with its own moving average where several disturbed looks of that are certain (UA-MT)",
                    {{.name = "uncertainty_passes",
                      .type = ParamType::Integer,
                      .defaultValue = 8,
                      .minimum = 2,
                      .maximum = 64,
                      .unit = "passes",
                      .sentence = "looks of the teacher that decide where it is certain (ua-mt)"}},
                    uncertaintyAwareTerm);
}

}  // namespace roundel
