#pragma once
#include <filesystem>
#include <optional>

#include "rounds/pseudo_label.h"
#include "rounds/run_context.h"
#include "train/trainer.h"

namespace roundel {

/// What one training of a round learns from.
struct RoundTraining {
  int round = 0;
  Arm arm = Arm::Strategy;
  std::filesystem::path previous = {};      ///< checkpoint of the last round of this arm; empty in round 0
  std::filesystem::path pseudoLabels = {};  ///< folder with the gate's case files; empty: none
  std::filesystem::path beliefs = {};       ///< folder with the probabilities of the unlabelled cases; empty: none
  int fold = -1;  ///< of `folds`: every so many-th labelled case is left out, and nothing is validated; -1: none is
  int folds = 0;
};

/// The training set of a round. Rejected pseudo-labels are not annotated, those to review count with their estimated Dice as
/// weight, accepted ones fully; classes that the specialist did not find
/// count as absent (the paper) or stay out, by the parameter not_found.
TrainingSet trainingSetOf(const RunContext& context, const RoundTraining& training, Job& job);

/// Without the labelled cases of a fold, and without validation.
void leaveOutFold(TrainingSet& set, int fold, int folds);

/// A generalist for the cases of a study. One that looks at volumes is given what specialists are given, which is normalised already: it
/// leaves its grey values as they are unless `params` says otherwise. Throws Error(Usage, "unknown-generalist" | "not-2d").
std::shared_ptr<const Generalist> generalistFor(const Registry<Generalist>& registry, const std::string& name, Json params, StudyKind kind);

/// Several by name, for a training that asks them; `params`: an object a name.
std::vector<std::shared_ptr<const Generalist>> namedGeneralists(const std::vector<std::string>& names, const Json& params,
                                                                const std::string& device, StudyKind kind);

/// The pixel pipeline's settings of the labelled cases, as a checkpoint keeps them: {"several": [...]} where they differ.
Json commonPipeline(const RunPlan& plan);

/// The specialist of a strategy, and of the control beside it: of volumes a network for volumes.
std::string specialistOf(const RunPlan& plan, const RunStrategy& strategy);
std::string controlSpecialistOf(const RunPlan& plan);

/// The strategy of the trainings after the first.
std::string trainingStrategyOf(const RunContext& context);

/// Whether this training goes on from the checkpoint of the last round; else it begins anew.
bool goesOn(const RunContext& context, const RoundTraining& training);

/// Steps of a round: those of the strategy's training set, for both arms alike. (A control that begins anew beside a strategy that
/// goes on takes the strategy's earlier steps too, so that both have had as many in the end.)
std::int64_t stepsOf(const RunContext& context, int round, const TrainingSet& strategySet);

/// What the ranks of a run do together; then trainRound() finds it done. Without its warnings.
TrainResult trainOnly(const RunContext& context, const RoundTraining& training, const TrainingSet& set, std::int64_t steps,
                      const std::filesystem::path& folder, Job& job);

/// Trains one arm of one round into `folder`; returns the checkpoint's weights hash.
TrainResult trainRound(const RunContext& context, const RoundTraining& training, const TrainingSet& set, std::int64_t steps,
                       const std::filesystem::path& folder, Job& job);

/// The training plan that a round uses (for `--dry-run` and forecasts too).
TrainPlan trainPlanOf(const RunContext& context, const RoundTraining& training, std::int64_t steps);

}  // namespace roundel
