#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "report/report_document.h"
#include "rounds/run_plan.h"
#include "rounds/score.h"
#include "rounds/study_data.h"

namespace roundel {

/// Everything a report says, read from a run's folder alone (plan.json, run.json and the stages' files).
struct RunReport {
  RunPlan plan;
  Json run;                         ///< run.json
  std::vector<RoundRecord> rounds;  ///< with all scores
  std::vector<Json> summaries;      ///< round-<n>/report/report.json, as far as they exist
  std::vector<Warning> warnings;    ///< of its stages, each once (events.jsonl)
};

/// The warnings of a run's events.jsonl, each once, in order; lines that a kill has cut are passed over.
std::vector<Warning> warningsIn(const std::filesystem::path& events);

/// Throws Error(BadInput, "no-run") where the folder holds none that can be reported.
RunReport readRunReport(const std::filesystem::path& runFolder);

/// The report as a document: run, summaries, per-class tables.
Json reportJson(const RunReport& report);

/// All scores as CSV: round,case,class,split,arm,metric,value,unit,estimated. An absent value is an empty field.
std::string reportCsv(const RunReport& report);

/// What people read: verdict, rounds, curves, classes, quality of the estimates, best, median and worst cases with their prompts,
/// plan, versions and hashes. Pictures whose image cannot be opened are left out, with a warning.
ReportDocument reportDocument(const RunReport& report, const std::filesystem::path& runFolder, const ImageLoader& loader, Job& job);

/// Mean of a metric by class on one split of a round; none where no case has the class.
std::vector<std::optional<double>> classMeans(const RoundRecord& round, const RunPlan& plan, const ScoreFilter& filter);

}  // namespace roundel
