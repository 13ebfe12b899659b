#include "rounds/estimation_stages.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/files.h"
#include "core/hash.h"
#include "quality/calibration_report.h"
#include "quality/dice_estimator.h"
#include "quality/dice_shift.h"
#include "quality/gate.h"
#include "rounds/crew.h"
#include "rounds/evaluate.h"
#include "rounds/parallel.h"
#include "rounds/run_orders.h"
#include "rounds/training_stage.h"
#include "rounds/validation_stage.h"
#include "rounds/volume_labeller.h"

namespace roundel {
namespace {

/// What decides an estimate: the estimator, how large the classes are in the labelled cases, and how far the specialist that is
/// judged is from those that the estimator was calibrated on.
struct Estimation {
  std::optional<DiceEstimator> estimator;
  SizeModel sizes;
  DiceShift shift = {};

  QualityFeatures featuresOf(const ClassPseudoLabel& label, int classIndex) const {
    const double share = static_cast<double>(label.mask.area()) / static_cast<double>(label.mask.size().count());
    return {.score = label.score,
            .agreement = label.agreement,
            .stability = label.stability,
            .entropy = label.entropy,
            .meanProbability = label.probability,
            .sizeZ = sizes.zScore(classIndex, share),
            .disagreement = label.disagreement};
  }

