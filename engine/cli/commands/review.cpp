#include <CLI/CLI.hpp>

#include <cmath>
#include <map>
#include <set>

#include "cli/commands/commands.h"
#include "cli/commands/text_table.h"
#include "cli/run_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/shown_number.h"
#include "imaging/image_writer.h"
#include "quality/calibration_report.h"
#include "quality/case_ranking.h"
#include "quality/dice_estimator.h"
#include "rounds/left_out.h"
#include "rounds/probability_file.h"
#include "rounds/pseudo_label.h"

namespace roundel::cli {
namespace {

struct ReviewFlags {
  std::string folder;
  std::string run = "last";
  std::string ranking = "expected-value";
  std::string caseName;
  std::string uncertainty;
  int round = -1;
};

/// A round of a run that judged pseudo-labels.
struct JudgedRound {
  std::filesystem::path run;
  int number = 0;
  RunPlan plan;
  std::map<int, CasePseudoLabels> cases;  ///< by the case's number in the plan
};

JudgedRound judgedRound(const ReviewFlags& flags) {
  JudgedRound judged{.run = runFolderOf(flags.folder, flags.run)};
  judged.plan = readRunPlan(judged.run);
  for (int round = flags.round >= 0 ? flags.round : judged.plan.rounds; round >= std::max(flags.round, 1); --round) {
    const auto gate = judged.run / ("round-" + std::to_string(round)) / "gate";
    for (const int index : judged.plan.casesOf(SplitPart::Unlabelled))
      if (const auto file = caseFile(gate, index); std::filesystem::exists(file))
        judged.cases.emplace(index, casePseudoLabelsFromJson(readJson(file)));
    judged.number = round;
    if (!judged.cases.empty()) return judged;
  }
  throw Error(ErrorKind::BadInput, "no-predictions", "The run " + judged.run.filename().string() + " has judged no pseudo-labels yet.",
              {.path = displayPath(judged.run), .remedy = "Let it go on, or name another with --run and --round."});
}

CaseQuality qualityOf(const CasePseudoLabels& labels) {
  CaseQuality quality{.name = labels.caseName, .classes = {}};
  for (std::size_t c = 0; c < labels.classes.size(); ++c) {
    const ClassPseudoLabel& one = labels.classes[c];
    if (one.mask.empty()) continue;
    quality.classes.push_back({.classIndex = static_cast<int>(c),
                               .estimatedDice = one.estimatedDice,
                               .features = {.score = one.score,
                                            .agreement = one.agreement,
                                            .stability = one.stability,
                                            .entropy = one.entropy,
                                            .meanProbability = one.probability,
                                            .disagreement = one.disagreement}});
  }
  return quality;
}

/// How good the estimates are on the labelled cases, each judged by an estimator that had not seen it; null: they were not calibrated.
Json calibrationOnLabelled(const JudgedRound& judged) {
  const auto path = judged.run / "round-0" / "calibrate" / "estimator.json";
  if (!std::filesystem::exists(path)) return nullptr;
  const Json document = readJson(path);
  std::vector<DiceSample> samples;
  for (const auto& one : document.at("samples"))
    samples.push_back({.caseName = one.at("case").get<std::string>(),
                       .classIndex = one.at("class").get<int>(),
                       .features = qualityFeaturesFromJson(one.at("features")),
                       .measuredDice = one.at("dice").get<double>()});
  if (samples.empty()) return nullptr;
  const CrossFitted fitted = crossFitted(samples);
  std::vector<EstimatedAndMeasured> pairs;
  for (std::size_t i = 0; i < samples.size(); ++i)
    pairs.push_back({.caseName = samples[i].caseName,
                     .classIndex = samples[i].classIndex,
                     .estimate = fitted.estimates[i],
                     .globalMean = fitted.globalMeans[i],
                     .classMean = fitted.classMeans[i],
                     .measured = samples[i].measuredDice});
  Json report = toJson(calibrationReport(pairs, judged.plan.classes.size(), 8, judged.plan.seed), judged.plan.classes);
  std::set<std::string> cases;
  for (const auto& sample : samples) cases.insert(sample.caseName);
  report["cases"] = cases.size();
  return report;
}

Json numberOrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json labelsOf(const CasePseudoLabels& labels, const LabelSet& classes) {
  Json list = Json::array();
  for (std::size_t c = 0; c < labels.classes.size(); ++c) {
    const ClassPseudoLabel& one = labels.classes[c];
    list.push_back({{"class", classes[static_cast<int>(c)].name},
                    {"found", !one.mask.empty()},
                    {"estimated_dice", numberOrNull(one.estimatedDice)},
                    {"agreement", numberOrNull(one.agreement)},
                    {"stability", numberOrNull(one.stability)},
                    {"entropy", numberOrNull(one.entropy)},
                    {"verdict", toString(one.verdict)},
                    {"decided_by_person", one.decidedByPerson}});
  }
  return list;
}

/// A grey picture on the specialist's grid: how near to one half its probabilities are, the worst class counts. 255: it cannot tell.
Json writeUncertainty(const JudgedRound& judged, const ReviewFlags& flags) {
  if (judged.plan.volumes)
    throw Error(ErrorKind::BadInput, "not-2d", "Where the network cannot tell is drawn for pictures, not for volumes.",
                {.caseName = flags.caseName});
  for (const auto& [index, labels] : judged.cases) {
    if (labels.caseName != flags.caseName) continue;
    const Prediction prediction =
        readProbabilities(caseFile(judged.run / ("round-" + std::to_string(judged.number)) / "propose", index, ".prob"));
    std::vector<std::uint8_t> grey(static_cast<std::size_t>(prediction.size.count()), 0);
    for (int c = 0; c < prediction.classCount; ++c) {
      const auto map = prediction.classMap(c);
      for (std::size_t i = 0; i < grey.size(); ++i)
        grey[i] = std::max(grey[i], static_cast<std::uint8_t>(std::lround(255 * (1 - std::abs(2 * map[i] - 1)))));
    }
    writeGreyPng(flags.uncertainty, prediction.size.x, prediction.size.y, grey);
    return {{"file", flags.uncertainty}, {"width", prediction.size.x}, {"height", prediction.size.y}};
  }
  throw Error(ErrorKind::BadInput, "unknown-case", "The round has no pseudo-labels of a case named " + flags.caseName + ".",
              {.caseName = flags.caseName});
}

Outcome review(const ReviewFlags& flags) {
  if (flags.uncertainty.empty() != flags.caseName.empty())
    throw Error(ErrorKind::Usage, "wrong-usage", "--uncertainty writes the map of one case: it needs --case, and --case needs it.");
  const JudgedRound judged = judgedRound(flags);
  std::vector<CaseQuality> qualities;
  std::map<std::string, const CasePseudoLabels*> byName;
  for (const auto& [index, labels] : judged.cases) {
    qualities.push_back(qualityOf(labels));
    byName[labels.caseName] = &labels;
  }
  Outcome outcome;
  outcome.result = {
      {"run", judged.run.filename().string()},        {"round", judged.number}, {"ranking", flags.ranking}, {"cases", Json::array()},
      {"calibration", calibrationOnLabelled(judged)}, {"uncertainty", nullptr}};
  if (!flags.caseName.empty()) outcome.result["uncertainty"] = writeUncertainty(judged, flags);
  TextTable table({"case", "value", "why"});
  for (const auto& one : caseRankings().create(flags.ranking)->rank(qualities)) {
    outcome.result["cases"].push_back({{"case", one.name},
                                       {"value", one.value},
                                       {"reason", one.reason},
                                       {"classes", labelsOf(*byName.at(one.name), judged.plan.classes)}});
    table.add({one.name, shown(one.value), one.reason});
  }
  outcome.text = table.text();
  if (const Json& calibration = outcome.result["calibration"]; calibration.is_object())
    outcome.text += "\nEstimated Dice on the labelled cases: " + calibration["overall"].value("verdict", std::string("unknown")) + ".\n";
  return outcome;
}

}  // namespace

Command reviewCommand() {
  return {.name = "review",
          .sentence = "List the machine's labels of a round, those first that most deserve a look",
          .examples = {"review STUDY", "review STUDY --run r0002 --round 1 --ranking lowest-estimate",
                       "review STUDY --case wrist-7 --uncertainty map.png"},
          .declare = [](CLI::App& app) {
            auto flags = std::make_shared<ReviewFlags>();
            std::vector<std::string> rankings;
            for (const auto& entry : caseRankings().entries()) rankings.push_back(entry.name);
            app.add_option("project", flags->folder, "Folder of the project")->required();
            app.add_option("--run", flags->run, "Id of the run, or last")->capture_default_str();
            app.add_option("--round", flags->round, "Its round; without: the last that judged")->check(CLI::Range(1, 1000));
            app.add_option("--ranking", flags->ranking, "What deserves a look (see describe)")
                ->check(CLI::IsMember(rankings))
                ->capture_default_str();
            app.add_option("--case", flags->caseName, "A case, for --uncertainty");
            app.add_option("--uncertainty", flags->uncertainty, "A PNG file to write: where the specialist cannot tell");
            return [flags](Context&) { return review(*flags); };
          }};
}

}  // namespace roundel::cli
