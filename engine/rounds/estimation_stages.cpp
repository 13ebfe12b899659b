#include "rounds/estimation_stages.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/files.h"
#include "core/hash.h"
#include "quality/dice_estimator.h"
#include "quality/estimate_report.h"
#include "quality/gate.h"
#include "rounds/evaluate.h"
#include "rounds/parallel.h"
#include "rounds/training_stage.h"
#include "rounds/validation_stage.h"

namespace roundel {
namespace {

QualityFeatures featuresOf(const ClassPseudoLabel& label) {
  QualityFeatures features{.score = label.score, .agreement = label.agreement, .entropy = label.entropy, .stability = label.stability,
                           .probability = label.probability, .logArea = std::nullopt};
  if (!label.mask.empty()) features.logArea = std::log(static_cast<double>(label.mask.area()) / static_cast<double>(label.mask.size().count()));
  return features;
}

/// Estimates for every class that the machine found; nothing is estimated of what it did not find.
void estimate(const DiceEstimator& estimator, CasePseudoLabels& labels) {
  for (std::size_t c = 0; c < labels.classes.size(); ++c)
    if (!labels.classes[c].mask.empty()) labels.classes[c].estimatedDice = estimator.estimate(static_cast<int>(c), featuresOf(labels.classes[c]));
}

/// A class that is not there counts as wrong where the machine found it: the estimate is to learn of false positives too.
std::optional<double> measuredDice(const Mask& mask, const ClassAnnotation& truth) {
  if (truth.state == ClassState::NotAnnotated || mask.empty()) return std::nullopt;
  return truth.state == ClassState::Absent ? 0.0 : diceOf(mask, truth.mask).value_or(0.0);
}

std::vector<QualitySample> samplesOf(const RunContext& context, int caseIndex, const CasePseudoLabels& labels) {
  std::vector<QualitySample> samples;
  const auto truth = context.data.annotation(caseIndex);
  for (std::size_t c = 0; c < labels.classes.size(); ++c)
    if (const auto dice = measuredDice(labels.classes[c].mask, truth->classes[c]))
      samples.push_back({.caseIndex = caseIndex, .classIndex = static_cast<int>(c), .features = featuresOf(labels.classes[c]), .dice = *dice});
  return samples;
}

Json toJson(const QualitySample& sample) {
  const auto& f = sample.features;
  const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  return {{"case", sample.caseIndex}, {"class", sample.classIndex}, {"dice", sample.dice}, {"score", number(f.score)}, {"agreement", number(f.agreement)},
          {"entropy", number(f.entropy)}, {"stability", number(f.stability)}, {"probability", number(f.probability)}, {"log_area", number(f.logArea)}};
}

/// Pseudo-labels of these cases by a specialist, several cases at a time.
std::vector<CasePseudoLabels> labelCases(const RunContext& context, const Labeller& labeller, const std::filesystem::path& checkpoint,
                                         const std::vector<int>& cases, const std::string& phase, Job& job) {
  std::vector<Prediction> predictions;
  {
    const Specialist specialist = Specialist::load(checkpoint, {.device = context.device, .threads = context.threads});
    predictCases(context, specialist, cases, phase + ": predicting", job, [&](int, const Prediction& prediction) { predictions.push_back(prediction); });
  }
  std::vector<CasePseudoLabels> labels(cases.size());
  parallelFor(static_cast<std::int64_t>(cases.size()), context.workers(), phase + ": labelling", job, [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    Job quiet;
    labels[at] = labeller.label(context.plan.cases[static_cast<std::size_t>(cases[at])].name, *context.data.image(cases[at]), predictions[at], quiet);
  });
  return labels;
}

GateOptions gateOptionsOf(const Params& params) {
  const std::string mode = params.at("gate").get<std::string>();
  return {.mode = mode == "none" ? GateMode::None : mode == "quantile" ? GateMode::Quantile : GateMode::Threshold,
          .accept = params.at("gate_accept").get<double>(), .reject = params.at("gate_reject").get<double>()};
}

Verdict verdictOf(GateAnswer answer) {
  return answer == GateAnswer::Accept ? Verdict::Accept : answer == GateAnswer::Reject ? Verdict::Reject : Verdict::Review;
}

/// Estimates and their ingredients as scores, and where there is a truth, what was measured.
std::vector<Score> pseudoLabelScores(const RunContext& context, int caseIndex, const CasePseudoLabels& labels, SplitPart part, const std::string& suffix) {
  std::vector<Score> scores;
  const auto truth = context.data.annotation(caseIndex);
  for (std::size_t c = 0; c < labels.classes.size(); ++c) {
    const ClassPseudoLabel& one = labels.classes[c];
    const auto add = [&](const char* metric, const std::optional<double>& value, bool estimated) {
      if (value)
        scores.push_back({.caseName = labels.caseName, .className = context.className(static_cast<int>(c)), .split = toString(part), .arm = "strategy",
                          .metric = metric, .value = value, .unit = "", .estimated = estimated});
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
    const auto measured = scoresOf(masks, *truth, image->geometry, context.plan.classes,
                                   {.caseName = labels.caseName, .split = toString(part), .arm = "strategy", .suffix = suffix}, Distances::Skip);
    scores.insert(scores.end(), measured.begin(), measured.end());
  }
  return scores;
}

}  // namespace

std::string calibrateStage(const RunContext& context, const Labeller& labeller, const std::filesystem::path& folder, Job& job) {
  const auto labelled = context.plan.casesOf(SplitPart::Labelled);
  const int folds = std::min<int>(context.plan.runParams.at("folds").get<int>(), static_cast<int>(labelled.size()));
  std::vector<QualitySample> samples;
  if (folds >= 2) {
    const TrainingSet all = trainingSetOf(context, {.round = 0}, job);
    const std::int64_t steps = std::max<std::int64_t>(1, stepsOf(context, 0, all) / 2);
    for (int fold = 0; fold < folds; ++fold) {
      TrainingSet set = all;
      set.labelled.clear();
      set.validation.clear();
      std::vector<int> heldOut;
      for (std::size_t i = 0; i < labelled.size(); ++i) {
        if (static_cast<int>(i) % folds == fold) heldOut.push_back(labelled[i]);
        else set.labelled.push_back(all.labelled[i]);
      }
      const auto foldFolder = folder / ("fold-" + std::to_string(fold));
      job.log("Cross-fit " + std::to_string(fold + 1) + " of " + std::to_string(folds) + ": " + std::to_string(steps) + " steps");
      const TrainResult trained = trainRound(context, {.round = 0}, set, steps, foldFolder, job);
      const auto labels = labelCases(context, labeller, trained.checkpoint, heldOut, "cross-fit", job);
      for (std::size_t i = 0; i < heldOut.size(); ++i) {
        const auto more = samplesOf(context, heldOut[i], labels[i]);
        samples.insert(samples.end(), more.begin(), more.end());
      }
    }
  }
  Json list = Json::array();
  for (const auto& sample : samples) list.push_back(toJson(sample));
  writeJsonAtomically(folder / "estimator.json", {{"estimator", toJson(DiceEstimator::fit(samples, context.plan.classes.size()))}, {"samples", list}});
  return sha256OfFile(folder / "estimator.json");
}

std::string decisionsHash(const RunContext& context) {
  Sha256 hash;
  for (const auto& decision : readDecisions(context.folder)) hash.update(roundel::toJson(decision).dump());
  return hash.hex();
}

std::string gateStage(const RunContext& context, const std::filesystem::path& calibration, const std::filesystem::path& refined,
                      const std::filesystem::path& folder, Job& job) {
  const Json calibrated = readJson(calibration / "estimator.json").at("estimator");
  const DiceEstimator estimator = diceEstimatorFromJson(calibrated);
  const bool estimates = estimator.sampleCount() > 0;
  const auto cases = context.plan.casesOf(SplitPart::Unlabelled);
  std::vector<CasePseudoLabels> all;
  std::vector<std::optional<double>> values;
  for (const int index : cases) {
    all.push_back(casePseudoLabelsFromJson(readJson(caseFile(refined, index))));
    if (estimates) estimate(estimator, all.back());
    for (const auto& one : all.back().classes) values.push_back(one.estimatedDice);
  }
  GateOptions options = gateOptionsOf(context.plan.runParams);
  if (!estimates) options.mode = GateMode::None;  // without a calibration nothing can be told apart
  const auto answers = gated(values, options);
  const auto decisions = readDecisions(context.folder);
  std::vector<Score> scores;
  std::size_t next = 0;
  Sha256 hash;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    job.throwIfStopped();
    for (std::size_t c = 0; c < all[i].classes.size(); ++c) {
      ClassPseudoLabel& one = all[i].classes[c];
      const GateAnswer answer = answers[next++];
      one.verdict = one.mask.empty() ? Verdict::Accept : verdictOf(answer);  // not found counts as absent (the paper)
      // Mean Teacher with selection: what specialist and generalist agree on counts as labelled, nothing else (ALGORITHMS.md 6.7).
      if (context.strategy.refinement == Refinement::Selection) {
        one.mask = one.cleaned;
        one.verdict = one.agreement.value_or(0) >= context.plan.runParams.at("selection_agreement").get<double>() ? Verdict::Accept : Verdict::Reject;
      }
      for (const auto& decision : decisions)
        if (decision.caseName == all[i].caseName && (decision.className.empty() || decision.className == context.className(static_cast<int>(c)))) {
          one.verdict = decision.verdict;
          one.decidedByPerson = true;
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
                                   const std::filesystem::path& calibration, const std::filesystem::path& folder, Job& job) {
  std::vector<int> cases;
  for (const int index : context.plan.casesOf(SplitPart::Test))
    if (context.data.annotation(index)) cases.push_back(index);
  const DiceEstimator estimator = diceEstimatorFromJson(readJson(calibration / "estimator.json").at("estimator"));
  auto all = labelCases(context, labeller, checkpoint, cases, "refining the test cases", job);
  std::vector<Score> scores;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (estimator.sampleCount() > 0) estimate(estimator, all[i]);
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
  const auto estimatorPath = context.folder / "round-0" / "calibrate" / "estimator.json";
  summary["calibration"] = nullptr;
  if (!std::filesystem::exists(estimatorPath)) return summary;
  const DiceEstimator estimator = diceEstimatorFromJson(readJson(estimatorPath).at("estimator"));
  for (const char* split : {"unlabelled", "test"}) {
    std::map<std::pair<std::string, std::string>, EstimatePair> pairs;
    std::map<std::string, int> numbers;
    for (const auto& score : scores) {
      if (score.split != split || !score.value || (score.metric != "estimated_dice" && score.metric != "pseudo_label_dice")) continue;
      EstimatePair& pair = pairs.try_emplace({score.caseName, score.className}, EstimatePair{.estimated = -1, .measured = -1}).first->second;
      pair.caseIndex = numbers.emplace(score.caseName, static_cast<int>(numbers.size())).first->second;
      pair.classIndex = context.plan.classes.indexOfName(score.className);
      pair.mean = estimator.meanOf(pair.classIndex);
      (score.metric == "estimated_dice" ? pair.estimated : pair.measured) = *score.value;
    }
    std::vector<EstimatePair> whole;
    for (const auto& [key, pair] : pairs)
      if (pair.estimated >= 0 && pair.measured >= 0) whole.push_back(pair);
    if (whole.empty()) continue;
    Json json = toJson(reportEstimates(whole, seed));
    Json classes = Json::object();
    const auto byClass = reportEstimatesByClass(whole, context.plan.classes.size(), seed);
    for (std::size_t c = 0; c < byClass.size(); ++c)
      if (byClass[c]) classes[context.className(static_cast<int>(c))] = toJson(*byClass[c]);
    json["classes"] = std::move(classes);
    if (summary["calibration"].is_null()) summary["calibration"] = Json::object();
    summary["calibration"][split] = std::move(json);
  }
  return summary;
}

}  // namespace roundel