  /// Estimates for every class that the machine found; nothing is estimated of what it did not find.
  void apply(CasePseudoLabels& labels) const {
    if (!estimator) return;
    for (std::size_t c = 0; c < labels.classes.size(); ++c)
      if (!labels.classes[c].mask.empty())
        labels.classes[c].estimatedDice =
            shift.apply(estimator->estimate(featuresOf(labels.classes[c], static_cast<int>(c)), static_cast<int>(c)));
  }
};

SizeModel sizesOf(const RunContext& context) {
  std::vector<std::vector<double>> areas;
  for (const int index : context.plan.casesOf(SplitPart::Labelled)) {
    const auto truth = context.data.annotation(index);
    std::vector<double> row;
    for (const auto& one : truth->classes) row.push_back(static_cast<double>(one.mask.area()) / static_cast<double>(truth->size.count()));
    areas.push_back(std::move(row));
  }
  return SizeModel::fit(areas);
}

Estimation readEstimation(const RunContext& context, const EstimateFiles& files) {
  Estimation estimation{.estimator = std::nullopt, .sizes = sizesOf(context)};
  if (!files.shift.empty() && std::filesystem::exists(files.shift)) estimation.shift = DiceShift::fromJson(readJson(files.shift));
  if (!std::filesystem::exists(files.estimator)) return estimation;
  if (const Json json = readJson(files.estimator).at("estimator"); !json.is_null()) estimation.estimator = DiceEstimator::fromJson(json);
  return estimation;
}

/// A class that is not there counts as wrong where the machine found it: the estimate is to learn of false positives too.
std::optional<double> measuredDice(const Mask& mask, const ClassAnnotation& truth) {
  if (truth.state == ClassState::NotAnnotated || mask.empty()) return std::nullopt;
  return truth.state == ClassState::Absent ? 0.0 : diceOf(mask, truth.mask).value_or(0.0);
}

std::vector<DiceSample> samplesOf(const RunContext& context, const Estimation& estimation, int caseIndex, const CasePseudoLabels& labels) {
  std::vector<DiceSample> samples;
  const auto truth = context.data.annotation(caseIndex);
  for (std::size_t c = 0; c < labels.classes.size(); ++c)
    if (const auto dice = measuredDice(labels.classes[c].mask, truth->classes[c]))
      samples.push_back({.caseName = labels.caseName,
                         .classIndex = static_cast<int>(c),
                         .features = estimation.featuresOf(labels.classes[c], static_cast<int>(c)),
                         .measuredDice = *dice});
  return samples;
}

/// Pseudo-labels of these cases by a specialist, several cases at a time.
std::vector<CasePseudoLabels> labelCases(const RunContext& context, const Labeller& labeller, const std::filesystem::path& checkpoint,
                                         const std::vector<int>& cases, const std::string& phase, Job& job) {
  std::vector<Prediction> predictions;
  std::vector<CasePseudoLabels> labels;
  {
    const Specialist specialist = Specialist::load(checkpoint, context.predicting());
    predictCases(context, specialist, cases, phase + ": predicting", job, [&](int index, const Prediction& prediction) {
      Job quiet;
      if (!context.plan.volumes) predictions.push_back(prediction);
      else labels.push_back(labelCase(context, labeller, index, prediction, quiet));  // all of them would not fit
    });
  }
  if (context.plan.volumes) return labels;
  labels.resize(cases.size());
  parallelFor(static_cast<std::int64_t>(cases.size()), labeller.casesAtOnce(context.workers()), phase + ": labelling", job,
              [&](std::int64_t i) {
                const auto at = static_cast<std::size_t>(i);
                Job quiet;
                labels[at] = labelCase(context, labeller, cases[at], predictions[at], quiet);
              });
  return labels;
}

GateSettings gateSettingsOf(const Params& params) {
  Json chosen = Json::object();
  for (const auto& spec : gateParams()) chosen[spec.name] = params.at(spec.name);
  return gateSettings(chosen);
}

Verdict verdictOf(GateDecision decision) {
  return decision == GateDecision::Accepted ? Verdict::Accept : decision == GateDecision::Rejected ? Verdict::Reject : Verdict::Review;
}

/// What came of prompts that a person moved takes the machine's place. Nothing was estimated of it: that was of another mask.
void takeMovedLabel(const MovedLabel& moved, ClassPseudoLabel& label) {
  label = {.mask = moved.mask,
           .cleaned = std::move(label.cleaned),
           .origin = MaskOrigin::Moved,
           .prompts = moved.prompts,
           .verdict = label.verdict,
           .decidedByPerson = true};
  label.agreement = diceOf(label.mask, label.cleaned);
}

/// Estimates and their ingredients as scores, and where there is a truth, what was measured.
std::vector<Score> pseudoLabelScores(const RunContext& context, int caseIndex, const CasePseudoLabels& labels, SplitPart part,
                                     const std::string& suffix) {
  std::vector<Score> scores;
  const auto truth = context.data.annotation(caseIndex);
  for (std::size_t c = 0; c < labels.classes.size(); ++c) {
    const ClassPseudoLabel& one = labels.classes[c];
    const auto add = [&](const char* metric, const std::optional<double>& value, bool estimated) {
      if (value)
        scores.push_back({.caseName = labels.caseName,
                          .className = context.className(static_cast<int>(c)),
                          .split = toString(part),
                          .arm = "strategy",
                          .metric = metric,
                          .value = value,
                          .unit = "",
                          .estimated = estimated});
    };
    add("estimated_dice", one.estimatedDice, true);
    add("agreement", one.agreement, true);
    add("entropy", one.entropy, true);
    add("stability", one.stability, true);
    if (truth) add("pseudo_label_dice", measuredDice(one.mask, truth->classes[c]), false);
  }
  if (truth) {
    std::vector<Mask> masks;
    for (const auto& one : labels.classes) masks.push_back(one.mask);
    const auto image = context.data.image(caseIndex);
    const auto measured =
        scoresOf(masks, *truth, image->geometry, context.plan.classes,
                 {.caseName = labels.caseName, .split = toString(part), .arm = "strategy", .suffix = suffix}, Distances::Skip);
    scores.insert(scores.end(), measured.begin(), measured.end());
  }
  return scores;
}

}  // namespace

int calibrationFolds(const RunContext& context) {
  return std::min<int>(context.plan.runParams.at("folds").get<int>(), static_cast<int>(context.plan.casesOf(SplitPart::Labelled).size()));
}

std::string calibrateStage(const RunContext& context, const FoldLabeller& labellerOf, const std::filesystem::path& folder, Job& job) {
  const auto labelled = context.plan.casesOf(SplitPart::Labelled);
  const int folds = calibrationFolds(context);
  const Estimation blank{.estimator = std::nullopt, .sizes = sizesOf(context)};
  std::vector<DiceSample> samples;
  Json crossFitted = Json::array();
  if (folds >= 2) {
    const TrainingSet all = trainingSetOf(context, {.round = 0}, job);
    const std::int64_t steps = std::max<std::int64_t>(1, stepsOf(context, 0, all) / 2);
    const auto folderOf = [&](int fold) { return folder / ("fold-" + std::to_string(fold)); };
    if (context.crew != nullptr) {
      std::vector<Json> orders;
      for (int fold = 0; fold < folds; ++fold)
        orders.push_back(trainingOrder(context.folder, {.round = 0, .fold = fold, .folds = folds}, steps, folderOf(fold)));
      context.crew->carryOut(orders, job);  // found finished below
    }
    for (int fold = 0; fold < folds; ++fold) {
      TrainingSet set = all;
      leaveOutFold(set, fold, folds);
      std::vector<int> heldOut;
      for (std::size_t i = 0; i < labelled.size(); ++i)
        if (static_cast<int>(i) % folds == fold) heldOut.push_back(labelled[i]);
      job.log("Cross-fit " + std::to_string(fold + 1) + " of " + std::to_string(folds) + ": " + std::to_string(steps) + " steps");
      const TrainResult trained = trainRound(context, {.round = 0, .fold = fold, .folds = folds}, set, steps, folderOf(fold), job);
      const auto labeller = labellerOf(fold);
      const auto labels = labelCases(context, *labeller, trained.checkpoint, heldOut, "cross-fit", job);
      Json names = Json::array();
      for (const int index : heldOut) names.push_back(context.plan.cases[static_cast<std::size_t>(index)].name);
      crossFitted.push_back({{"held_out", std::move(names)}, {"generalists", labeller->generalists()}});
      for (std::size_t i = 0; i < heldOut.size(); ++i) {
        const auto more = samplesOf(context, blank, heldOut[i], labels[i]);
        samples.insert(samples.end(), more.begin(), more.end());
      }
    }
  }
  Json list = Json::array();
  for (const auto& sample : samples)
    list.push_back(
        {{"case", sample.caseName}, {"class", sample.classIndex}, {"dice", sample.measuredDice}, {"features", toJson(sample.features)}});
  writeJsonAtomically(folder / "estimator.json", {{"estimator", samples.empty() ? Json(nullptr) : DiceEstimator::fit(samples).toJson()},
                                                  {"samples", list},
                                                  {"folds", std::move(crossFitted)}});
  return sha256OfFile(folder / "estimator.json");
}

std::string decisionsHash(const RunContext& context) {
  Sha256 hash;
  for (const auto& decision : readDecisions(context.folder)) hash.update(roundel::toJson(decision).dump());
  return hash.hex();
}

void shiftEstimates(const RunContext& context, const Labeller& labeller, const std::filesystem::path& checkpoint,
                    const EstimateFiles& files, Job& job) {
  std::error_code code;
  std::filesystem::remove(files.shift, code);  // an earlier attempt's would move the estimates that it is fitted on
  const Estimation estimation = readEstimation(context, files);
  if (!estimation.estimator || !context.plan.runParams.value("shift_estimates", false)) return;
  std::vector<int> cases;
  for (const int index : context.plan.casesOf(SplitPart::Validation))
    if (context.data.annotation(index)) cases.push_back(index);
  auto all = labelCases(context, labeller, checkpoint, cases, "estimates on the validation cases", job);
  std::vector<EstimateOfTruth> samples;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    estimation.apply(all[i]);
    const auto truth = context.data.annotation(cases[i]);
    for (std::size_t c = 0; c < all[i].classes.size(); ++c)
      if (const auto dice = measuredDice(all[i].classes[c].mask, truth->classes[c]); dice && all[i].classes[c].estimatedDice)
        samples.push_back({.caseName = all[i].caseName, .estimate = *all[i].classes[c].estimatedDice, .measured = *dice});
  }
  writeJsonAtomically(files.shift, DiceShift::fit(samples).toJson());
}

