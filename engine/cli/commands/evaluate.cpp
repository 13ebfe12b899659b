#include <algorithm>
#include <set>

#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/decode_access.h"
#include "cli/run_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/shown_number.h"
#include "exchange/label_folder.h"
#include "raster/metrics.h"
#include "rounds/score.h"

namespace roundel::cli {
namespace {

struct EvaluateFlags {
  std::string project, run, split = "test", predicted, truth;
};

Json valueOf(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

/// Scores in rows as a run's result has them, and their means for people.
class ScoreTable {
 public:
  void add(const std::string& caseName, const std::string& className, const std::string& metric, const std::optional<double>& value,
           const std::string& unit) {
    m_rows.push_back({{"case", caseName},
                      {"class", className},
                      {"metric", metric},
                      {"value", valueOf(value)},
                      {"unit", unit.empty() ? Json(nullptr) : Json(unit)}});
    m_scores.push_back(
        {.caseName = caseName, .className = className, .split = {}, .arm = "strategy", .metric = metric, .value = value, .unit = unit});
    if (value) m_classes.insert(className);
  }

  Outcome outcome() const {
    Outcome result;
    Json means = Json::array();
    std::string text = padded("class", -20);
    for (const auto& column : columns()) text += "  " + padded(headerOf(column), 6);
    text += "   cases\n";
    const auto addRow = [&](const std::string& name, const std::string& className) {
      text += padded(name, -20);
      int cases = 0;
      for (const auto& column : columns()) {
        const auto mean = summarise(m_scores, {.split = {}, .metric = column.first, .className = className, .unit = column.second});
        means.push_back({{"class", className.empty() ? Json(nullptr) : Json(className)},
                         {"metric", column.first},
                         {"unit", column.second.empty() ? Json(nullptr) : Json(column.second)},
                         {"value", mean ? Json(mean->mean) : Json(nullptr)},
                         {"count", mean ? mean->cases : 0}});
        const int width = std::max(6, static_cast<int>(headerOf(column).size()));
        text += "  " + padded(mean ? shown(mean->mean) : "-", width);
        if (column.first == "dice" && mean) cases = mean->cases;
      }
      text += "   " + std::to_string(cases) + "\n";
    };
    for (const auto& name : m_classes) addRow(name, name);
    addRow("mean of the cases", "");  // over the classes of each case first, as a run's report does
    result.result = {{"scores", m_rows}, {"means", std::move(means)}};
    result.text = text;
    return result;
  }

 private:
  /// At least so many characters wide, to the right; to the left where negative.
  static std::string padded(const std::string& text, int width) {
    const std::string blank(std::max<std::size_t>(text.size(), static_cast<std::size_t>(std::abs(width))) - text.size(), ' ');
    return width < 0 ? text + blank : blank + text;
  }

  using Column = std::pair<std::string, std::string>;  // metric and unit
  /// A distance has a column a unit: millimetres and pixels have no mean.
  std::vector<Column> columns() const {
    std::vector<Column> all{{"dice", ""}, {"iou", ""}};
    auto units = unitsOf(m_scores);
    if (units.empty()) units.emplace_back();
    for (const auto& unit : units) {
      all.emplace_back("hd95", unit);
      all.emplace_back("assd", unit);
    }
    return all;
  }
  static std::string headerOf(const Column& column) { return column.second.empty() ? column.first : column.first + " " + column.second; }

  Json m_rows = Json::array();
  std::vector<Score> m_scores;
  std::set<std::string> m_classes;  ///< those that were measured somewhere
};

void score(const LabelFolder& truth, const LabelFolderCase& expected, const LabelFolderCase& predicted, ScoreTable& table) {
  std::vector<Mask> masks;
  for (const auto& one : predicted.annotation.classes) masks.push_back(one.mask);
  const auto metrics = compareCase(masks, expected.annotation, expected.geometry);
  for (int c = 0; c < truth.classes.size(); ++c) {
    const auto& one = metrics[static_cast<std::size_t>(c)];
    if (!one) continue;
    const std::string& name = truth.classes[c].name;
    table.add(expected.name, name, "dice", one->dice, "");
    table.add(expected.name, name, "iou", one->iou, "");
    table.add(expected.name, name, "hd95", one->hd95, one->unit);
    table.add(expected.name, name, "assd", one->assd, one->unit);
  }
}

/// The label maps in a folder of `predict` or `phantom`; any other folder itself.
std::filesystem::path labelsIn(const std::filesystem::path& folder) {
  const bool ours = std::filesystem::exists(folder / "predictions.json") || std::filesystem::exists(folder / "phantom.json");
  return ours && std::filesystem::is_directory(folder / "labels") ? folder / "labels" : folder;
}

Outcome compareFolders(const EvaluateFlags& flags, Context& context) {
  DecodeAccess images;
  const LabelFolder truth = readLabelFolder(labelsIn(flags.truth), images, {}, context.job);
  const LabelFolder predicted = readLabelFolder(labelsIn(flags.predicted), images, truth.classes, context.job);
  std::vector<Warning> warnings = truth.warnings;
  warnings.insert(warnings.end(), predicted.warnings.begin(), predicted.warnings.end());
  ScoreTable table;
  int compared = 0, refused = truth.refused + predicted.refused;
  const auto refuse = [&](const std::string& name, const std::string& code, const std::string& message) {
    warnings.push_back({code, name, message});
    ++refused;
  };
  for (const auto& expected : truth.cases) {
    context.job.throwIfStopped();
    const auto found =
        std::find_if(predicted.cases.begin(), predicted.cases.end(), [&](const auto& one) { return one.name == expected.name; });
    if (found == predicted.cases.end()) {
      refuse(expected.name, "missing-prediction", "There is no prediction for " + expected.name + ".");
    } else if (found->annotation.size != expected.annotation.size) {
      refuse(expected.name, "size-mismatch", "Prediction and truth of " + expected.name + " have different sizes.");
    } else {
      score(truth, expected, *found, table);
      ++compared;
      context.job.progress(compared, static_cast<std::int64_t>(truth.cases.size()), "comparing");
    }
  }
  if (compared == 0)
    throw Error(
        ErrorKind::BadInput, "nothing-to-compare",
        "No case of " + displayPath(flags.truth) + " has a prediction of the same name and size in " + displayPath(flags.predicted) + ".",
        {.path = displayPath(flags.predicted),
         .remedy = warnings.empty() ? "Predictions carry the file names of the truth." : warnings.front().message});
  Outcome outcome = table.outcome();
  outcome.result["cases"] = compared;
  outcome.result["refused"] = refused;
  outcome.warnings = std::move(warnings);
  outcome.exitCode = refused > 0 ? 6 : 0;
  return outcome;
}

/// The scores that a run measured, for one part of its split.
Outcome scoresOfRun(const EvaluateFlags& flags) {
  const auto folder = runFolderOf(flags.project, flags.run.empty() ? "last" : flags.run);
  const Json document = readJson(folder / "run.json");
  int last = -1;
  for (const auto& round : document.value("rounds", Json::array()))
    if (!round.value("scores", Json::array()).empty()) last = std::max(last, round.value("n", -1));
  if (last < 0)
    throw Error(ErrorKind::BadInput, "no-scores", "The run " + folder.filename().string() + " has measured nothing yet.",
                {.path = displayPath(folder)});
  ScoreTable table;
  for (const auto& round : document["rounds"]) {
    if (round.value("n", -1) != last) continue;
    for (const auto& one : round["scores"]) {
      if (one.value("split", "") != flags.split || one.value("arm", "") != "strategy" || one.value("estimated", false)) continue;
      const auto text = [&](const char* key) {
        return one.contains(key) && one[key].is_string() ? one[key].get<std::string>() : std::string();
      };
      table.add(text("case"), text("class"), text("metric"),
                one.at("value").is_number() ? std::optional(one["value"].get<double>()) : std::nullopt, text("unit"));
    }
  }
  Outcome outcome = table.outcome();
  outcome.result["run"] = folder.filename().string();
  outcome.result["round"] = last;
  outcome.result["split"] = flags.split;
  if (outcome.result["scores"].empty())
    throw Error(ErrorKind::BadInput, "no-scores", "The run has no scores for the part " + flags.split + ".",
                {.path = displayPath(folder), .remedy = "Parts: labelled, unlabelled, validation, test."});
  return outcome;
}

Outcome evaluate(const EvaluateFlags& flags, Context& context) {
  const bool folders = !flags.predicted.empty() || !flags.truth.empty();
  if (folders && (flags.predicted.empty() || flags.truth.empty()))
    throw Error(ErrorKind::Usage, "usage", "evaluate wants both --pred and --truth.",
                {.remedy = "For example: roundel evaluate --pred predictions --truth labels"});
  if (!folders && flags.project.empty())
    throw Error(ErrorKind::Usage, "usage", "evaluate wants --pred and --truth, or a study and --run.",
                {.remedy = "See roundel evaluate --help."});
  return folders ? compareFolders(flags, context) : scoresOfRun(flags);
}

}  // namespace

Command evaluateCommand() {
  return {.name = "evaluate",
          .sentence = "Compare predictions with the truth: Dice, IoU, HD95, ASSD per class and case",
          .examples = {"evaluate --pred predictions --truth labels", "evaluate study --run last --split test"},
          .declare = [](CLI::App& app) -> std::function<Outcome(Context&)> {
            auto flags = std::make_shared<EvaluateFlags>();
            app.add_option("project", flags->project, "A study, with --run");
            app.add_option("--run", flags->run, "The run whose scores are shown; last: the newest");
            app.add_option("--split", flags->split, "The part of the split")
                ->check(CLI::IsMember({"labelled", "unlabelled", "validation", "test"}));
            app.add_option("--pred", flags->predicted, "Folder of predicted label maps (indexed PNG, NIfTI, or one PNG a class)");
            app.add_option("--truth", flags->truth, "Folder of true label maps, with the same file names");
            return [flags](Context& context) { return evaluate(*flags, context); };
          }};
}

}  // namespace roundel::cli
