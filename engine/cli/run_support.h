#pragma once
#include <filesystem>
#include <string>

#include "cli/command.h"
#include "rounds/runner.h"

namespace roundel::cli {

/// Opens a run's images through the limited decoder and the case's pixel pipeline.
ImageLoader decodingLoader(const Job& job);

/// The folder of a run given by its folder, or by study and id ("last": the newest).
std::filesystem::path runFolderOf(const std::filesystem::path& study, const std::string& id);

/// A table for people: rounds down, arms and metrics across.
std::string roundsTable(const Json& document);

/// Runs with these settings and turns what came of it into an outcome (exit code 7 where it paused).
Outcome runOutcome(const std::filesystem::path& runFolder, const RunExecution& execution, Context& context,
                   const std::string& resumeCommand);

}  // namespace roundel::cli