std::string gateStage(const RunContext& context, const EstimateFiles& estimates, const std::filesystem::path& refined,
                      const std::filesystem::path& folder, Job& job) {
  const Estimation estimation = readEstimation(context, estimates);
  const auto cases = context.plan.casesOf(SplitPart::Unlabelled);
  std::vector<CasePseudoLabels> all;
  std::vector<std::optional<double>> values;
  for (const int index : cases) {
    all.push_back(casePseudoLabelsFromJson(readJson(caseFile(refined, index))));
    estimation.apply(all.back());
    for (const auto& one : all.back().classes) values.push_back(one.estimatedDice);
  }
  GateSettings settings = gateSettingsOf(context.plan.runParams);
  if (!estimation.estimator) settings.rule = GateRule::Everything;  // without a calibration nothing can be told apart
  const auto answers = gate(values, settings);
  const auto decisions = readDecisions(context.folder);
  std::vector<Score> scores;
  std::size_t next = 0;
  Sha256 hash;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    job.throwIfStopped();
    for (std::size_t c = 0; c < all[i].classes.size(); ++c) {
      ClassPseudoLabel& one = all[i].classes[c];
      const GateDecision answer = answers[next++];
      one.verdict = one.mask.empty() ? Verdict::Accept : verdictOf(answer);  // not found counts as absent (the paper)
      // Mean Teacher with selection: what specialist and generalist agree on counts as labelled, nothing else (ALGORITHMS.md 6.7).
      if (context.strategy.refinement == Refinement::Selection) {
        one.mask = one.cleaned;
        one.verdict =
            one.agreement.value_or(0) >= context.plan.runParams.at("selection_agreement").get<double>() ? Verdict::Accept : Verdict::Reject;
      }
      for (const auto& decision : decisions)
        if (decision.caseName == all[i].caseName &&
            (decision.className.empty() || decision.className == context.className(static_cast<int>(c)))) {
          one.verdict = decision.verdict;
          one.decidedByPerson = true;
          if (decision.label && decision.label->mask.size() == one.mask.size()) takeMovedLabel(*decision.label, one);
        }
    }
    const auto path = caseFile(folder, cases[i]);
    writeFileAtomically(path, roundel::toJson(all[i]).dump());
    hash.update(sha256OfFile(path));
    const auto more = pseudoLabelScores(context, cases[i], all[i], SplitPart::Unlabelled, "");
    scores.insert(scores.end(), more.begin(), more.end());
    job.progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(cases.size()), "sorting the pseudo-labels");
  }
  writeScores(folder / "scores.json", scores);
  return hash.hex();
}

