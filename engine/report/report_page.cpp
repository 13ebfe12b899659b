#include <set>

#include "core/error.h"
#include "core/files.h"
#include "report/case_pictures.h"
#include "report/html.h"
#include "report/run_report.h"

namespace roundel {
namespace {

std::string meanCell(const RoundRecord& round, const ScoreFilter& filter) {
  const auto mean = summarise(round.scores, filter);
  return mean ? shown(mean->mean) + " <span class='soft'>± " + shown(mean->deviation, 2) + "</span>" : "–";
}

/// "helped; test Dice +0.012, 95 % interval 0.002 to 0.023, 50 cases." of a comparison (rounds/validation_stage.h).
std::string sentenceOf(const Json& comparison) {
  const double difference = comparison.at("difference").get<double>();
  return "<b>" + escaped(comparison.at("verdict").get<std::string>()) + "</b>; test Dice " + (difference >= 0 ? "+" : "") +
         shown(difference) + ", 95 % interval " + shown(comparison.at("low").get<double>()) + " to " +
         shown(comparison.at("high").get<double>()) + ", " + std::to_string(comparison.at("cases").get<int>()) + " cases.";
}

/// The sentences a person reads first.
std::string verdictOf(const RunReport& report) {
  if (report.summaries.empty()) return "No round is finished yet.";
  const Json& last = report.summaries.back();
  const auto comparison = [&](const char* name) { return last.value(name, Json(nullptr)); };
  const Json control = comparison("comparison"), refinement = comparison("refinement_at_test_time");
  std::string text = control.is_null()
                         ? "There is no control arm or no test case to compare with: it cannot be said whether the round helped."
                         : "Compared with the control arm (the labelled cases alone, as many steps): " + sentenceOf(control);
  if (!refinement.is_null())
    text += "<br>The same predictions, refined by the generalist (<code>predict --refine</code>): " + sentenceOf(refinement);
  return text;
}

/// The units of all rounds' distances: each has its own columns, because millimetres and pixels have no mean.
std::vector<std::string> unitsOf(const RunReport& report) {
  std::set<std::string> units;
  for (const auto& round : report.rounds)
    for (const auto& unit : unitsOf(round.scores)) units.insert(unit);
  return {units.begin(), units.end()};
}

std::string roundsSection(const RunReport& report) {
  std::vector<std::string> header{
      "Round", "Test Dice", "Test Dice, control", "Test Dice, refined", "Validation Dice", "Pseudo-labels, measured Dice"};
  const auto units = unitsOf(report);
  for (const auto& unit : units) header.push_back("Test HD95, " + unit);
  std::vector<std::vector<std::string>> rows;
  std::vector<ChartLine> lines{{"strategy, test", {}}, {"control, test", {}}, {"strategy refined, test", {}}, {"strategy, validation", {}}};
  for (const auto& round : report.rounds) {
    std::vector<std::string> row{round.number == 0 ? "0 (first specialist)" : std::to_string(round.number)};
    const std::vector<ScoreFilter> filters{{"test", "strategy", "dice"},
                                           {"test", "control", "dice"},
                                           {"test", "strategy", "dice_refined"},
                                           {"validation", "strategy", "dice"}};
    for (std::size_t i = 0; i < filters.size(); ++i) {
      row.push_back(meanCell(round, filters[i]));
      if (const auto mean = summarise(round.scores, filters[i])) lines[i].points.emplace_back(round.number, mean->mean);
    }
    row.push_back(meanCell(round, {"unlabelled", "strategy", "dice"}));
    for (const auto& unit : units) row.push_back(meanCell(round, {.split = "test", .metric = "hd95", .unit = unit}));
    rows.push_back(std::move(row));
  }
  std::erase_if(lines, [](const ChartLine& line) { return line.points.empty(); });
  return "<h2>Rounds</h2>" + htmlTable(header, rows) +
         "<p class='soft'>Mean over the classes of each case, then over cases, ± standard deviation over cases. A class that is absent in "
         "a case does not count. "
         "Pseudo-labels are measured where the unlabelled cases do have labels; those labels are used for nothing else.</p>" +
         svgChart(lines, {.title = "Dice by round", .xName = "round", .yName = "mean Dice", .wholeX = true});
}

std::string classesSection(const RunReport& report) {
  if (report.rounds.empty()) return "";
  const RoundRecord& last = report.rounds.back();
  const auto strategy = classMeans(last, report.plan, {"test", "strategy", "dice"}),
             control = classMeans(last, report.plan, {"test", "control", "dice"}),
             refined = classMeans(last, report.plan, {"test", "strategy", "dice_refined"}),
             estimated = classMeans(last, report.plan, {"test", "strategy", "estimated_dice"});
  std::vector<std::vector<std::string>> rows;
  for (int c = 0; c < report.plan.classes.size(); ++c) {
    const auto i = static_cast<std::size_t>(c);
    rows.push_back({escaped(report.plan.classes[c].name), shown(strategy[i]), shown(control[i]), shown(refined[i]), shown(estimated[i])});
  }
  std::vector<std::string> header{"Class", "Dice", "Dice, control", "Dice, refined", "Estimated Dice"};
  for (const auto& unit : unitsOf(report))
    for (const char* metric : {"hd95", "assd"}) {
      header.push_back((metric == std::string("hd95") ? "HD95, " : "ASSD, ") + unit);
      const auto means = classMeans(last, report.plan, {.split = "test", .metric = metric, .unit = unit});
      for (std::size_t i = 0; i < rows.size(); ++i) rows[i].push_back(shown(means[i], 2));
    }
  return "<h2>Classes, last round, test cases</h2>" + htmlTable(header, rows);
}

std::string estimatesSection(const RunReport& report) {
  std::string html;
  for (const auto& summary : report.summaries) {
    if (!summary.contains("calibration") || summary["calibration"].is_null()) continue;
    for (const auto& [split, calibration] : summary["calibration"].items()) {
      const Json& one = calibration.at("overall");
      const auto value = [&](const char* name) {
        return one.contains(name) && !one[name].is_null() ? std::optional(one[name].get<double>()) : std::nullopt;
      };
      html += "<h3>Round " + std::to_string(summary.at("round").get<int>()) + ", " + escaped(split) +
              " cases: " + escaped(one.value("verdict", "")) + "</h3>" +
              htmlTable({"", "Mean absolute error", "Rank correlation"},
                        {{"Estimate", shown(value("mean_absolute_error")), shown(value("rank_correlation"))},
                         {"Always the mean", shown(value("global_mean_error")), "–"},
                         {"Always the class's mean", shown(value("class_mean_error")), shown(value("class_mean_rank_correlation"))},
                         {"Always the mean of these very cases (a rival that knows the truth)", shown(value("own_mean_error")), "–"}});
      const auto line = [&](const char* name, const char* key) {
        ChartLine points{name, {}};
        for (const auto& bin : one.value(key, Json::array()))
          points.points.emplace_back(bin.at("estimate").get<double>(), bin.at("measured").get<double>());
        return points;
      };
      html += svgChart(
          {line("estimate", "reliability"), line("the class's mean", "class_mean_reliability")},
          {.title = "Reliability", .xName = "estimated Dice", .yName = "measured Dice", .yLow = 0.0, .yHigh = 1.0, .diagonal = true});
      std::vector<std::vector<std::string>> rows;
      for (const auto& row : calibration.at("classes")) {
        const auto of = [&](const char* name) {
          return row.contains(name) && !row[name].is_null() ? std::optional(row[name].get<double>()) : std::nullopt;
        };
        if (row.value("count", 0) > 0)
          rows.push_back({escaped(row.at("class").get<std::string>()), std::to_string(row.value("count", 0)),
                          shown(of("mean_absolute_error")), shown(of("class_mean_error")), shown(of("own_mean_error")),
                          shown(of("rank_correlation")), escaped(row.value("verdict", ""))});
      }
      html += htmlTable(
          {"Class", "Cases", "Error of the estimate", "Of the class's mean", "Of these cases' own mean", "Rank correlation", "Verdict"},
          rows);
    }
  }
  return html.empty()
             ? ""
             : "<h2>How good are the estimates of quality?</h2><p class='soft'>The estimated Dice of a pseudo-label is made "
               "without its truth. "
               "Here it is held against the truth where there is one, beside predictors that always say a mean: what the calibration "
               "knows of all classes or of one, and what nobody can know, the mean of the very cases that are judged. An estimate "
               "counts as informative where its error is smaller than that of every one of them, with 95 % confidence over "
               "cases.</p>" +
                   html;
}

std::string planSection(const RunReport& report) {
  Json plan = toJson(report.plan);
  plan["cases"] = std::to_string(report.plan.cases.size()) + " cases (see plan.json)";
  Json stages = Json::array();
  for (const auto& round : report.rounds)
    for (const auto& stage : round.stages)
      stages.push_back(std::to_string(round.number) + "/" + stage.name + " " + stage.state + " " + stage.sha256);
  return "<h2>Plan, versions, hashes</h2><pre>" +
         escaped(Json{{"plan_sha256", report.run.value("plan_sha256", Json(nullptr))},
                      {"weights_sha256", report.run.value("weights_sha256", Json(nullptr))},
                      {"environment", report.run.value("environment", Json(nullptr))},
                      {"plan", plan},
                      {"stages", stages}}
                     .dump(1)) +
         "</pre>";
}

std::string warningsSection(const RunReport& report) {
  constexpr std::size_t kShown = 40;
  if (report.warnings.empty()) return {};
  std::string list;
  for (std::size_t i = 0; i < report.warnings.size() && i < kShown; ++i) {
    const Warning& one = report.warnings[i];
    list += "<li>" + escaped((one.caseName.empty() ? "" : one.caseName + ": ") + one.message) + "</li>";
  }
  if (report.warnings.size() > kShown) list += "<li>and " + std::to_string(report.warnings.size() - kShown) + " more (report.json)</li>";
  return "<h2>Worth knowing</h2><ul>" + list + "</ul>";
}

}  // namespace

std::string reportHtml(const RunReport& report, const std::filesystem::path& runFolder, const ImageLoader& loader, const PngEncoder& encode,
                       Job& job) {
  std::string body = "<h1>Run " + escaped(report.plan.id) + ": " + escaped(report.plan.strategy) + "</h1><p class='soft'>preset " +
                     escaped(report.plan.preset) + ", seed " + std::to_string(report.plan.seed) + ", state " +
                     escaped(report.run.value("state", "")) + "; " + std::to_string(report.plan.casesOf(SplitPart::Labelled).size()) +
                     " labelled, " + std::to_string(report.plan.casesOf(SplitPart::Unlabelled).size()) + " unlabelled, " +
                     std::to_string(report.plan.casesOf(SplitPart::Validation).size()) + " validation and " +
                     std::to_string(report.plan.casesOf(SplitPart::Test).size()) + " test cases; " +
                     std::to_string(report.plan.classes.size()) + " classes</p>";
  body += "<p class='verdict'>" + verdictOf(report) + "</p>";
  body += warningsSection(report) + roundsSection(report) + classesSection(report) + estimatesSection(report) +
          trainingCurves(report, runFolder) + casePictures(report, runFolder, loader, encode, job) + planSection(report);
  return htmlPage("Run " + report.plan.id, body);
}

}  // namespace roundel
