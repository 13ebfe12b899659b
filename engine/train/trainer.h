#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/job.h"
#include "fabric/fabric.h"
#include "models/generalist.h"
#include "train/train_plan.h"
#include "train/training_set.h"

namespace roundel {

/// Where a training begins.
struct TrainStart {
  std::filesystem::path continueFrom = {};  ///< a checkpoint of the same specialist and classes; empty: from scratch
  /// Folders of other finished trainings. Where one had the same set, plan, start and environment, its result is taken instead of being
  /// computed again: the bytes would be the same.
  std::vector<std::filesystem::path> elsewhere = {};
  /// Frozen generalists for the strategies that ask them in every step (semisam-plus), loaded once by whoever starts the training.
  std::vector<std::shared_ptr<const Generalist>> generalists = {};

  /// The ranks that share every batch; null: this process is alone. All of them call train() with the same set, plan and start.
  std::shared_ptr<Fabric> fabric = {};

  static TrainStart fromScratch() { return {}; }
  StartKind kind() const { return continueFrom.empty() ? StartKind::FromScratch : StartKind::Continued; }
};

struct TrainResult {
  std::filesystem::path checkpoint;  ///< folder / "model.safetensors"
  std::string weightsSha256;
  std::int64_t steps = 0;                     ///< taken, early stopping included
  std::int64_t keptStep = 0;                  ///< after which step the weights were taken
  double trainingLoss = 0;                    ///< mean of the last tenth of the steps
  std::optional<double> validationDice = {};  ///< of the kept weights, mean over cases and classes; none without validation cases
  bool converged = true;                      ///< see `convergence`
  std::string convergence;                    ///< a sentence: how the loss went near the end
  Json environment = Json::object();          ///< device, threads, instruction set, precision, build, library versions
};

/// Trains a specialist and writes it to `folder`/model.safetensors (docs/CHECKPOINTS.md).
///
/// Deterministic on a CPU: same set, plan, start, build, instruction set and number of threads give the same bytes. State is
/// written to `folder` at least every 60 s (parameter checkpoint_seconds); started again with the same arguments it goes on
/// there and ends with the bytes of an uninterrupted run. A finished folder is answered at once. Progress and curves go to
/// `job`; a request to stop is obeyed at the next step, after the state is written, with Cancelled.
///
/// Several ranks (TrainStart::fabric; the plan's parameter `ranks`) share every batch and end with the weights of one process up to the
/// order of additions. Rank 0 alone reads and writes `folder`; the others end with its result. A stop that any of them is asked for holds
/// for all, after the same step.
///
/// Throws Error(BadInput) on a bad set or start, Error(BadInput, "resume-mismatch") where `folder` holds another training, "ranks-differ"
/// where ranks were given different things, Error(Resource, "rank-lost"), Error(Resource, "out-of-memory" | "disk-full" | "not-writable"),
/// Error(Defect, "diverged") where the loss is no number.
TrainResult train(const TrainingSet& set, const TrainPlan& plan, const TrainStart& start, const std::filesystem::path& folder, Job& job);

}  // namespace roundel
