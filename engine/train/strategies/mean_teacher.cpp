#include "train/strategies/mean_teacher.h"

namespace roundel {
namespace {

using torch::Tensor;

class MeanTeacher : public TrainingStrategy {
 public:
  explicit MeanTeacher(const Params& params)
      : m_decay(params.at("teacher_decay").get<double>()), m_weight(params.at("consistency_weight").get<double>()) {}

  void begin(TrainingContext& context) override {
    m_teacher = context.builder.build(context.set.classes.size());
    m_teacher->module().to(context.device);
    const torch::NoGradGuard guard;
    const auto student = parametersOf(context.network);
    m_state = parametersOf(*m_teacher);
    for (std::size_t i = 0; i < m_state.size(); ++i) m_state[i].second.copy_(student[i].second);
  }

  StepLoss loss(TrainingContext& context, std::int64_t step) override {
    const auto indices = batchIndices(context.params, context.everything.size(), context.seed, step);
    const auto view = [&](const char* stream) {
      return makeBatch(context.everything, indices, context.augmentation, context.mirror, context.normalisation, context.seed, stream, step,
                       context.device);
    };
    const Batch mine = view("augment"), theirs = view("augment teacher");
    const auto heads = context.network.forwardDeep(mine.images.to(context.type));
    Tensor teacher;
    {
      const torch::NoGradGuard guard;
      teacher = warped(m_teacher->forward(theirs.images.to(context.type)).to(torch::kFloat).contiguous(), inverted(theirs.thetas));
    }
    const Tensor student = warped(heads.front().to(torch::kFloat).contiguous(), inverted(mine.thetas));
    const Tensor consistency = (student - teacher).square().mean();
    StepLoss loss = supervisedLoss(context, heads, mine.target);
    loss.total = loss.total.defined() ? loss.total + m_weight * consistency : m_weight * consistency;
    loss.terms.emplace_back("consistency", consistency);
    return loss;
  }

  void afterUpdate(TrainingContext& context, std::int64_t) override {
    std::vector<Tensor> average, student;
    for (auto& [name, tensor] : m_state) average.push_back(tensor);
    for (auto& [name, tensor] : parametersOf(context.network)) student.push_back(tensor);
    updateAverage(average, student, m_decay);
  }

  NamedParameters state() override { return m_state; }
  SpecialistNetwork* finalNetwork() override { return m_teacher.get(); }

 private:
  double m_decay;
  double m_weight;
  std::unique_ptr<SpecialistNetwork> m_teacher;
  NamedParameters m_state;
};

}  // namespace

RegistryEntry<TrainingStrategy> meanTeacherStrategy() {
  return {.name = "mean-teacher",
          .sentence = "Learns from labels and from agreeing with its own moving average on every picture, labelled or not",
          .params = {{.name = "teacher_decay",
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
                      .sentence = "weight of the mean squared difference between the two's logits"}},
          .create = [](const Params& params) -> std::unique_ptr<TrainingStrategy> { return std::make_unique<MeanTeacher>(params); }};
}

}  // namespace roundel
