#include <set>

#include "core/files.h"
#include "core/shown_number.h"
#include "report/case_pictures.h"
#include "report/run_report.h"

namespace roundel {
namespace {

using Style = TextSpan::Style;
using Blocks = std::vector<ReportBlock>;

RichText plain(std::string text) { return {{std::move(text)}}; }

std::vector<RichText> plainCells(std::vector<std::string> texts) {
  std::vector<RichText> cells;
  for (auto& text : texts) cells.push_back(plain(std::move(text)));
  return cells;
}

void append(Blocks& blocks, Blocks more) {
  for (auto& block : more) blocks.push_back(std::move(block));
}

RichText meanCell(const RoundRecord& round, const ScoreFilter& filter) {
  const auto mean = summarise(round.scores, filter);
  if (!mean) return plain("–");
  return {{shown(mean->mean)}, {" ± " + shown(mean->deviation, 2), Style::Soft}};
}

/// "helped; test Dice +0.012, 95 % interval 0.002 to 0.023, 50 cases." of a comparison (rounds/validation_stage.h), after `start`.
RichText sentenceOf(const Json& comparison, RichText start) {
  const double difference = comparison.at("difference").get<double>();
  start.push_back({comparison.at("verdict").get<std::string>(), Style::Bold});
  start.push_back({std::string("; test Dice ") + (difference >= 0 ? "+" : "") + shown(difference) + ", 95 % interval " +
                   shown(comparison.at("low").get<double>()) + " to " + shown(comparison.at("high").get<double>()) + ", " +
                   std::to_string(comparison.at("cases").get<int>()) + " cases."});
  return start;
}

/// The sentences a person reads first.
std::vector<RichText> verdictOf(const RunReport& report) {
  if (report.summaries.empty()) return {plain("No round is finished yet.")};
  const Json& last = report.summaries.back();
  const auto comparison = [&](const char* name) { return last.value(name, Json(nullptr)); };
  const Json control = comparison("comparison"), refinement = comparison("refinement_at_test_time");
  std::vector<RichText> lines{
      control.is_null() ? plain("There is no control arm or no test case to compare with: it cannot be said whether the round helped.")
                        : sentenceOf(control, plain("Compared with the control arm (the labelled cases alone, as many steps): "))};
  if (!refinement.is_null())
    lines.push_back(
        sentenceOf(refinement, {{"The same predictions, refined by the generalist ("}, {"predict --refine", Style::Code}, {"): "}}));
  return lines;
}

/// The units of all rounds' distances: each has its own columns, because millimetres and pixels have no mean.
std::vector<std::string> unitsOf(const RunReport& report) {
  std::set<std::string> units;
  for (const auto& round : report.rounds)
    for (const auto& unit : unitsOf(round.scores)) units.insert(unit);
  return {units.begin(), units.end()};
}

Blocks roundsSection(const RunReport& report) {
  std::vector<std::string> header{
      "Round", "Test Dice", "Test Dice, control", "Test Dice, refined", "Validation Dice", "Pseudo-labels, measured Dice"};
  const auto units = unitsOf(report);
  for (const auto& unit : units) header.push_back("Test HD95, " + unit);
  std::vector<std::vector<RichText>> rows;
  std::vector<ChartLine> lines{{"strategy, test", {}}, {"control, test", {}}, {"strategy refined, test", {}}, {"strategy, validation", {}}};
  for (const auto& round : report.rounds) {
    std::vector<RichText> row{plain(round.number == 0 ? "0 (first specialist)" : std::to_string(round.number))};
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
  const std::string note =
      "Mean over the classes of each case, then over cases, ± standard deviation over cases. A class that is absent in a case does not "
      "count. Pseudo-labels are measured where the unlabelled cases do have labels; those labels are used for nothing else.";
  return {Heading{.text = "Rounds"}, Table{std::move(header), std::move(rows)},
          Paragraph{.lines = {plain(note)}, .role = Paragraph::Role::Soft},
          Chart{std::move(lines), {.title = "Dice by round", .xName = "round", .yName = "mean Dice", .wholeX = true}}};
}

Blocks classesSection(const RunReport& report) {
  if (report.rounds.empty()) return {};
  const RoundRecord& last = report.rounds.back();
  const auto strategy = classMeans(last, report.plan, {"test", "strategy", "dice"}),
             control = classMeans(last, report.plan, {"test", "control", "dice"}),
             refined = classMeans(last, report.plan, {"test", "strategy", "dice_refined"}),
             estimated = classMeans(last, report.plan, {"test", "strategy", "estimated_dice"});
  std::vector<std::vector<RichText>> rows;
  for (int c = 0; c < report.plan.classes.size(); ++c) {
    const auto i = static_cast<std::size_t>(c);
    rows.push_back(
        plainCells({report.plan.classes[c].name, shown(strategy[i]), shown(control[i]), shown(refined[i]), shown(estimated[i])}));
  }
  std::vector<std::string> header{"Class", "Dice", "Dice, control", "Dice, refined", "Estimated Dice"};
  for (const auto& unit : unitsOf(report))
    for (const char* metric : {"hd95", "assd"}) {
      header.push_back((metric == std::string("hd95") ? "HD95, " : "ASSD, ") + unit);
      const auto means = classMeans(last, report.plan, {.split = "test", .metric = metric, .unit = unit});
      for (std::size_t i = 0; i < rows.size(); ++i) rows[i].push_back(plain(shown(means[i], 2)));
    }
  return {Heading{.text = "Classes, last round, test cases"}, Table{std::move(header), std::move(rows)}};
}

std::optional<double> numberOf(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

/// How the estimates of one round did on one part of the split, and each class.
Blocks estimatesOf(int round, const std::string& split, const Json& calibration) {
  const Json& one = calibration.at("overall");
  const auto cell = [](const Json& object, const char* key) { return shown(numberOf(object, key)); };
  Blocks blocks{
      Heading{.level = 3, .text = "Round " + std::to_string(round) + ", " + split + " cases: " + one.value("verdict", "")},
      Table{{"", "Mean absolute error", "Rank correlation"},
            {plainCells({"Estimate", cell(one, "mean_absolute_error"), cell(one, "rank_correlation")}),
             plainCells({"Always the mean", cell(one, "global_mean_error"), "–"}),
             plainCells({"Always the class's mean", cell(one, "class_mean_error"), cell(one, "class_mean_rank_correlation")}),
             plainCells({"Always the mean of these very cases (a rival that knows the truth)", cell(one, "own_mean_error"), "–"})}}};
  const auto line = [&](const char* name, const char* key) {
    ChartLine points{name, {}};
    for (const auto& bin : one.value(key, Json::array()))
      points.points.emplace_back(bin.at("estimate").get<double>(), bin.at("measured").get<double>());
    return points;
  };
  blocks.push_back(
      Chart{{line("estimate", "reliability"), line("the class's mean", "class_mean_reliability")},
            {.title = "Reliability", .xName = "estimated Dice", .yName = "measured Dice", .yLow = 0.0, .yHigh = 1.0, .diagonal = true}});
  std::vector<std::vector<RichText>> rows;
  for (const auto& row : calibration.at("classes"))
    if (row.value("count", 0) > 0)
      rows.push_back(plainCells({row.at("class").get<std::string>(), std::to_string(row.value("count", 0)),
                                 cell(row, "mean_absolute_error"), cell(row, "class_mean_error"), cell(row, "own_mean_error"),
                                 cell(row, "rank_correlation"), row.value("verdict", "")}));
  blocks.push_back(
      Table{{"Class", "Cases", "Error of the estimate", "Of the class's mean", "Of these cases' own mean", "Rank correlation", "Verdict"},
            std::move(rows)});
  return blocks;
}

Blocks estimatesSection(const RunReport& report) {
  Blocks found;
  for (const auto& summary : report.summaries) {
    if (!summary.contains("calibration") || summary["calibration"].is_null()) continue;
    for (const auto& [split, calibration] : summary["calibration"].items())
      append(found, estimatesOf(summary.at("round").get<int>(), split, calibration));
  }
  if (found.empty()) return {};
  const std::string note =
      "The estimated Dice of a pseudo-label is made without its truth: learnt from labelled cases by cross-fitting, then moved as a whole "
      "by "
      "what the validation cases show (shift_estimates). Here it is held against the truth where there is one, beside "
      "predictors that always say a mean: what the calibration knows of all classes or of one, and what nobody can know, the mean of the "
      "very cases that are judged. An estimate counts as informative where its error is smaller than that of every one of them, with "
      "95 % confidence over cases.";
  Blocks blocks{Heading{.text = "How good are the estimates of quality?"},
                Paragraph{.lines = {plain(note)}, .role = Paragraph::Role::Soft}};
  append(blocks, std::move(found));
  return blocks;
}

Blocks planSection(const RunReport& report) {
  Json plan = toJson(report.plan);
  plan["cases"] = std::to_string(report.plan.cases.size()) + " cases (see plan.json)";
  Json stages = Json::array();
  for (const auto& round : report.rounds)
    for (const auto& stage : round.stages)
      stages.push_back(std::to_string(round.number) + "/" + stage.name + " " + stage.state + " " + stage.sha256);
  return {Heading{.text = "Plan, versions, hashes"}, Listing{Json{{"plan_sha256", report.run.value("plan_sha256", Json(nullptr))},
                                                                  {"weights_sha256", report.run.value("weights_sha256", Json(nullptr))},
                                                                  {"environment", report.run.value("environment", Json(nullptr))},
                                                                  {"plan", plan},
                                                                  {"stages", stages}}
                                                                 .dump(1)}};
}

std::string unlabelledCount(const RunPlan& plan) {
  const std::string used = std::to_string(plan.casesOf(SplitPart::Unlabelled).size()) + " unlabelled";
  return plan.leftOut.empty() ? used : used + " (" + std::to_string(plan.leftOut.size()) + " more left out)";
}

Blocks warningsSection(const RunReport& report) {
  constexpr std::size_t kShown = 40;
  if (report.warnings.empty()) return {};
  Bullets list;
  for (std::size_t i = 0; i < report.warnings.size() && i < kShown; ++i) {
    const Warning& one = report.warnings[i];
    list.items.push_back((one.caseName.empty() ? "" : one.caseName + ": ") + one.message);
  }
  if (report.warnings.size() > kShown)
    list.items.push_back("and " + std::to_string(report.warnings.size() - kShown) + " more (report.json)");
  return {Heading{.text = "Worth knowing"}, std::move(list)};
}

}  // namespace

ReportDocument reportDocument(const RunReport& report, const std::filesystem::path& runFolder, const ImageLoader& loader, Job& job) {
  const auto count = [&](SplitPart part) { return std::to_string(report.plan.casesOf(part).size()); };
  ReportDocument document{.title = "Run " + report.plan.id, .blocks = {}};
  document.blocks = {
      Heading{.level = 1, .text = "Run " + report.plan.id + ": " + report.plan.strategy},
      Paragraph{.lines = {plain("preset " + report.plan.preset + ", seed " + std::to_string(report.plan.seed) + ", state " +
                                report.run.value("state", "") + "; " + count(SplitPart::Labelled) + " labelled, " +
                                unlabelledCount(report.plan) + ", " + count(SplitPart::Validation) + " validation and " +
                                count(SplitPart::Test) + " test cases; " + std::to_string(report.plan.classes.size()) + " classes")},
                .role = Paragraph::Role::Soft},
      Paragraph{.lines = verdictOf(report), .role = Paragraph::Role::Verdict}};
  append(document.blocks, warningsSection(report));
  append(document.blocks, roundsSection(report));
  append(document.blocks, classesSection(report));
  append(document.blocks, estimatesSection(report));
  append(document.blocks, trainingCurves(report, runFolder));
  append(document.blocks, casePictures(report, runFolder, loader, job));
  append(document.blocks, planSection(report));
  return document;
}

}  // namespace roundel
