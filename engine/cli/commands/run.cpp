#include <fcntl.h>

#include <CLI/CLI.hpp>

#include <set>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/plan_file.h"
#include "cli/plan_flags.h"
#include "cli/ranks.h"
#include "cli/run_support.h"
#include "core/error.h"
#include "core/files.h"
#include "device/device.h"
#include "rounds/crew.h"
#include "rounds/pause_time.h"
#include "rounds/run_orders.h"

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
  RankFlags ranks;
  bool anew = false;
  bool work = false;  ///< this process is a child of a Crew
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

/// How many ranks the run's plan says; 1 where nobody said.
int plannedRanks(const Json& trainParams) { return trainParams.is_object() ? trainParams.value("ranks", 1) : 1; }

int plannedRanks(const RunFlags& flags) {
  if (flags.resume.empty()) return plannedRanks(requestFrom(flags).set);
  return plannedRanks(runPlanFromJson(readJson(runFolderOf(flags.study, flags.resume) / "plan.json")).trainParams);
}

void requireRanks(int planned, int there) {
  if (planned == there) return;
  throw Error(ErrorKind::Usage, "bad-ranks",
              "The run is planned for " + std::to_string(planned) + (planned == 1 ? " process" : " ranks") + ", and there " +
                  (there == 1 ? "is 1." : "are " + std::to_string(there) + "."),
              {.remedy = "Start as many as it was planned for (docs/DISTRIBUTED.md), or begin another run."});
}

Outcome runAsFirst(const Ranks& ranks, const RunFlags& flags, Context& context) {
  const std::string& device = ranks.device();
  const int rankCount = ranks.fabric()->size();
  RunExecution execution{.device = device,
                         .threads = ranks.threads(),
                         .stopAfter = {},
                         .events = context.options.events,
                         .reuse = flags.anew ? Reuse::Nothing : Reuse::Trainings,
                         .fabric = ranks.fabric()};
  if (rankCount == 1) execution.devices = flags.ranks.list();
  if (!flags.stopAt.empty()) execution.pauseAt = nextTimeOfDay(flags.stopAt, secondsNow());
  if (!flags.stopAfter.empty()) execution.stopAfter = parseStopAfter(flags.stopAfter);
  std::filesystem::path folder;
  if (!flags.resume.empty()) {
    folder = runFolderOf(flags.study, flags.resume);
    const RunPlan plan = runPlanFromJson(readJson(folder / "plan.json"));
    requireSamePlan(plan, saidByFlag(flags), requestFrom(flags));
    requireRanks(plannedRanks(plan.trainParams), rankCount);
    if (flags.dryRun) return dryRun(plan);
  } else {
    RunRequest request = requestFrom(flags);
    if (rankCount > 1 && !request.set.contains("ranks")) request.set["ranks"] = rankCount;
    requireRanks(plannedRanks(request.set), rankCount);
    const Project project = Project::open(flags.study, Access::ReadOnly);
    FrozenRun frozen = freezeRun(project, request);
    if (flags.dryRun) return dryRun(frozen.plan);
    requireStage(execution.stopAfter, frozen.plan.rounds);  // before a folder is made
    for (const auto& one : execution.devices) chooseDevice(one, ranks.threads());
    chooseDevice(device, ranks.threads());
    warnOfUnseenClasses(frozen, context.job);
    folder = createRunFolder(project, frozen);
  }
  const std::string id = folder.filename().string();
  return runOutcome(folder, execution, context, "roundel run " + displayPath(flags.study) + " --resume " + id);
}

/// A child of a Crew: it does what it is told, and writes where it is told to.
Outcome work(const RunFlags& flags, Context& context) {
  ::fcntl(kChildWire, F_SETFD, FD_CLOEXEC);
  OrderTaker taker(
      {.device = context.options.device, .threads = context.options.threads, .reuse = flags.anew ? Reuse::Nothing : Reuse::Trainings},
      decodingLoader(context.job));
  workForCrew(Wire(kChildWire), [&](const Json& order, Job& job) { taker.carryOut(order, job); });
  return {};
}

Outcome run(const RunFlags& flags, Context& context) {
  if (flags.work) return work(flags, context);
  const bool shared = flags.ranks.list().size() > 1 && plannedRanks(flags) > 1;  // by a rank on each device; else each does its own
  const Ranks ranks("run", flags.ranks, context, shared);
  return ranks.carryOut([&]() -> Outcome {
    if (!ranks.fabric()->first()) {
      chooseDevice(ranks.device(), ranks.threads());
      followRun({.device = ranks.device(), .threads = ranks.threads(), .fabric = ranks.fabric()}, decodingLoader(context.job), context.job);
      return {};
    }
    Outcome outcome = runAsFirst(ranks, flags, context);
    ranks.fabric()->broadcastText(lastOrder().dump());
    return outcome;
  });
}

}  // namespace

Command runCommand() {
  return {.name = "run",
          .sentence = "Train on labelled and unlabelled images in rounds, with a control arm beside",
          .examples = {"run STUDY --strategy sam-carries-the-burden --rounds 2 --preset quick --seed 1",
                       "run STUDY --strategy mean-teacher --set width=32", "run STUDY --resume r0001",
                       "run STUDY --resume last --stop-at 07:00", "run STUDY --devices cuda:0,cuda:1", "run STUDY --dry-run"},
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
                flags->ranks.declare(
                    app,
                    "Several devices, for example cuda:0,cuda:1: arms, folds and embeddings are worked on side by side, or, with "
                    "--set ranks=2, each training is shared");
                app.add_flag("--work", flags->work)->group("");
                return [flags](Context& context) { return run(*flags, context); };
              },
          .computes = true,
          .shared = true};
}

}  // namespace roundel::cli
