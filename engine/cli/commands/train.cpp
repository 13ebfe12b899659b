#include <CLI/CLI.hpp>

#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/plan_flags.h"
#include "cli/ranks.h"
#include "cli/run_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/shown_number.h"
#include "device/device.h"
#include "rounds/training_stage.h"
#include "train/prepared_study.h"
#include "train/volume_training_set.h"

namespace roundel::cli {
namespace {

struct TrainFlags {
  std::string study;
  std::string specialist;  ///< empty: unet2d for pictures, unet3d for volumes
  std::string strategy = "supervised";
  std::vector<std::string> generalists;
  std::string split = "labelled";
  TrainingFlags training;
  RankFlags ranks;
  std::string out;
};

/// What to learn from, and the parameters set by hand.
struct Lesson {
  TrainingSet set;
  Json params;
  std::vector<std::string> generalists = {};
  Json generalistParams = Json::object();
};

/// From a file of `prepare` that holds volumes.
Lesson lessonFromVolumes(const TrainFlags& flags) {
  const Json params = parsePlanSettings(flags.training.settings);
  const PreparedVolumes study = readPreparedVolumes(flags.study);
  TrainingSet set = trainingSetOf(study, patchOf(params, flags.training.preset, labelledSizes(study)), flags.split);
  if (flags.strategy == "supervised") set.unlabelled.clear();
  return {std::move(set), params, flags.generalists};
}

/// From a file of `prepare`.
Lesson lessonFromPrepared(const TrainFlags& flags) {
  if (holdsVolumes(flags.study)) return lessonFromVolumes(flags);
  const PreparedStudy study = readPreparedStudy(flags.study);
  TrainingSet set = trainingSetOf(study, flags.split);
  if (flags.strategy == "supervised") set.unlabelled.clear();
  return {std::move(set), parsePlanSettings(flags.training.settings), flags.generalists};
}

Lesson lessonFromStudy(const TrainFlags& flags, const Ranks& ranks, Context& context) {
  const Project project = Project::open(flags.study, Access::ReadOnly);
  FrozenRun frozen = freezeRun(project, {.strategy = flags.strategy,
                                         .rounds = 1,
                                         .preset = flags.training.preset,
                                         .seed = flags.training.seed,
                                         .generalists = flags.generalists,
                                         .control = false,
                                         .split = "main",
                                         .labelledCount = {},
                                         .set = parsePlanSettings(flags.training.settings)});
  const std::filesystem::path out = flags.out;
  const SplitPart part = splitPartFromString(flags.split);
  // What is trained on is the labelled part of this one training. Nobody learns from test cases, not even from their pictures.
  for (auto& one : frozen.plan.cases)
    if (one.part == part) one.part = SplitPart::Labelled;
    else if (one.part == SplitPart::Labelled) one.part = SplitPart::Test;
  if (ranks.fabric()->first()) {
    std::filesystem::create_directories(out / "labels");
    for (const auto& [hash, annotation] : frozen.annotations) writeFileAtomically(frozenLabelPath(out, hash), toJson(annotation).dump());
    writeJsonAtomically(out / "plan.json", toJson(frozen.plan));
  }
  ranks.fabric()->barrier();  // the others read what rank 0 wrote
  const StudyData data(frozen.plan, out, decodingLoader(context.job));
  const RunContext run{frozen.plan, findRunStrategy(flags.strategy), data, out, ranks.device(), ranks.threads()};
  return {trainingSetOf(run, {.round = flags.strategy == "supervised" ? 0 : 1}, context.job), frozen.plan.trainParams,
          frozen.plan.generalists, frozen.plan.generalistParams};
}

void requireTrainingStrategy(const std::string& name) {
  std::string list;
  std::vector<std::string> names;
  for (const auto& spec : runStrategies())
    if (spec.trainingStrategy == spec.name) names.push_back(spec.name), list += (list.empty() ? "" : ", ") + spec.name;
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  const std::string near = nearestName(name, names);
  throw Error(ErrorKind::Usage, "unknown-strategy", "A single training cannot follow the strategy " + name + ".",
              {.remedy = near.empty() ? "Known: " + list + "." : "Did you mean " + near + "?"});
}

Outcome trainOn(const Ranks& ranks, const TrainFlags& flags, Context& context) {
  const ComputeChoice device = chooseDevice(ranks.device(), ranks.threads());
  context.job.log("Computing on " + device.device.name + " with " + std::to_string(device.threads) + " threads." +
                  (device.whyNotCuda.empty() ? "" : " " + device.whyNotCuda));
  requireTrainingStrategy(flags.strategy);
  const auto [set, params, generalists, generalistParams] =
      std::filesystem::is_regular_file(flags.study) ? lessonFromPrepared(flags) : lessonFromStudy(flags, ranks, context);
  const std::string specialist = !flags.specialist.empty() ? flags.specialist : set.ofVolumes() ? "unet3d" : "unet2d";
  TrainPlan plan = makeTrainPlan(flags.training.preset, flags.training.seed, params, specialist, flags.strategy);
  planStages(plan, {set.width, set.height, set.depth}, std::nullopt);
  plan.device = ranks.device();
  plan.threads = ranks.threads();
  if (!params.contains("ranks")) plan.params["ranks"] = ranks.fabric()->size();
  TrainStart start = TrainStart::fromScratch();
  start.fabric = ranks.fabric();
  if (flags.strategy == "semisam-plus")
    start.generalists =
        namedGeneralists(generalists, generalistParams, ranks.device(), set.ofVolumes() ? StudyKind::Volumes : StudyKind::Pictures);
  const TrainResult trained = train(set, plan, start, flags.out, context.job);
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

Outcome trainVerb(const TrainFlags& flags, Context& context) {
  const Ranks ranks("train", flags.ranks, context, true);
  return ranks.carryOut([&] { return trainOn(ranks, flags, context); });
}

}  // namespace

Command trainCommand() {
  return {
      .name = "train",
      .sentence = "Train one specialist on the labels of a part of the split",
      .examples = {"train STUDY --specialist unet2d --split labelled --preset quick --seed 1 --out MODEL",
                   "train STUDY --set width=32 --set steps=500 --out MODEL",
                   "train STUDY --strategy ua-mt --out MODEL   (unlabelled cases teach, too)",
                   "train STUDY --devices cuda:0,cuda:1 --out MODEL"},
      .declare =
          [](CLI::App& app) {
            auto flags = std::make_shared<TrainFlags>();
            app.add_option("study", flags->study, "Folder of the study, or a file of `prepare`")->required();
            app.add_option("--specialist", flags->specialist,
                           "Kind of network (see describe); unet2d for pictures and unet3d for volumes where none is named");
            app.add_option("--strategy", flags->strategy,
                           "How a training step learns: supervised, or from unlabelled cases too (see describe)")
                ->capture_default_str();
            app.add_option("--generalist", flags->generalists, "Generalist that semisam-plus asks; may be repeated");
            app.add_option("--split", flags->split, "Part of the split to learn from")->check(CLI::IsMember({"labelled", "unlabelled"}));
            flags->training.declare(app);
            flags->ranks.declare(app, "Several devices that share every batch, for example cuda:0,cuda:1");
            app.add_option("--out", flags->out, "Folder of the model; a broken-off training there goes on")->required();
            return [flags](Context& context) { return trainVerb(*flags, context); };
          },
      .computes = true,
      .shared = true};
}

}  // namespace roundel::cli