std::vector<Score> refineTestCases(const RunContext& context, const Labeller& labeller, const std::filesystem::path& checkpoint,
                                   const EstimateFiles& estimates, const std::filesystem::path& folder, Job& job) {
  std::vector<int> cases;
  for (const int index : context.plan.casesOf(SplitPart::Test))
    if (context.data.annotation(index)) cases.push_back(index);
  const Estimation estimation = readEstimation(context, estimates);
  auto all = labelCases(context, labeller, checkpoint, cases, "refining the test cases", job);
  std::vector<Score> scores;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    estimation.apply(all[i]);
    writeFileAtomically(caseFile(folder, cases[i]), roundel::toJson(all[i]).dump());
    const auto more = pseudoLabelScores(context, cases[i], all[i], SplitPart::Test, "_refined");
    scores.insert(scores.end(), more.begin(), more.end());
  }
  return scores;
}

Json roundSummary(const RunContext& context, int round, const std::vector<Score>& scores) {
  Json summary = {{"round", round}};
  const std::uint64_t seed = seedFor(context.plan, "report", round);
  const auto comparison = compareArms(scores, {.split = "test"}, {.split = "test", .arm = "control"}, seed);
  summary["comparison"] = comparison ? toJson(*comparison) : Json(nullptr);
  const auto refinement = compareArms(scores, {.split = "test", .metric = "dice_refined"}, {.split = "test"}, seed);
  summary["refinement_at_test_time"] = refinement ? toJson(*refinement) : Json(nullptr);
  summary["calibration"] = nullptr;
  for (const char* split : {"unlabelled", "test"}) {
    // Unlabelled cases were judged under the specialist of the round before.
    const int judgedBy = split == std::string("test") ? round : std::max(0, round - 1);
    const Estimation estimation =
        readEstimation(context, {.estimator = context.folder / "round-0" / "calibrate" / "estimator.json",
                                 .shift = context.folder / ("round-" + std::to_string(judgedBy)) / "validate" / "shift.json"});
    if (!estimation.estimator) return summary;
    std::map<std::pair<std::string, int>, std::pair<std::optional<double>, std::optional<double>>> pairs;  // estimated, measured
    for (const auto& score : scores) {
      if (score.split != split || !score.value) continue;
      auto& pair = pairs[{score.caseName, context.plan.classes.indexOfName(score.className)}];
      if (score.metric == "estimated_dice") pair.first = score.value;
      if (score.metric == "pseudo_label_dice") pair.second = score.value;
    }
    std::vector<EstimatedAndMeasured> whole;
    for (const auto& [key, pair] : pairs)
      if (pair.first && pair.second)
        whole.push_back({.caseName = key.first,
                         .classIndex = key.second,
                         .estimate = *pair.first,
                         // The mean predictors are moved, too: they know what the estimate knows.
                         .globalMean = estimation.shift.apply(estimation.estimator->globalMean()),
                         .classMean = estimation.shift.apply(estimation.estimator->classMean(key.second)),
                         .measured = *pair.second});
    if (whole.empty()) continue;
    if (summary["calibration"].is_null()) summary["calibration"] = Json::object();
    summary["calibration"][split] = toJson(calibrationReport(whole, context.plan.classes.size(), 10, seed), context.plan.classes);
  }
  return summary;
}

}  // namespace roundel
