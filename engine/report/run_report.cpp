#include "report/run_report.h"

#include "core/error.h"
#include "core/files.h"
#include "report/html.h"

namespace roundel {

RunReport readRunReport(const std::filesystem::path& runFolder) {
  if (!std::filesystem::exists(runFolder / "run.json"))
    throw Error(ErrorKind::BadInput, "no-run", "There is no finished round to report in " + displayPath(runFolder) + ".",
                {.path = displayPath(runFolder)});
  RunReport report{
      .plan = runPlanFromJson(readJson(runFolder / "plan.json")), .run = readJson(runFolder / "run.json"), .rounds = {}, .summaries = {}};
  report.rounds = runRecordFromJson(report.run).rounds;
  for (const auto& round : report.rounds) {
    const auto path = runFolder / ("round-" + std::to_string(round.number)) / "report" / "report.json";
    if (std::filesystem::exists(path)) report.summaries.push_back(readJson(path));
  }
  return report;
}

std::vector<std::optional<double>> classMeans(const RoundRecord& round, const RunPlan& plan, const ScoreFilter& filter) {
  std::vector<std::optional<double>> means;
  for (const auto& one : plan.classes.classes()) {
    ScoreFilter of = filter;
    of.className = one.name;
    const auto mean = summarise(round.scores, of);
    means.push_back(mean ? std::optional(mean->mean) : std::nullopt);
  }
  return means;
}

Json reportJson(const RunReport& report) {
  Json classes = Json::array();
  if (!report.rounds.empty()) {
    const RoundRecord& last = report.rounds.back();
    std::vector<std::pair<std::string, std::string>> columns{{"dice", ""}, {"iou", ""}, {"dice_refined", ""}};  // metric and unit
    for (const auto& unit : unitsOf(last.scores))
      for (const char* metric : {"hd95", "assd"}) columns.emplace_back(metric, unit);
    for (const auto& one : report.plan.classes.classes()) {
      Json row = {{"class", one.name}};
      for (const char* arm : {"strategy", "control"})
        for (const auto& [metric, unit] : columns) {
          const auto mean = summarise(last.scores, {.split = "test", .arm = arm, .metric = metric, .className = one.name, .unit = unit});
          row[std::string(arm) + "_" + metric + (unit.empty() ? "" : "_" + unit)] = mean ? Json(mean->mean) : Json(nullptr);
        }
      classes.push_back(std::move(row));
    }
  }
  return {{"run", report.run}, {"plan", toJson(report.plan)}, {"rounds", report.summaries}, {"classes", std::move(classes)}};
}

std::string reportCsv(const RunReport& report) {
  const auto field = [](const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
  };
  std::string csv = "round,case,class,split,arm,metric,value,unit,estimated\n";
  for (const auto& round : report.rounds)
    for (const auto& score : round.scores)
      csv += std::to_string(round.number) + "," + field(score.caseName) + "," + field(score.className) + "," + score.split + "," +
             score.arm + "," + score.metric + "," + (score.value ? shown(score.value, 6) : "") + "," + score.unit + "," +
             (score.estimated ? "true" : "false") + "\n";
  return csv;
}

}  // namespace roundel
