#include <CLI/CLI.hpp>

#include <algorithm>
#include <thread>

#include "cli/commands/commands.h"
#include "cli/commands/generalist_adapt.h"
#include "cli/commands/generalist_score.h"
#include "core/error.h"
#include "core/files.h"
#include "train/generalist_adaptation.h"
#include "train/generalist_training.h"
#include "train/prepared_study.h"

namespace roundel::cli {
namespace {

struct GeneralistTrainFlags {
  std::string plan;
  std::string out;
  std::vector<std::string> settings;
  int makers = 2;
};

/// Without --out the model lies beside its plan, under the plan's name.
std::filesystem::path outOf(const GeneralistTrainFlags& flags) {
  if (!flags.out.empty()) return flags.out;
  const std::filesystem::path plan = flags.plan;
  if (plan.empty() || !plan.has_extension())
    throw Error(ErrorKind::Usage, "usage", "Nothing says where the model is to lie.", {.remedy = "Name a folder with --out."});
  return plan.parent_path() / plan.stem();
}

const std::vector<std::string> kEntries{"name", "seed", "params", "families", "study", "start"};

Json documentOf(const GeneralistTrainFlags& flags) {
  if (flags.plan.empty()) return Json::object();
  Json document = readJson(flags.plan);
  const std::string shown = displayPath(flags.plan);
  if (!document.is_object()) throw Error(ErrorKind::BadInput, "bad-document", "The plan " + shown + " is no JSON object.", {.path = shown});
  for (const auto& [name, value] : document.items())
    if (std::find(kEntries.begin(), kEntries.end(), name) == kEntries.end()) {
      const std::string near = nearestName(name, kEntries);
      throw Error(
          ErrorKind::BadInput, "bad-document",
          "The plan " + shown + " has an entry " + sanitisedUtf8(name) + ", which no generalist's plan has.",
          {.path = shown, .remedy = near.empty() ? "Parameters of the training stand in \"params\"." : "Did you mean " + near + "?"});
    }
  for (const char* name : {"study", "start"})
    if (document.contains(name) && !document[name].is_string())
      throw Error(ErrorKind::BadInput, "bad-document", "The plan " + shown + " says of " + name + " what is no file.", {.path = shown});
  return document;
}

/// The labelled pictures of a study that `prepare` wrote, and the weights to begin with, where the plan names them; files lie beside it.
GeneralistLesson lessonOf(const Json& document, const GeneralistTrainFlags& flags) {
  const auto fileOf = [&](const char* name) { return std::filesystem::path(flags.plan).parent_path() / document[name].get<std::string>(); };
  GeneralistLesson lesson;
  if (document.contains("start")) lesson.start = fileOf("start");
  if (!document.contains("study")) return lesson;
  const auto file = fileOf("study");
  const PreparedStudy study = readPreparedStudy(file);
  for (const auto& one : study.cases) {
    if (one.split != "labelled") continue;
    std::vector<Mask> masks;
    for (const auto& label : one.training.classes)
      if (label.state == ClassState::Present) masks.push_back(label.mask);
    PromptableScene scene = studyScene({.geometry = {.size = {study.width, study.height, 1}}, .values = one.training.image}, masks);
    if (!scene.structures.empty()) lesson.scenes.push_back(std::move(scene));
  }
  if (lesson.scenes.empty())
    throw Error(ErrorKind::BadInput, "no-labels", "None of the labelled cases in " + displayPath(file) + " has a structure of some size.",
                {.path = displayPath(file), .remedy = "Label more, and prepare the study again."});
  return lesson;
}

Outcome trainGeneralistVerb(const GeneralistTrainFlags& flags, Context& context) {
  Json document = documentOf(flags);
  const Json settings = parseSettings(flags.settings, generalistParams());
  for (const auto& [name, value] : settings.items()) document["params"][name] = value;
  const GeneralistPlan plan = generalistPlanFromJson(document);
  const GeneralistLesson lesson = lessonOf(document, flags);
  if (!lesson.scenes.empty() && plan.at<int>("dimensions") != 2)
    throw Error(ErrorKind::Usage, "bad-parameter",
                "A prepared study of pictures teaches a generalist of pictures, and the plan is for volumes.",
                {.remedy = "Leave dimensions out of the plan's params."});
  const std::filesystem::path out = outOf(flags);
  std::error_code code;
  std::filesystem::create_directories(out, code);
  writeJsonAtomically(out / "plan.json", toJson(plan));
  const GeneralistTraining trained =
      trainGeneralist(plan, out, context.options.device, context.options.threads, flags.makers, context.job, lesson);
  Outcome outcome;
  Json iou = Json::object();
  for (const auto& [family, value] : trained.iou) iou[family] = value;
  outcome.result = {{"weights", displayPath(trained.weights)},
                    {"steps", trained.steps},
                    {"loss", trained.loss},
                    {"iou_from_true_box", iou},
                    {"environment", trained.environment}};
  outcome.text = displayPath(trained.weights) + "\n" + std::to_string(trained.steps) + " steps\n";
  for (const auto& [family, value] : trained.iou)
    outcome.text += family + (findSceneFamily(family).heldOut ? " (held out)" : "") + ": mean IoU from the true box " +
                    std::to_string(std::lround(value * 1000) / 1000.0).substr(0, 5) + "\n";
  return outcome;
}

}  // namespace

Command generalistCommand() {
  return {
      .name = "generalist",
      .sentence = "Train the generalists that ship with Roundel on procedural scenes, adapt them to a study, and measure any on its labels",
      .examples = {"generalist train --plan builtin-2d.plan.json --out MODEL", "generalist train --set steps=300 --out MODEL",
                   "generalist adapt STUDY", "generalist adapt STUDY --cases 5 --out ADAPTED",
                   "generalist score STUDY --generalist builtin-2d --generalist random-walker"},
      .declare =
          [](CLI::App& app) {
            auto train = std::make_shared<GeneralistTrainFlags>();
            auto chosen = std::make_shared<std::function<Outcome(Context&)>>();
            app.require_subcommand(1);
            auto* sub = app.add_subcommand("train", "Train a promptable network on scenes that are made meanwhile");
            sub->add_option("--plan", train->plan,
                            "JSON file: name, seed, params, families; study, a file of `prepare` to learn from instead of scenes that are "
                            "made; start, weights to "
                            "begin with. What is left out has its default");
            sub->add_option("--set", train->settings, "NAME=VALUE, a parameter over the plan's; may be repeated")->allow_extra_args(false);
            sub->add_option("--makers", train->makers, "Threads that make scenes")->check(CLI::Range(1, 256))->capture_default_str();
            sub->add_option("--out", train->out,
                            "Folder of the model; a broken-off training there goes on. Left out: beside the plan, under its name");
            sub->callback([=] { *chosen = [train](Context& context) { return trainGeneralistVerb(*train, context); }; });
            auto score = std::make_shared<ScoreFlags>();
            auto* measured = app.add_subcommand("score", "Ask generalists for every labelled structure of a study and compare");
            score->declare(*measured);
            measured->callback([=] { *chosen = [score](Context& context) { return scoreGeneralists(*score, context); }; });
            auto adapt = std::make_shared<AdaptFlags>();
            auto* adapted = app.add_subcommand("adapt", "Fine-tune a shipped generalist on the labelled cases of a study");
            adapt->declare(*adapted);
            adapted->callback([=] { *chosen = [adapt](Context& context) { return adaptGeneralist(*adapt, context); }; });
            return [chosen](Context& context) { return (*chosen)(context); };
          },
      .computes = true};
}

}  // namespace roundel::cli
