#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "rounds/run_plan.h"
#include "rounds/score.h"
#include "rounds/stage_runner.h"

namespace roundel {

/// Keeps runs/<id>/run.json true: the run's result so far, rewritten after every change of a stage.
class RunJournal {
 public:
  RunJournal(const RunPlan& plan, std::filesystem::path runFolder, Json environment);

  void setState(const std::string& state) { m_state = state; }
  /// The generalists that the run refines with (Labeller::generalists()).
  void setGeneralists(Json generalists) {
    if (!generalists.empty()) m_environment["generalists"] = std::move(generalists);
  }
  void setWeights(const std::string& sha256) { m_weights = sha256; }
  /// Replaces what is known of a round's scores from one stage.
  void setScores(int round, const std::string& stage, std::vector<Score> scores);
  void setStages(const std::vector<StageStatus>& stages) { m_stages = stages; }
  std::vector<Score> scoresOf(int round) const;

  RunRecord record() const;
  /// The record with what people ask first: per round and arm the mean Dice on validation and test.
  Json document() const;
  void write() const;

 private:
  const RunPlan& m_plan;
  std::filesystem::path m_folder;
  Json m_environment;
  std::string m_state = "running";
  std::string m_weights;
  std::vector<StageStatus> m_stages;
  std::map<std::pair<int, std::string>, std::vector<Score>> m_scores;
};

}  // namespace roundel
