#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/job.h"
#include "rounds/run_plan.h"

namespace roundel {

/// An unlabelled case that a run goes on without, because its image could not be opened when the run began. Labelled, validation and
/// test cases are never left out: a run without one of them would be another study.
struct LeftOutCase {
  int index = 0;     ///< in the plan
  std::string name;  ///< of the case
  std::string code;  ///< of the error ("unreadable-image" ...)
  std::string message;
};

/// Kept as left_out.json in the run's folder: a run that goes on leaves the same cases out, also when a file has been mended since.
void writeLeftOut(const std::filesystem::path& runFolder, const std::vector<LeftOutCase>& cases);
/// Empty where nothing was left out.
std::vector<LeftOutCase> readLeftOut(const std::filesystem::path& runFolder);

/// [{"case", "code", "message"}], for results.
Json toJson(const std::vector<LeftOutCase>& cases);
Warning warningOf(const LeftOutCase& one);

/// The plan in a run's folder, with what was left out.
RunPlan readRunPlan(const std::filesystem::path& runFolder);

}  // namespace roundel
