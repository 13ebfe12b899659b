#pragma once
#include <torch/torch.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/generalist.h"
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
  const CaseTensors& unlabelled;     ///< without labels; empty where the strategy takes none
  const TrainingSet& set;
  const Params& params;
  BatchRecipe recipe;
  torch::Tensor posWeight;                                          ///< [C]
  torch::ScalarType type;                                           ///< of the network's input
  std::int64_t steps;                                               ///< of the whole training
  std::vector<std::shared_ptr<const Generalist>> generalists = {};  ///< frozen, for strategies that ask them

  torch::Device device() const { return recipe.device; }
  OutputForm form() const { return network.outputs(); }
  /// To learn, with the randomness of (seed, name, step), from a batch of one stream of samples after the other: how many each has, those
  /// of all ranks together.
  nn::Pass pass(const std::string& name, std::int64_t step, std::initializer_list<std::int64_t> streams) const;
};

/// A step's loss and its parts, each a scalar that still has its graph.
struct StepLoss {
  torch::Tensor total;
  std::vector<std::pair<std::string, torch::Tensor>> terms;
  std::vector<std::pair<std::string, double>> notes = {};  ///< what else is worth showing: seconds, counts; decides nothing
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

/// How much the heads of a network count.
enum class HeadWeights {
  Halving,  ///< 1, 1/2, 1/4 ... normalised (deep supervision)
  Equal     ///< all alike (URPC)
};

/// Cross-entropy and Dice as the parameters weigh them, over all heads. Coarser heads are compared with a thinned target. Logits are raw
/// outputs of the network's form.
StepLoss supervisedLoss(const TrainingContext& context, const std::vector<torch::Tensor>& heads, const LossTarget& target,
                        HeadWeights weights = HeadWeights::Halving);

/// Adds a term to a loss, with a weight; `value` is what is shown of it.
void addTerm(StepLoss& loss, const std::string& name, const torch::Tensor& value, double weight);

}  // namespace roundel
