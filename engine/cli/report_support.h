#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/job.h"

namespace roundel::cli {

/// Writes a run's report into a folder: "html" or "pdf" (with JSON and CSV beside it), "json" or "csv". Returns the files written.
std::vector<std::filesystem::path> writeReport(const std::filesystem::path& runFolder, const std::filesystem::path& out,
                                               const std::string& format, Job& job);

}  // namespace roundel::cli
