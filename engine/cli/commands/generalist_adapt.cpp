#include "cli/commands/generalist_adapt.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>

#include "cli/commands/generalist_score.h"
#include "cli/commands/text_table.h"
#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/shown_number.h"
#include "models/generalists/shipped_generalist.h"
#include "refine/builtin_generalists.h"
#include "refine/prompt_score.h"
#include "train/generalist_adaptation.h"
#include "train/generalist_training.h"

namespace roundel::cli {
namespace {

namespace fs = std::filesystem;

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

/// The weights of a generalist that Roundel trained.
ShippedModel weightsOf(const std::string& name) {
  if (auto model = adaptableModel(name)) return *model;
  generalistRegistry().find(name);  // throws with the nearest name
  throw Error(ErrorKind::Usage, "not-adaptable",
              "The generalist " + name + " cannot be adapted: only those can that Roundel trained itself.", {.remedy = "Take builtin-2d."});
}

PromptableScene sceneOf(const LabelledPicture& picture) { return studyScene(picture.image, picture.truth); }

struct Measured {
  double sum = 0;
  std::int64_t count = 0;
  double mean() const { return count == 0 ? 0 : sum / static_cast<double>(count); }
};

using Table = std::vector<std::pair<Measured, Measured>>;  ///< as it is, adapted; one of these a way of asking

constexpr std::array<Asking, 4> kMeasured{Asking::TrueBox, Asking::WrongBox, Asking::TwoCalls, Asking::OneClick};

void measure(const ShippedModel& model, const LabelledPicture& picture, std::uint64_t sample, Table& table, bool adapted,
             Context& context) {
  const auto generalist =
      shippedGeneralist(model, resolveParams(shippedGeneralistParams(model), {}), context.options.device, context.options.threads);
  const auto embedding = generalist->embed(picture.image, context.job);
  for (std::size_t i = 0; i < kMeasured.size(); ++i)
    for (const auto& score : scorePrompts(*generalist, *embedding, picture.truth, kMeasured[i], 42, sample, context.job)) {
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
  app.add_option("--out", out, "Folder of the adapted model; without it, it is kept with the study. A broken-off training there goes on");
}

Outcome adaptGeneralist(const AdaptFlags& flags, Context& context) {
  const Project project = Project::open(flags.project, Access::ReadOnly);
  const ShippedModel model = weightsOf(flags.generalist);
  const fs::path out = flags.out.empty() ? fs::path(flags.project) / kAdaptedFolder / (flags.generalist + "-adapted") : fs::path(flags.out);
  Outcome outcome;
  std::vector<LabelledPicture> pictures = labelledPictures(project, labelledCases(project, flags.cases), outcome.warnings, context);
  std::erase_if(pictures, [](const auto& picture) { return sceneOf(picture).structures.empty(); });
  if (pictures.empty()) throw Error(ErrorKind::BadInput, "no-labels", "None of the labelled cases has a structure of some size.");
  std::error_code code;
  fs::remove(out / kAdaptationFile, code);  // until it has ended there is no adapted model

  GeneralistPlan plan = adaptationPlan(model.weights, {.steps = flags.steps, .learningRate = flags.learningRate, .seed = flags.seed});
  plan.name = flags.generalist + " adapted";
  const auto folds = std::min(flags.folds, static_cast<int>(pictures.size()));
  const auto folderOf = [&](int fold) { return fold == kWholeStudy ? out : out / ("fold-" + std::to_string(fold)); };
  const auto learn = [&](int fold) {
    GeneralistLesson lesson{.scenes = {}, .start = model.weights};
    for (std::size_t i = 0; i < pictures.size(); ++i)
      if (!heldOut(i, folds, fold)) lesson.scenes.push_back(sceneOf(pictures[i]));
    return trainGeneralist(plan, folderOf(fold), context.options.device, context.options.threads, 1, context.job, lesson);
  };

  Table table(kMeasured.size());
  for (int fold = 0; folds >= 2 && fold < folds; ++fold) {
    const auto trained = learn(fold);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      if (!heldOut(i, folds, fold)) continue;
      measure(model, pictures[i], i, table, false, context);
      measure(ShippedModel{.name = "adapted", .weights = trained.weights, .dimensions = model.dimensions}, pictures[i], i, table, true,
              context);
    }
  }
  const auto whole = learn(kWholeStudy);
  Json measured = Json::object();
  TextTable text({"asked with", "as it is", "adapted", "masks"});
  for (std::size_t i = 0; folds >= 2 && i < kMeasured.size(); ++i) {
    const auto& [before, after] = table[i];
    measured[toString(kMeasured[i])] = {{"iou", before.mean()}, {"adapted_iou", after.mean()}, {"count", after.count}};
    text.add({toString(kMeasured[i]), shown(before.mean()), shown(after.mean()), std::to_string(after.count)});
  }
  Json learntFrom = Json::array();
  for (const auto& picture : pictures) learntFrom.push_back(picture.name);
  outcome.result = {{"weights", displayPath(whole.weights)},
                    {"sha256", sha256OfFile(whole.weights)},
                    {"base", flags.generalist},
                    {"base_sha256", sha256OfFile(model.weights)},
                    {"learnt_from", learntFrom},
                    {"dimensions", model.dimensions},
                    {"steps", flags.steps},
                    {"learning_rate", flags.learningRate},
                    {"seed", flags.seed},
                    {"folds", folds >= 2 ? folds : 0},
                    {"cross_fitted", measured},
                    {"environment", whole.environment}};
  for (int fold = kWholeStudy; fold < folds; ++fold) fs::remove(folderOf(fold) / kGeneralistState, code);
  writeJsonAtomically(out / kAdaptationFile, outcome.result);
  outcome.text = displayPath(whole.weights) + "\n" +
                 (folds >= 2 ? text.text() + "\nMean IoU on labelled cases that the model measured did not see.\n" : "") +
                 (flags.out.empty() ? "It is kept with the study as " + out.filename().string() + ".\n"
                                    : "Use it with: roundel models add " + displayPath(whole.weights) + " --name NAME\n");
  if (!outcome.warnings.empty()) outcome.exitCode = 6;
  return outcome;
}

}  // namespace roundel::cli
