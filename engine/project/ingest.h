#pragma once
#include <string>
#include <vector>

#include "core/job.h"
#include "project/project.h"

namespace roundel {

enum class IngestOutcome { TakenIn, Updated, AlreadyThere };

/// Takes the rounds of `runs/<id>/` into the project, from its run.json (the run's result in the shape of the command line's
/// document, bare or as its "result"; optionally "files": [{"path", "sha256"}], which are verified).
/// By the document's hash: taking the same one in twice changes nothing; a run that went on replaces what was there of it.
/// Throws Error(BadInput, "unknown-run" | "bad-document" | "hash-mismatch"), Error(Locked, "read-only") without Access::Edit.
IngestOutcome ingestRun(Project& project, const std::string& runId);

/// Takes in every run folder that has a run.json; those that cannot be are told as warnings.
struct IngestReport {
  std::vector<std::string> takenIn;  ///< ids, new or updated
  std::vector<Warning> warnings;
};
IngestReport ingestAll(Project& project);

}  // namespace roundel
