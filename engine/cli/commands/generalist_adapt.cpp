#include "cli/commands/generalist_adapt.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>

#include "cli/commands/generalist_score.h"
#include "cli/commands/text_table.h"
#include "core/error.h"
#include "core/files.h"
#include "models/generalists/crop_generalist.h"
#include "models/generalists/crop_model_card.h"
#include "models/generalists/model_folder.h"
#include "refine/prompt_score.h"
#include "train/generalist_training.h"

namespace roundel::cli {
namespace {

/// The labelled part of the study's split, else every case with labels; at most so many.
std::vector<Case> labelledCases(const Project& project, int most) {
  std::vector<Case> chosen;
  const auto versions = project.latestVersions();
  const auto split = project.split();
  for (const auto& one : project.cases()) {
    const bool part =
        !split || split->labelled.empty() || std::find(split->labelled.begin(), split->labelled.end(), one.name) != split->labelled.end();
    if (part && !one.excluded && versions.contains(one.id)) chosen.push_back(one);
  }
  if (most > 0 && chosen.size() > static_cast<std::size_t>(most)) chosen.resize(static_cast<std::size_t>(most));
  return chosen;
}

/// The weights of a generalist of crops: shipped, or adapted before and taken in.
ShippedModel weightsOf(const std::string& name) {
  for (const auto& model : shippedModels())
    if (model.name == name) return model;
  const InstalledModel brought = ModelFolder().find(name);  // throws with the nearest name
  if (brought.architecture != "roundel_crop_2d")
    throw Error(ErrorKind::Usage, "not-adaptable",
                "The generalist " + name + " cannot be adapted: only those can that Roundel trained itself.",
                {.remedy = "Take builtin-2d."});
  return {.name = brought.name, .weights = brought.weights};
}

PromptableScene sceneOf(const LabelledPicture& picture) {
  PromptableScene scene{.family = "study", .image = picture.image};
  for (const auto& mask : picture.truth)
    if (mask.area() >= kSmallestStructure) scene.structures.push_back(mask);
  return scene;
}

struct Measured {
  double sum = 0;
  std::int64_t count = 0;
  double mean() const { return count == 0 ? 0 : sum / static_cast<double>(count); }
};

using Table = std::vector<std::pair<Measured, Measured>>;  ///< as it is, adapted; one of these a way of asking

constexpr std::array<Asking, 4> kMeasured{Asking::TrueBox, Asking::WrongBox, Asking::TwoCalls, Asking::OneClick};

void measure(const ShippedModel& model, const LabelledPicture& picture, std::uint64_t sample, Table& table, bool adapted,
             Context& context) {
  const CropGeneralist generalist(model, resolveParams(CropGeneralist::params(), {}), context.options.device, context.options.threads);
  const auto embedding = generalist.embed(picture.image, context.job);
  for (std::size_t i = 0; i < kMeasured.size(); ++i)
    for (const auto& score : scorePrompts(generalist, *embedding, picture.truth, kMeasured[i], 42, sample, context.job)) {
      Measured& cell = adapted ? table[i].second : table[i].first;
      cell.sum += score.iou;
      ++cell.count;
    }
}

}  // namespace

void AdaptFlags::declare(CLI::App& app) {
  app.add_option("project", project, "Folder of the study")->required();
  app.add_option("--generalist", generalist, "What is adapted")->capture_default_str();
  app.add_option("--cases", cases, "Labelled cases to learn from at most; 0: all")->check(CLI::NonNegativeNumber)->capture_default_str();
  app.add_option("--steps", steps, "Steps of each training")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--folds", folds, "Parts for cross-fitting; 0: do not measure")->check(CLI::Range(0, 20))->capture_default_str();
  app.add_option("--learning-rate", learningRate, "After the warm-up")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--seed", seed, "Everything random follows from it")->capture_default_str();
  app.add_option("--out", out, "Folder of the adapted model; a broken-off training there goes on")->required();
}

Outcome adaptGeneralist(const AdaptFlags& flags, Context& context) {
  const Project project = Project::open(flags.project, Access::ReadOnly);
  const ShippedModel model = weightsOf(flags.generalist);
  Outcome outcome;
  std::vector<LabelledPicture> pictures = labelledPictures(project, labelledCases(project, flags.cases), outcome.warnings, context);
  std::erase_if(pictures, [](const auto& picture) { return sceneOf(picture).structures.empty(); });
  if (pictures.empty()) throw Error(ErrorKind::BadInput, "no-labels", "None of the labelled cases has a structure of some size.");

  // The form is the weights' own; what is said about families does not matter here.
  Json params = cropModelParams(model.weights);
  params["steps"] = flags.steps;
  params["learning_rate"] = flags.learningRate;
  params["warmup"] = std::min(20, flags.steps);
  params["fall"] = 0.7;
  params["average"] = 0.98;
  GeneralistPlan plan = makeGeneralistPlan(flags.seed, params, Json::object());
  plan.name = flags.generalist + " adapted";
  const auto learn = [&](const std::filesystem::path& folder, const auto& wanted) {
    GeneralistLesson lesson{.scenes = {}, .start = model.weights};
    for (std::size_t i = 0; i < pictures.size(); ++i)
      if (wanted(i)) lesson.scenes.push_back(sceneOf(pictures[i]));
    return trainGeneralist(plan, folder, context.options.device, context.options.threads, 1, context.job, lesson);
  };

  const auto folds = static_cast<std::size_t>(std::min<int>(flags.folds, static_cast<int>(pictures.size())));
  Table table(kMeasured.size());
  for (std::size_t fold = 0; folds >= 2 && fold < folds; ++fold) {
    const auto trained =
        learn(std::filesystem::path(flags.out) / ("fold-" + std::to_string(fold)), [&](std::size_t i) { return i % folds != fold; });
    for (std::size_t i = fold; i < pictures.size(); i += folds) {
      measure(model, pictures[i], i, table, false, context);
      measure({.name = "adapted", .weights = trained.weights}, pictures[i], i, table, true, context);
    }
  }
  const auto whole = learn(flags.out, [](std::size_t) { return true; });
  Json measured = Json::object();
  TextTable text({"asked with", "as it is", "adapted", "masks"});
  for (std::size_t i = 0; folds >= 2 && i < kMeasured.size(); ++i) {
    const auto shown = [](double value) { return std::to_string(std::lround(value * 1000) / 1000.0).substr(0, 5); };
    measured[toString(kMeasured[i])] = {
        {"iou", table[i].first.mean()}, {"adapted_iou", table[i].second.mean()}, {"count", table[i].second.count}};
    text.add({toString(kMeasured[i]), shown(table[i].first.mean()), shown(table[i].second.mean()), std::to_string(table[i].second.count)});
  }
  outcome.result = {{"weights", displayPath(whole.weights)},
                    {"cases", pictures.size()},
                    {"folds", folds},
                    {"cross_fitted", measured},
                    {"environment", whole.environment}};
  writeJsonAtomically(std::filesystem::path(flags.out) / "adaptation.json", outcome.result);
  outcome.text = displayPath(whole.weights) + "\n" +
                 (folds >= 2 ? text.text() + "\nMean IoU on cases that the model measured did not see.\n" : "") +
                 "Use it with: roundel models add " + displayPath(whole.weights) + " --name NAME\n";
  if (!outcome.warnings.empty()) outcome.exitCode = 6;
  return outcome;
}

}  // namespace roundel::cli
