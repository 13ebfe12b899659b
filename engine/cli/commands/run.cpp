#include <CLI/CLI.hpp>

#include <set>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/plan_file.h"
#include "cli/plan_flags.h"
#include "cli/run_support.h"
#include "core/error.h"
#include "core/files.h"
#include "device/device.h"
#include "rounds/pause_time.h"

namespace roundel::cli {
namespace {

struct RunFlags {
  const CLI::App* parsed = nullptr;  ///< says which flags were given
  std::string study;
  StrategyFlags choice;
  std::vector<std::string> generalists;
  std::string plan;
  std::string control = "supervised";
  bool dryRun = false;
  std::string stopAfter;
  std::string stopAt;
  std::string resume;
  std::string devices;
  bool anew = false;
};

/// The entries of a plan that flags say.
std::set<std::string> saidByFlag(const RunFlags& flags) {
  std::set<std::string> said;
  for (const auto& [flag, entry] : {std::pair("--strategy", "strategy"),
                                    {"--rounds", "rounds"},
                                    {"--preset", "preset"},
                                    {"--seed", "seed"},
                                    {"--control", "control"},
                                    {"--split", "split"},
                                    {"--generalist", "generalists"}})
    if (flags.parsed->get_option(flag)->count() > 0) said.insert(entry);
  return said;
}

RunRequest requestFrom(const RunFlags& flags) {
  RunRequest request = flags.choice.request();
  request.generalists = flags.generalists;
  request.control = flags.control == "supervised";
  if (!flags.plan.empty()) applyPlanFile(flags.plan, saidByFlag(flags), request);
  return request;
}

/// Says which classes no labelled case holds: nothing can be learnt about them.
void warnOfUnseenClasses(const FrozenRun& frozen, Job& job) {
  for (int c = 0; c < frozen.plan.classes.size(); ++c) {
    bool seen = false;
    for (const auto& planned : frozen.plan.cases) {
      if (planned.part != SplitPart::Labelled || !planned.annotationHash) continue;
      for (const auto& [hash, annotation] : frozen.annotations)
        seen = seen || (hash == *planned.annotationHash && annotation.classes[static_cast<std::size_t>(c)].state == ClassState::Present);
    }
    if (!seen)
      job.warning({.code = "class-in-no-case",
                   .caseName = {},
                   .message = "No labelled case holds the class " + frozen.plan.classes[c].name + ": nothing can be learnt about it."});
  }
}

Outcome dryRun(const RunPlan& plan) {
  Outcome outcome;
  outcome.result = {{"plan", toJson(plan)}, {"plan_sha256", planHash(plan)}};
  outcome.text = "Would run " + plan.strategy + ", " + std::to_string(plan.rounds) + " rounds, preset " + plan.preset + ", seed " +
                 std::to_string(plan.seed) + "\n";
  for (const SplitPart part : {SplitPart::Labelled, SplitPart::Unlabelled, SplitPart::Validation, SplitPart::Test})
    outcome.text += "  " + toString(part) + ": " + std::to_string(plan.casesOf(part).size()) + " cases\n";
  outcome.text +=
      "  classes: " + std::to_string(plan.classes.size()) +
      (plan.volumes ? ", volumes\n" : ", pictures of " + std::to_string(plan.width) + " x " + std::to_string(plan.height) + "\n");
  return outcome;
}

Outcome run(const RunFlags& flags, Context& context) {
  if (flags.devices.find(',') != std::string::npos)
    throw Error(ErrorKind::Usage, "one-device", "This version runs on one device at a time.",
                {.remedy = "Use --device cuda:0 instead of --devices."});
  const std::string device = flags.devices.empty() ? context.options.device : flags.devices;
  RunExecution execution{.device = device,
                         .threads = context.options.threads,
                         .stopAfter = {},
                         .events = context.options.events,
                         .reuse = flags.anew ? Reuse::Nothing : Reuse::Trainings};
  if (!flags.stopAt.empty()) execution.pauseAt = nextTimeOfDay(flags.stopAt, secondsNow());
  if (!flags.stopAfter.empty()) execution.stopAfter = parseStopAfter(flags.stopAfter);
  std::filesystem::path folder;
  if (!flags.resume.empty()) {
    folder = runFolderOf(flags.study, flags.resume);
    const RunPlan plan = runPlanFromJson(readJson(folder / "plan.json"));
    requireSamePlan(plan, saidByFlag(flags), requestFrom(flags));
    if (flags.dryRun) return dryRun(plan);
  } else {
    const RunRequest request = requestFrom(flags);
    const Project project = Project::open(flags.study, Access::ReadOnly);
    FrozenRun frozen = freezeRun(project, request);
    if (flags.dryRun) return dryRun(frozen.plan);
    requireStage(execution.stopAfter, frozen.plan.rounds);  // before a folder is made
    chooseDevice(device, context.options.threads);
    warnOfUnseenClasses(frozen, context.job);
    folder = createRunFolder(project, frozen);
  }
  const std::string id = folder.filename().string();
  return runOutcome(folder, execution, context, "roundel run " + displayPath(flags.study) + " --resume " + id);
}

}  // namespace

Command runCommand() {
  return {.name = "run",
          .sentence = "Train on labelled and unlabelled images in rounds, with a control arm beside",
          .examples = {"run STUDY --strategy sam-carries-the-burden --rounds 2 --preset quick --seed 1",
                       "run STUDY --strategy mean-teacher --set width=32", "run STUDY --resume r0001",
                       "run STUDY --resume last --stop-at 07:00", "run STUDY --dry-run"},
          .declare =
              [](CLI::App& app) {
                auto flags = std::make_shared<RunFlags>();
                flags->parsed = &app;
                app.add_option("study", flags->study, "Folder of the study")->required();
                flags->choice.declare(app);
                app.add_option("--generalist", flags->generalists, "Generalist that refines; may be repeated");
                app.add_option("--plan", flags->plan, "A plan file (JSON): what no flag says stands there");
                app.add_option("--control", flags->control, "supervised: the control arm runs beside; none")
                    ->check(CLI::IsMember({"supervised", "none"}))
                    ->capture_default_str();
                app.add_flag("--dry-run", flags->dryRun, "Say what would be done; write nothing");
                app.add_option("--stop-after", flags->stopAfter, "Stop once a stage is done, e.g. round:1/refine");
                app.add_option("--stop-at", flags->stopAt, "Pause at the next time that clocks here show this, e.g. 07:00");
                app.add_flag("--anew", flags->anew, "Compute every training, also where another run of the study has done the same");
                app.add_option("--resume", flags->resume, "Go on with a run, by its id, or last");
                app.add_option("--devices", flags->devices, "The device; several, cuda:0,cuda:1, are not in this version");
                return [flags](Context& context) { return run(*flags, context); };
              },
          .computes = true};
}

}  // namespace roundel::cli
