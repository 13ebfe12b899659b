#pragma once
#include <memory>
#include <string>
#include <vector>

#include "train/training_strategy.h"

namespace roundel {

/// One step of a strategy that learns from cases with and without labels: half of the batch of each, in one pass of the student.
struct TwoStreamStep {
  std::int64_t step = 0;
  double share = 0;        ///< of the training that is done, 0 to 1
  double consistency = 0;  ///< weight of the terms without labels now: `consistency`, ramped up
  Batch labelled;
  Batch unlabelled;
  std::vector<std::int64_t> unlabelledCases;  ///< indices of the context's unlabelled cases in this batch
  nn::HeadedOutput output;                    ///< of the labelled, then the unlabelled
  /// Where several ranks share the batch, this rank has a part of each half. How many the whole halves are, and where this part begins.
  std::int64_t labelledWhole = 0, unlabelledWhole = 0, firstUnlabelled = 0;

  std::int64_t labelledCount() const { return labelled.images.size(0); }
  torch::Tensor ofLabelled(const torch::Tensor& maps) const { return maps.narrow(0, 0, labelledCount()); }
  torch::Tensor ofUnlabelled(const torch::Tensor& maps) const { return maps.narrow(0, labelledCount(), maps.size(0) - labelledCount()); }
  torch::Tensor images() const { return torch::cat({labelled.images, unlabelled.images}); }
};

/// What cases without labels (and whatever goes with them) add to a step's loss.
class UnlabelledTerm {
 public:
  virtual ~UnlabelledTerm() = default;
  /// As of a TrainingStrategy.
  virtual void begin(TrainingContext&) {}
  virtual void add(TrainingContext& context, const TwoStreamStep& step, StepLoss& loss) = 0;
  virtual void afterUpdate(TrainingContext&, std::int64_t) {}
  virtual NamedParameters state() { return {}; }
  virtual SpecialistNetwork* finalNetwork() { return nullptr; }
  virtual HeadWeights headWeights() const { return HeadWeights::Halving; }
};

/// Supervised loss on the labelled half, and terms.
///
/// Two streams as in SSL4MIS (ALGORITHMS.md 2.3): an epoch is one pass over the labelled cases in a new order; the unlabelled ones are put
/// into a new order every epoch. Without unlabelled cases the labelled ones stand in for them, their labels unread.
class SemiSupervised : public TrainingStrategy {
 public:
  explicit SemiSupervised(std::vector<std::unique_ptr<UnlabelledTerm>> terms) : m_terms(std::move(terms)) {}
  void begin(TrainingContext& context) override;
  StepLoss loss(TrainingContext& context, std::int64_t step) override;
  void afterUpdate(TrainingContext& context, std::int64_t step) override;
  NamedParameters state() override;
  SpecialistNetwork* finalNetwork() override;

 private:
  std::vector<std::unique_ptr<UnlabelledTerm>> m_terms;
};

/// A moving average of the student, as teacher: parameters follow it, capped so that the first step copies; running statistics are its own.
class Teacher {
 public:
  void begin(TrainingContext& context);
  void follow(TrainingContext& context, std::int64_t step, double decay);
  /// The same with a constant decay.
  void average(TrainingContext& context, double decay);
  /// Raw logits at full resolution, as it learns (dropout, batch statistics), from pictures with noise clamp(0.1 N(0, 1), -0.2, 0.2).
  /// Randomness of (seed, name, step). Without gradients.
  /// `streams`: as of TrainingContext::pass.
  torch::Tensor disturbed(const TrainingContext& context, const torch::Tensor& images, const std::string& name, std::int64_t step,
                          std::initializer_list<std::int64_t> streams) const;
  NamedParameters state();
  SpecialistNetwork* network() const { return m_network.get(); }

 private:
  std::unique_ptr<SpecialistNetwork> m_network;
};

/// Parameters that all such strategies share: consistency, consistency_ramp, teacher_limit.
std::vector<ParamSpec> semiSupervisedParams();

/// Labelled and unlabelled cases of a step.
struct TwoStreamIndices {
  std::vector<std::int64_t> labelled, unlabelled;
};
TwoStreamIndices twoStreamIndices(const Params& params, std::int64_t trueLabels, std::int64_t labelled, std::int64_t unlabelled,
                                  std::uint64_t seed, std::int64_t step);

}  // namespace roundel
