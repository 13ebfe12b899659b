#include "rounds/training_stage.h"

#include <algorithm>
#include <cmath>

#include "core/files.h"
#include "refine/builtin_generalists.h"
#include "rounds/probability_file.h"
#include "rounds/run_orders.h"
#include "train/volume_training_set.h"

namespace roundel {
namespace {

/// A case with its pseudo-labels as something to train on.
TrainingCase pseudoLabelled(const RunContext& context, int caseIndex, const CasePseudoLabels& labels) {
  Annotation annotation = Annotation::empty(labels.size, context.plan.classes.size());
  std::vector<float> weights(labels.classes.size(), 1.0f);
  for (std::size_t c = 0; c < labels.classes.size(); ++c) {
    const ClassPseudoLabel& one = labels.classes[c];
    if (one.verdict == Verdict::Reject) continue;  // nobody knows: it stays out of the loss
    const bool missed = one.mask.empty() && !one.decidedByPerson;
    if (missed && context.plan.runParams.at("not_found") == "unknown") continue;
    annotation.set(static_cast<int>(c), one.mask);
    if (one.verdict == Verdict::Review && one.estimatedDice) weights[c] = static_cast<float>(*one.estimatedDice);
  }
  TrainingCase training = context.data.withLabels(caseIndex, annotation);
  training.classWeight = std::move(weights);
  return training;
}

/// Probabilities in 255ths, as training sets hold them.
std::vector<std::uint8_t> inSteps(const Prediction& prediction) {
  std::vector<std::uint8_t> steps;
  for (const float p : prediction.probabilities) steps.push_back(static_cast<std::uint8_t>(std::lround(255 * std::clamp(p, 0.0f, 1.0f))));
  return steps;
}

bool trainsOnPseudoLabels(const RoundTraining& training) {
  return training.arm == Arm::Strategy && training.round > 0 && !training.pseudoLabels.empty();
}

bool wantsLabelled(const RunContext& context, const RoundTraining& training) {
  return !trainsOnPseudoLabels(training) || context.plan.runParams["targets"] != "pseudo";
}

/// The folders of all finished trainings of the study's runs, this one's too: strategies that are compared share their first round and
/// their control, and the same training need not be done twice.
std::vector<std::filesystem::path> finishedTrainings(const RunContext& context) {
  std::vector<std::filesystem::path> found;
  std::error_code code;
  const auto runs = std::filesystem::absolute(context.folder).lexically_normal().parent_path();
  for (std::filesystem::recursive_directory_iterator at(runs, code), end; !code && at != end; at.increment(code)) {
    if (at.depth() > 4) at.disable_recursion_pending();
    if (at->path().filename() == "model.safetensors") found.push_back(at->path().parent_path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

std::shared_ptr<const Generalist> generalistFor(const Registry<Generalist>& registry, const std::string& name, Json params,
                                                StudyKind kind) {
  std::shared_ptr<const Generalist> made = registry.create(name, params);
  if (kind == StudyKind::Pictures) requireForPictures(*made);
  const auto& own = registry.find(name).params;
  const bool normalises = std::any_of(own.begin(), own.end(), [](const ParamSpec& spec) { return spec.name == "normalisation"; });
  if (made->traits().dimensions != 3 || !normalises || params.contains("normalisation")) return made;
  params["normalisation"] = "none";
  return registry.create(name, params);
}

std::vector<std::shared_ptr<const Generalist>> namedGeneralists(const std::vector<std::string>& names, const Json& params,
                                                                const std::string& device, StudyKind kind) {
  const auto registry = generalistRegistry(device);
  std::vector<std::shared_ptr<const Generalist>> generalists;
  for (const auto& name : names) generalists.push_back(generalistFor(registry, name, params.value(name, Json::object()), kind));
  return generalists;
}

std::string controlSpecialistOf(const RunPlan& plan) {
  return plan.volumes ? plan.runParams.at("volume_specialist").get<std::string>() : "unet2d";
}

std::string specialistOf(const RunPlan& plan, const RunStrategy& strategy) {
  if (!plan.volumes) return strategy.specialist;
  return strategy.specialist == "nnunet-like" ? "nnunet-like-3d" : controlSpecialistOf(plan);
}

std::string trainingStrategyOf(const RunContext& context) {
  return context.strategy.targets == RoundTargets::Beliefs ? context.plan.runParams.at("o1_strategy").get<std::string>()
                                                           : context.strategy.trainingStrategy;
}

Json commonPipeline(const RunPlan& plan) {
  Json distinct = Json::array();  // one entry a different setting: most studies have one
  for (const auto& one : plan.cases)
    if (one.part == SplitPart::Labelled && std::find(distinct.begin(), distinct.end(), one.pixelPipeline) == distinct.end())
      distinct.push_back(one.pixelPipeline);
  return distinct.size() == 1 ? distinct[0] : Json{{"several", distinct}};
}

TrainingSet trainingSetOf(const RunContext& context, const RoundTraining& training, Job& job) {
  TrainingSet set{.width = context.plan.width,
                  .height = context.plan.height,
                  .classes = context.plan.classes,
                  .pixelPipeline = commonPipeline(context.plan)};
  if (context.plan.volumes) {
    const VolumeWork& work = context.data.volumes();
    set.width = static_cast<int>(work.patch[0]), set.height = static_cast<int>(work.patch[1]), set.depth = static_cast<int>(work.patch[2]);
    set.pixelPipeline = {{"volume_preparation", toJson(work.preparation)}};
  }
  const auto each = [&](SplitPart part, const auto& add) {
    for (const int index : context.plan.casesOf(part)) {
      job.throwIfStopped();
      add(index);
    }
  };
  if (wantsLabelled(context, training)) each(SplitPart::Labelled, [&](int i) { set.labelled.push_back(context.data.labelled(i)); });
  const bool strategyRound = training.arm == Arm::Strategy && training.round > 0;
  if (trainsOnPseudoLabels(training)) {
    each(SplitPart::Unlabelled, [&](int i) {
      set.pseudoLabelled.push_back(pseudoLabelled(context, i, casePseudoLabelsFromJson(readJson(caseFile(training.pseudoLabels, i)))));
    });
  }
  if (strategyRound && context.strategy.targets == RoundTargets::AllLabels)
    each(SplitPart::Unlabelled, [&](int i) {
      if (context.data.annotation(i)) set.labelled.push_back(context.data.labelled(i));
    });
  if (strategyRound && context.strategy.trainingStrategy != "supervised" && context.strategy.refinement != Refinement::Selection)
    each(SplitPart::Unlabelled, [&](int i) {
      set.unlabelled.push_back(context.data.picture(i));
      if (!training.beliefs.empty()) set.unlabelled.back().beliefs = inSteps(readProbabilities(caseFile(training.beliefs, i, ".prob")));
    });
  if (training.fold >= 0) {
    leaveOutFold(set, training.fold, training.folds);
    return set;
  }
  each(SplitPart::Validation, [&](int i) {
    if (context.data.annotation(i)) set.validation.push_back(context.data.labelled(i));
  });
  return set;
}

void leaveOutFold(TrainingSet& set, int fold, int folds) {
  std::vector<TrainingCase> kept;
  for (std::size_t i = 0; i < set.labelled.size(); ++i)
    if (static_cast<int>(i) % folds != fold) kept.push_back(std::move(set.labelled[i]));
  set.labelled = std::move(kept);
  set.validation.clear();
}

TrainPlan trainPlanOf(const RunContext& context, const RoundTraining& training, std::int64_t steps) {
  Json overrides = context.plan.trainParams;
  if (steps > 0) overrides["steps"] = steps;
  const bool strategyArm = training.arm == Arm::Strategy;
  const std::string strategy = training.round == 0 ? "supervised" : trainingStrategyOf(context);
  const bool ownArm = strategyArm || training.round == 0;
  TrainPlan plan = makeTrainPlan(context.plan.preset, seedFor(context.plan, "train", training.round), overrides,
                                 ownArm ? specialistOf(context.plan, context.strategy) : controlSpecialistOf(context.plan),
                                 ownArm ? strategy : "supervised");
  if (hasPlannedStages(plan)) planStages(plan, context.data.volumes().patch, context.data.volumes().preparation.spacingMm);
  plan.device = context.device;
  plan.threads = context.threads;
  return plan;
}

std::int64_t stepsOf(const RunContext& context, int round, const TrainingSet& strategySet) {
  if (const auto given = context.plan.runParams.at("round_steps").get<std::int64_t>(); round > 0 && given > 0) return given;
  const TrainPlan plan = trainPlanOf(context, {.round = round}, 0);
  const bool continued = round > 0 && context.plan.runParams["start"] == "continue";
  return plannedSteps(plan, strategySet, continued ? StartKind::Continued : StartKind::FromScratch);
}

bool goesOn(const RunContext& context, const RoundTraining& training) {
  if (training.round == 0) return false;
  if (training.arm == Arm::Strategy && context.strategy.targets == RoundTargets::Beliefs) return false;  // every round anew (O1)
  // The control cannot go on from a first specialist of another kind than its own: it begins anew.
  if (training.arm == Arm::Control && training.round == 1 &&
      specialistOf(context.plan, context.strategy) != controlSpecialistOf(context.plan))
    return false;
  // Mean Teacher starts from the first specialist whatever the preset says (ALGORITHMS.md 6.7).
  if (training.arm == Arm::Strategy && context.strategy.trainingStrategy == "mean-teacher") return true;
  return context.plan.runParams["start"] == "continue";
}

TrainResult trainOnly(const RunContext& context, const RoundTraining& training, const TrainingSet& set, std::int64_t steps,
                      const std::filesystem::path& folder, Job& job) {
  TrainStart start = TrainStart::fromScratch();
  if (goesOn(context, training)) start.continueFrom = training.previous;
  if (training.arm == Arm::Strategy && training.round > 0 && context.strategy.trainingStrategy == "semisam-plus")
    start.generalists = namedGeneralists(context.plan.generalists, context.plan.generalistParams, context.device, context.plan.kind());
  if (context.reuse == Reuse::Trainings) start.elsewhere = finishedTrainings(context);
  start.fabric = context.fabric;
  return train(set, trainPlanOf(context, training, steps), start, folder, job);
}

TrainResult trainRound(const RunContext& context, const RoundTraining& training, const TrainingSet& set, std::int64_t steps,
                       const std::filesystem::path& folder, Job& job) {
  if (context.fabric) context.fabric->broadcastText(trainingOrder(context.folder, training, steps, folder).dump());
  const TrainResult result = trainOnly(context, training, set, steps, folder, job);
  if (!result.converged)
    job.warning({.code = "not-converged",
                 .caseName = {},
                 .message = "Round " + std::to_string(training.round) + ", " + toString(training.arm) + ": " + result.convergence});
  return result;
}

}  // namespace roundel
