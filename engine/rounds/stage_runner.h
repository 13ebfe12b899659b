#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/job.h"
#include "rounds/event_log.h"

namespace roundel {

enum class StageState { Fresh, Started, Done, Cancelled, Failed, Invalidated };

std::string toString(StageState state);
StageState stageStateFromString(const std::string& text);

/// What is known of one stage of one round; stored as stage.json in the stage's folder.
struct StageStatus {
  int round = 0;
  std::string name;
  StageState state = StageState::Fresh;
  std::string inputHash;   ///< SHA-256 over everything the stage depends on
  std::string outputHash;  ///< SHA-256 of what it made; empty until done
  double seconds = 0;      ///< time spent on it, all tries together
};

Json toJson(const StageStatus& record);
StageStatus stageStatusFromJson(const Json& json);

/// "round:1/refine": stop once that stage is done.
struct StopAfter {
  int round = -1;  ///< -1: never
  std::string stage;
};
/// Throws Error(Usage, "bad-stop-after").
StopAfter parseStopAfter(const std::string& text);
/// The stages of a round, in order; a strategy may leave some out.
std::vector<std::string> stageNames(int round);
/// Throws Error(Usage, "bad-stop-after") where a run of so many rounds has no such stage.
void requireStage(const StopAfter& stop, int rounds);

/// Runs the stages of a run in order; skips what is done, continues what was broken off, redoes what depends on something that
/// changed. A stage is a function of its inputs: what it finds half-made in its own folder under the same input hash is its own.
class StageRunner {
 public:
  /// A stage writes into its folder and returns the SHA-256 of what it made.
  using Work = std::function<std::string(StageJob& job, const std::filesystem::path& folder)>;

  StageRunner(std::filesystem::path runFolder, std::string runId, Job& job, EventLog& events, StopAfter stopAfter);

  /// Returns the output hash. Throws Cancelled where a stop is asked for, and after the stage named by StopAfter.
  std::string run(int round, const std::string& stage, const std::string& inputHash, const Work& work);

  const std::vector<StageStatus>& records() const { return m_records; }
  /// Called after every change of a record.
  std::function<void()> onChange = [] {};

  std::filesystem::path folderOf(int round, const std::string& stage) const;

 private:
  void store(const StageStatus& record);

  std::filesystem::path m_runFolder;
  std::string m_runId;
  Job& m_job;
  EventLog& m_events;
  StopAfter m_stopAfter;
  std::vector<StageStatus> m_records;
};

}  // namespace roundel
