#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/job.h"
#include "device/device.h"
#include "train/trainer.h"
#include "train/training_strategy.h"

namespace roundel {

/// Written last: a folder with a checkpoint is a finished training.
inline constexpr const char* kCheckpointFile = "model.safetensors";

/// What a training remembers between steps beside its tensors; all of it is in the state file.
struct TrainingProgress {
  std::int64_t step = 0;               ///< steps finished
  std::vector<float> losses;           ///< one a step
  std::vector<double> validationDice;  ///< one a validation
  std::vector<std::int64_t> validationSteps;
  double bestDice = -1;
  std::int64_t bestStep = 0;
  std::int64_t sinceBest = 0;  ///< validations without a better one
  bool stoppedEarly = false;
};

/// One training: built from its arguments, run to its end. See train() in trainer.h.
class TrainingRun {
 public:
  TrainingRun(const TrainingSet& set, const TrainPlan& plan, const TrainStart& start, std::filesystem::path folder, Job& job);
  TrainResult run();

 private:
  /// Rank 0's word on whether there is anything to do; the result where there is not. Alone likewise.
  std::optional<TrainResult> agree();
  void requireRanks() const;
  void prepareData();
  void prepareNetwork();
  /// Whether the specialist can learn from this set at all.
  void checkFit() const;
  void readStart();
  /// The parameters of the specialist's kind.
  Json ownParams() const;
  void checkMemory() const;
  bool resumeState();
  /// Whether a file with these hashes is of this training: its plan, data and start.
  bool isMine(const Json& hashes) const;
  /// What writes that were cut off left.
  void removeParts() const;
  /// A training that was killed between its last two acts left its state beside its result.
  void tidyFinished() const;
  /// All that is remembered, as rank 0 has it.
  void shareState();
  /// A result of rank 0, on every rank.
  TrainResult shared(const TrainResult& result) const;
  /// Copies the result of the same training where another folder has it.
  bool takeFromElsewhere();
  void saveState();
  void oneStep();
  void validate();
  double learningRate(std::int64_t step) const;
  bool finished() const { return m_progress.stoppedEarly || m_progress.step >= m_steps; }
  void report(double seconds);
  TrainResult finish();
  TrainResult resultOf(const std::filesystem::path& checkpoint) const;
  /// Tensors of the state file by name; the tensors themselves.
  NamedParameters stateTensors();
  /// What the training would end with now: parameters, then running statistics.
  NamedParameters candidate();

  const TrainingSet& m_set;
  const TrainPlan& m_plan;
  TrainStart m_start;
  std::shared_ptr<Fabric> m_fabric;
  std::filesystem::path m_folder;
  Job& m_job;
  ComputeChoice m_compute;
  BatchShare m_share;
  Json m_environment;
  std::string m_identity;
  std::string m_setHash;
  std::string m_startHash;
  std::int64_t m_steps = 0;

  std::unique_ptr<SpecialistBuilder> m_builder;
  std::unique_ptr<SpecialistNetwork> m_network;
  std::unique_ptr<SpecialistNetwork> m_evaluation;  ///< holds the candidate while it is looked at
  std::unique_ptr<TrainingStrategy> m_strategy;
  std::unique_ptr<Optimiser> m_optimiser;
  Normalisation m_normalisation;
  CaseTensors m_labelled, m_unlabelled, m_validation;
  std::unique_ptr<TrainingContext> m_context;
  NamedParameters m_average, m_best;
  TrainingProgress m_progress;
  bool m_stopping = false;  ///< some rank was asked to stop: agreed on with the last step
  std::vector<std::pair<std::string, double>> m_lastTerms, m_lastNotes;
  std::chrono::steady_clock::time_point m_lastSave, m_lastReport;
};

}  // namespace roundel
