#include "rounds/adaptation_stage.h"

#include <chrono>

#include "core/elapsed.h"
#include "core/files.h"
#include "core/hash.h"
#include "rounds/estimation_stages.h"
#include "train/generalist_adaptation.h"
#include "train/generalist_training.h"

namespace roundel {
namespace {

/// 0 in a plan of an older version.
int adaptSteps(const RunContext& context) { return context.plan.runParams.value("adapt_steps", 0); }

std::vector<ShippedModel> adaptable(const RunContext& context) {
  std::vector<ShippedModel> models;
  for (const auto& name : context.plan.generalists)
    if (auto model = adaptableModel(name)) models.push_back(std::move(*model));
  return models;
}

std::filesystem::path adaptedFolder(const std::filesystem::path& stage, const std::string& name, int fold) {
  return stage / name / (fold == kWholeStudy ? "whole" : "fold-" + std::to_string(fold));
}

PromptableScene labelledScene(const RunContext& context, int caseIndex) {
  const auto truth = context.data.annotation(caseIndex);
  std::vector<Mask> masks;
  for (const auto& one : truth->classes)
    if (one.state == ClassState::Present) masks.push_back(one.mask);
  return studyScene(*context.data.image(caseIndex), masks);
}

GeneralistPlan planFor(const RunContext& context, const ShippedModel& model, int steps) {
  GeneralistPlan plan = adaptationPlan(model.weights, {.steps = steps,
                                                       .learningRate = context.plan.runParams.at("adapt_learning_rate").get<double>(),
                                                       .seed = seedFor(context.plan, "adapt " + model.name, 0)});
  plan.name = model.name + " adapted";
  return plan;
}

/// One training; what is finished under the same plan stays as it is.
Json adaptOnce(const RunContext& context, const ShippedModel& model, const std::filesystem::path& folder, int folds, int fold, Job& job) {
  const auto labelled = context.plan.casesOf(SplitPart::Labelled);
  const GeneralistPlan plan = planFor(context, model, adaptSteps(context));
  GeneralistLesson lesson{.scenes = {}, .start = model.weights};
  Json learntFrom = Json::array();
  for (std::size_t i = 0; i < labelled.size(); ++i) {
    if (heldOut(i, folds, fold)) continue;
    auto scene = labelledScene(context, labelled[i]);
    if (scene.structures.empty()) continue;
    lesson.scenes.push_back(std::move(scene));
    learntFrom.push_back(context.plan.cases[static_cast<std::size_t>(labelled[i])].name);
  }
  if (lesson.scenes.empty()) return nullptr;
  const auto at = adaptedFolder(folder, model.name, fold);
  job.log("Adapting " + model.name +
          (fold == kWholeStudy ? "" : ", cross-fit " + std::to_string(fold + 1) + " of " + std::to_string(folds)) + ": " +
          std::to_string(lesson.scenes.size()) + " cases, " + std::to_string(plan.at<int>("steps")) + " steps");
  const auto trained = trainGeneralist(plan, at, context.device, context.threads, 1, job, lesson);
  return {
      {"fold", fold == kWholeStudy ? Json(nullptr) : Json(fold)}, {"learnt_from", learntFrom}, {"sha256", sha256OfFile(trained.weights)}};
}

}  // namespace

bool adaptsGeneralists(const RunContext& context) {
  return !context.plan.volumes && context.usesGeneralist() && adaptSteps(context) > 0 && !adaptable(context).empty() &&
         !context.plan.casesOf(SplitPart::Labelled).empty();
}

std::string adaptStage(const RunContext& context, const std::filesystem::path& folder, Job& job) {
  const int folds = calibrationFolds(context);
  Json all = Json::object();
  for (const auto& model : adaptable(context)) {
    Json& said = all[model.name];
    said = {{"base_sha256", sha256OfFile(model.weights)}, {"steps", adaptSteps(context)}, {"models", Json::array()}};
    for (int fold = kWholeStudy; fold < (folds >= 2 ? folds : 0); ++fold)
      if (Json one = adaptOnce(context, model, folder, folds, fold, job); !one.is_null()) said["models"].push_back(std::move(one));
  }
  writeJsonAtomically(folder / "adapted.json", all);
  // What a broken-off training would go on from is no longer needed.
  std::error_code code;
  for (const auto& model : adaptable(context))
    for (int fold = kWholeStudy; fold < folds; ++fold)
      std::filesystem::remove(adaptedFolder(folder, model.name, fold) / kGeneralistState, code);
  return sha256OfFile(folder / "adapted.json");
}

int adaptationCount(const RunContext& context) {
  if (!adaptsGeneralists(context)) return 0;
  const int folds = calibrationFolds(context);
  return static_cast<int>(adaptable(context).size()) * (1 + (folds >= 2 ? folds : 0));
}

double tryAdaptation(const RunContext& context, const std::vector<int>& cases, const std::filesystem::path& folder, Job& job) {
  const ShippedModel model = adaptable(context).front();
  GeneralistLesson lesson{.scenes = {}, .start = model.weights};
  for (const int index : cases)
    if (auto scene = labelledScene(context, index); !scene.structures.empty()) lesson.scenes.push_back(std::move(scene));
  if (lesson.scenes.empty()) return 0;
  // What a training costs before its first step is in both.
  constexpr int kFew = 2, kMore = 8;
  Job quiet;
  const auto secondsFor = [&](int steps) {
    job.throwIfStopped();
    const auto begin = std::chrono::steady_clock::now();
    trainGeneralist(planFor(context, model, steps), folder / std::to_string(steps), context.device, context.threads, 1, quiet, lesson);
    return secondsSince(begin);
  };
  const double few = secondsFor(kFew), more = secondsFor(kMore);
  return more > few ? (more - few) / (kMore - kFew) : more / kMore;
}

std::map<std::string, std::filesystem::path> adaptedWeights(const RunContext& context, const std::filesystem::path& folder, int fold) {
  std::map<std::string, std::filesystem::path> weights;
  for (const auto& model : adaptable(context)) {
    const auto path = adaptedFolder(folder, model.name, fold) / "model.safetensors";
    std::error_code code;
    if (std::filesystem::exists(path, code)) weights[model.name] = path;
  }
  return weights;
}

}  // namespace roundel
