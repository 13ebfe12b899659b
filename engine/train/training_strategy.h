#pragma once
#include <torch/torch.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/specialists/specialist_network.h"
#include "train/augmentation.h"
#include "train/optimiser.h"
#include "train/training_strategies.h"

namespace roundel {

/// What every step works on. Lives as long as the training.
struct TrainingContext {
  SpecialistNetwork& network;        ///< the student
  const SpecialistBuilder& builder;  ///< for a second network
  const CaseTensors& labelled;       ///< labelled, then pseudo-labelled
  const CaseTensors& everything;     ///< the same, then unlabelled
  const TrainingSet& set;
  const Params& params;
  AugmentationOptions augmentation;
  Normalisation normalisation;
  std::vector<int> mirror;
  torch::Tensor posWeight;  ///< [C]
  torch::Device device;
  torch::ScalarType type;  ///< of the network's input
  std::uint64_t seed;
  std::int64_t steps;  ///< of the whole training
};

/// A step's loss and its parts, each a scalar that still has its graph.
struct StepLoss {
  torch::Tensor total;
  std::vector<std::pair<std::string, torch::Tensor>> terms;
};

/// How a step's loss is made. A strategy draws its own batches, by functions of (seed, step).
class TrainingStrategy {
 public:
  virtual ~TrainingStrategy() = default;
  /// Called once before the first step of a training and again when it goes on; the network has its weights.
  virtual void begin(TrainingContext&) {}
  virtual StepLoss loss(TrainingContext& context, std::int64_t step) = 0;
  /// After the optimiser's update.
  virtual void afterUpdate(TrainingContext&, std::int64_t) {}
  /// Tensors that a resumed training needs: the tensors themselves.
  virtual NamedParameters state() { return {}; }
  /// The network whose weights the training ends with; null: the student.
  virtual SpecialistNetwork* finalNetwork() { return nullptr; }
};

/// Indices of a step's batch. bootstrap: with replacement; shuffle: every case once an epoch, the last incomplete batch dropped
/// (where there are fewer cases than a batch holds, it is filled from the next epoch).
std::vector<std::int64_t> batchIndices(const Params& params, std::int64_t cases, std::uint64_t seed, std::int64_t step);

/// The same, but where `labelled_share` is above 0 and there are true labels (the first `labelled` cases) and the machine's, that share of
/// all that is drawn, over the steps too where a batch is small, comes from the true ones and the rest from the machine's, with
/// replacement.
std::vector<std::int64_t> mixedIndices(const Params& params, std::int64_t labelled, std::int64_t cases, std::uint64_t seed,
                                       std::int64_t step);

/// BCE and Dice as the parameters weigh them, over all heads with weights 1, 1/2, 1/4 ... normalised.
StepLoss supervisedLoss(const TrainingContext& context, const std::vector<torch::Tensor>& heads, const LossTarget& target);

/// float32 parameters of a network by name.
NamedParameters parametersOf(SpecialistNetwork& network);

}  // namespace roundel
