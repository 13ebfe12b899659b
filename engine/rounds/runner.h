#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/job.h"
#include "project/run_record.h"
#include "rounds/run_context.h"
#include "rounds/stage_runner.h"
#include "rounds/study_data.h"

namespace roundel {

/// How a run is carried out; nothing here changes its numbers except device and threads, which the record names.
struct RunExecution {
  std::string device = "auto";
  int threads = 0;  ///< 0: all cores
  StopAfter stopAfter = {};
  std::string events = {};  ///< a further place for events, FILE or fd:N
  Reuse reuse = Reuse::Trainings;
  /// Several: what does not depend on one another (arms, folds, embeddings) is done on all of them at once, with `threads` threads each.
  std::vector<std::string> devices = {};
  /// The ranks that share the batches of every training; null: this process is alone. Rank 0 executes the run, the others follow it.
  std::shared_ptr<Fabric> fabric = {};
  /// Pauses at this moment, seconds since 1970; without it a wish that was left in the run's folder holds, if its time is still to come.
  std::optional<std::int64_t> pauseAt = {};
};

/// What came of it. "finished"; "paused" where it stopped as asked (by --stop-after, a signal or the control folder) and can go
/// on; "cancelled" where control/cancel asked for it.
struct RunResult {
  RunRecord record;
  Json document;  ///< the result as the command line prints it, and as run.json holds it
};

/// Starts or goes on with the run in `runFolder` (made by createRunFolder), until it is finished or asked to stop. Everything
/// that is done is kept; what was broken off goes on. Ends with the numbers of an uninterrupted run.
/// Throws Error(Locked, "run-active") where another process is at it.
RunResult executeRun(const std::filesystem::path& runFolder, const RunExecution& execution, ImageLoader loader, Job& job);

/// The checkpoint that a round of a run ended with. The arms part after round 0, so that the control has none of its own there.
/// Throws Error(BadInput, "no-such-round").
std::filesystem::path checkpointOf(const std::filesystem::path& runFolder, int round, Arm arm = Arm::Strategy);
/// The last round of a run whose specialist is trained; -1: none.
int lastTrainedRound(const std::filesystem::path& runFolder);

}  // namespace roundel
