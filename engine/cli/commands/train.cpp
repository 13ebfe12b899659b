#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/plan_flags.h"
#include "cli/run_support.h"
#include "core/error.h"
#include "core/files.h"
#include "device/device.h"
#include "report/html.h"
#include "rounds/training_stage.h"
#include "train/prepared_study.h"

namespace roundel::cli {
namespace {

struct TrainFlags {
  std::string study;
  std::string specialist = "unet2d";
  std::string split = "labelled";
  TrainingFlags training;
  std::string out;
};

/// What to learn from, and the parameters set by hand.
struct Lesson {
  TrainingSet set;
  Json params;
};

/// From a file of `prepare`.
Lesson lessonFromPrepared(const TrainFlags& flags) {
  const PreparedStudy study = readPreparedStudy(flags.study);
  return {trainingSetOf(study, flags.split), parsePlanSettings(flags.training.settings)};
}

Lesson lessonFromStudy(const TrainFlags& flags, Context& context) {
  const Project project = Project::open(flags.study, Access::ReadOnly);
  FrozenRun frozen = freezeRun(project, {.strategy = "supervised",
                                         .rounds = 1,
                                         .preset = flags.training.preset,
                                         .seed = flags.training.seed,
                                         .generalists = {},
                                         .control = false,
                                         .split = "main",
                                         .labelledCount = {},
                                         .set = parsePlanSettings(flags.training.settings)});
  const std::filesystem::path out = flags.out;
  std::filesystem::create_directories(out / "labels");
  for (const auto& [hash, annotation] : frozen.annotations) writeFileAtomically(frozenLabelPath(out, hash), toJson(annotation).dump());
  const SplitPart part = splitPartFromString(flags.split);
  for (auto& one : frozen.plan.cases)  // what is trained on is the labelled part of this one training
    if (one.part == part) one.part = SplitPart::Labelled;
    else if (one.part != SplitPart::Validation) one.part = SplitPart::Unlabelled;
  writeJsonAtomically(out / "plan.json", toJson(frozen.plan));
  const StudyData data(frozen.plan, out, decodingLoader(context.job));
  const RunContext run{frozen.plan, findRunStrategy("supervised"), data, out, context.options.device, context.options.threads};
  return {trainingSetOf(run, {.round = 0}, context.job), frozen.plan.trainParams};
}

Outcome trainVerb(const TrainFlags& flags, Context& context) {
  const ComputeChoice device = chooseDevice(context.options.device, context.options.threads);
  context.job.log("Computing on " + device.device.name + " with " + std::to_string(device.threads) + " threads." +
                  (device.whyNotCuda.empty() ? "" : " " + device.whyNotCuda));
  const auto [set, params] = std::filesystem::is_regular_file(flags.study) ? lessonFromPrepared(flags) : lessonFromStudy(flags, context);
  TrainPlan plan = makeTrainPlan(flags.training.preset, flags.training.seed, params, flags.specialist);
  plan.device = context.options.device;
  plan.threads = context.options.threads;
  const TrainResult trained = train(set, plan, TrainStart::fromScratch(), flags.out, context.job);
  if (!trained.converged) context.job.warning({.code = "not-converged", .caseName = {}, .message = trained.convergence});
  Outcome outcome;
  outcome.result = {{"checkpoint", displayPath(trained.checkpoint)},
                    {"weights_sha256", trained.weightsSha256},
                    {"steps", trained.steps},
                    {"kept_step", trained.keptStep},
                    {"training_loss", trained.trainingLoss},
                    {"validation_dice", trained.validationDice ? Json(*trained.validationDice) : Json(nullptr)},
                    {"converged", trained.converged},
                    {"convergence", trained.convergence},
                    {"environment", trained.environment}};
  outcome.text = displayPath(trained.checkpoint) + "\n" + std::to_string(trained.steps) + " steps, validation Dice " +
                 shown(trained.validationDice) + "\n" + trained.convergence + "\n";
  return outcome;
}

}  // namespace

Command trainCommand() {
  return {
      .name = "train",
      .sentence = "Train one specialist on the labels of a part of the split",
      .examples = {"train STUDY --specialist unet2d --split labelled --preset quick --seed 1 --out MODEL",
                   "train STUDY --set width=32 --set steps=500 --out MODEL"},
      .declare =
          [](CLI::App& app) {
            auto flags = std::make_shared<TrainFlags>();
            app.add_option("study", flags->study, "Folder of the study, or a file of `prepare`")->required();
            app.add_option("--specialist", flags->specialist, "Kind of network (see describe)");
            app.add_option("--split", flags->split, "Part of the split to learn from")->check(CLI::IsMember({"labelled", "unlabelled"}));
            flags->training.declare(app);
            app.add_option("--out", flags->out, "Folder of the model; a broken-off training there goes on")->required();
            return [flags](Context& context) { return trainVerb(*flags, context); };
          },
      .computes = true};
}

}  // namespace roundel::cli
