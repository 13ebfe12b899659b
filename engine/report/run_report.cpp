#include "report/run_report.h"

#include <algorithm>
#include <fstream>

#include "core/error.h"
#include "core/files.h"
#include "core/shown_number.h"
#include "rounds/left_out.h"

namespace roundel {

std::vector<Warning> warningsIn(const std::filesystem::path& events) {
  std::vector<Warning> warnings;
  std::ifstream in(events);
  for (std::string line; std::getline(in, line);) {
    if (line.find("\"warning\"") == std::string::npos) continue;  // most are progress
    const Json event = Json::parse(line, nullptr, false);
    if (!event.is_object() || event.value("type", Json()) != "warning") continue;
    const auto text = [&event](const char* key) {
      const auto found = event.find(key);
      return found != event.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    Warning warning{.code = text("code"), .caseName = text("case"), .message = text("message")};
    const bool known = std::any_of(warnings.begin(), warnings.end(), [&](const Warning& one) {
      return one.code == warning.code && one.caseName == warning.caseName && one.message == warning.message;
    });
    if (!known) warnings.push_back(std::move(warning));
  }
  return warnings;
}

RunReport readRunReport(const std::filesystem::path& runFolder) {
  if (!std::filesystem::exists(runFolder / "run.json"))
    throw Error(ErrorKind::BadInput, "no-run", "There is no finished round to report in " + displayPath(runFolder) + ".",
                {.path = displayPath(runFolder)});
  RunReport report{.plan = readRunPlan(runFolder),
                   .run = readJson(runFolder / "run.json"),
                   .rounds = {},
                   .summaries = {},
                   .warnings = warningsIn(runFolder / "events.jsonl")};
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
  Json warnings = Json::array();
  for (const auto& one : report.warnings)
    warnings.push_back({{"code", one.code}, {"case", one.caseName.empty() ? Json(nullptr) : Json(one.caseName)}, {"message", one.message}});
  return {{"run", report.run},
          {"plan", toJson(report.plan)},
          {"rounds", report.summaries},
          {"classes", std::move(classes)},
          {"warnings", std::move(warnings)}};
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
