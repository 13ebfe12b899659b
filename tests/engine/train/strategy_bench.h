#pragma once
#include <memory>
#include <string>
#include <vector>

#include "engine/train/discs.h"
#include "train/train_plan.h"
#include "train/training_strategy.h"

namespace roundel::test {

/// Parameters of a training that takes moments.
inline const Json kSmall{{"width", 4}, {"judge_width", 4}, {"batch", 4}, {"uncertainty_passes", 2}};

inline Json with(Json values, const Json& more) {
  values.update(more);
  return values;
}

/// A strategy with all that its steps need, on a small study: three labelled cases, two without labels.
class StrategyBench {
 public:
  StrategyBench(const std::string& strategy, const Json& overrides, TrainingSet set, const std::string& specialist,
                std::vector<std::shared_ptr<const Generalist>> generalists = {})
      : m_set(std::move(set)), m_plan(makeTrainPlan("quick", 1, overrides, specialist, strategy)) {
    torch::set_num_threads(1);  // these pictures are too small for more
    Json own = Json::object(), params = Json::object();
    for (const auto& spec : specialists().find(specialist).params) own[spec.name] = m_plan.params.at(spec.name);
    for (const auto& spec : trainingStrategies().find(strategy).params) params[spec.name] = m_plan.params.at(spec.name);
    m_builder = specialists().create(specialist, own);
    m_network = m_builder->build(m_set.classes.size());
    m_network->initialise(1);
    const auto tensorsOf = [&](const std::vector<TrainingCase>& cases, Labels labels) {
      std::vector<const TrainingCase*> pointers;
      for (const auto& one : cases) pointers.push_back(&one);
      return makeCaseTensors(pointers, m_set, {}, labels);
    };
    m_labelled = tensorsOf(m_set.labelled, Labels::Read);
    m_unlabelled = tensorsOf(m_set.unlabelled, Labels::Unread);
    m_context = std::make_unique<TrainingContext>(
        TrainingContext{.network = *m_network,
                        .builder = *m_builder,
                        .labelled = m_labelled,
                        .unlabelled = m_unlabelled,
                        .set = m_set,
                        .params = m_plan.params,
                        .recipe = {.mirror = m_set.classes.mirrorIndices(), .patch = {m_set.depth, m_set.height, m_set.width}},
                        .posWeight = torch::ones({m_set.classes.size()}),
                        .type = torch::kFloat,
                        .steps = 100,
                        .generalists = std::move(generalists)});
    m_strategy = trainingStrategies().create(strategy, params);
    m_strategy->begin(*m_context);
  }

  TrainingContext& context() { return *m_context; }
  TrainingStrategy& strategy() { return *m_strategy; }
  StepLoss loss(std::int64_t step) { return m_strategy->loss(*m_context, step); }

  /// Some supervised steps, so that the network is sure of something.
  void learn(int steps) {
    Optimiser optimiser(parametersOf(*m_network), {});
    for (int step = 0; step < steps; ++step) {
      const Batch batch = makeBatch(m_labelled, {0, 1}, m_context->recipe, "learn", step);
      optimiser.zeroGradients();
      supervisedLoss(*m_context, {m_network->run(batch.images, m_context->pass("learn", step, {2})).logits.front()}, batch.target)
          .total.backward();
      optimiser.step(1e-2);
    }
    m_strategy->begin(*m_context);  // a teacher knows it, too
  }

  /// Squared norm of a term's gradient with respect to the student.
  double gradient(const torch::Tensor& term) {
    for (auto& [key, parameter] : parametersOf(*m_network)) parameter.mutable_grad().reset();
    term.backward({}, true);
    double norm = 0;
    for (const auto& [key, parameter] : parametersOf(*m_network))
      if (parameter.grad().defined()) norm += parameter.grad().square().sum().item<double>();
    return norm;
  }

 private:
  TrainingSet m_set;
  TrainPlan m_plan;
  std::unique_ptr<SpecialistBuilder> m_builder;
  std::unique_ptr<SpecialistNetwork> m_network;
  CaseTensors m_labelled, m_unlabelled;
  std::unique_ptr<TrainingContext> m_context;
  std::unique_ptr<TrainingStrategy> m_strategy;
};

/// Discs: the first three cases labelled, two more without labels.
inline TrainingSet partlyLabelledDiscs(int side = 32) {
  TrainingSet set = discs(5, side);
  for (int i = 0; i < 2; ++i) {
    set.unlabelled.push_back(set.labelled.back());
    set.unlabelled.back().classes.clear();
    set.labelled.pop_back();
  }
  return set;
}

}  // namespace roundel::test
