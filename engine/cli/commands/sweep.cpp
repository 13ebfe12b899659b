#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <optional>

#include "cli/commands/commands.h"
#include "cli/plan_flags.h"
#include "cli/ranks.h"
#include "cli/run_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/shown_number.h"
#include "device/device.h"
#include "rounds/crew.h"
#include "rounds/learning_curve.h"
#include "rounds/run_orders.h"
#include "rounds/score.h"

namespace roundel::cli {
namespace {

struct SweepFlags {
  std::string study;
  std::vector<int> labels;
  StrategyFlags choice{.rounds = 1};
  double gain = 0.02;
  RankFlags places;
};

FrozenRun frozenFor(const SweepFlags& flags, int labels, const Project& project) {
  RunRequest request = flags.choice.request();
  request.labelledCount = labels;
  return freezeRun(project, request);
}

/// One label count: the run with that plan, made or gone on with.
std::filesystem::path folderFor(const SweepFlags& flags, int labels, const Project& project) {
  FrozenRun frozen = frozenFor(flags, labels, project);
  const auto existing = findRunFolder(project, frozen.plan);
  return existing ? *existing : createRunFolder(project, frozen);
}

/// All runs on several devices, the largest first: they are found finished afterwards.
void runSideBySide(const SweepFlags& flags, const std::vector<std::string>& devices, int threads, const Project& project,
                   Context& context) {
  for (const auto& device : devices) chooseDevice(device, threads);
  std::vector<Json> orders;
  for (const int labels : flags.labels) orders.insert(orders.begin(), runOrder(folderFor(flags, labels, project)));
  Crew(devices, threads, Reuse::Trainings).carryOut(orders, context.job);
}

LearningPoint pointOf(int labels, const RunResult& result, const std::string& arm) {
  LearningPoint point{.labels = labels, .caseDice = {}};
  if (result.record.rounds.empty()) return point;
  auto means = caseMeans(result.record.rounds.back().scores, {.split = "test", .arm = arm});
  std::sort(means.begin(), means.end());
  for (const auto& [name, dice] : means) point.caseDice.push_back(dice);
  return point;
}

/// Nothing where no test case was measured.
std::optional<double> meanOf(const LearningPoint& point) {
  if (point.caseDice.empty()) return std::nullopt;
  double sum = 0;
  for (const double value : point.caseDice) sum += value;
  return sum / static_cast<double>(point.caseDice.size());
}

Json numberOrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Outcome sweep(SweepFlags flags, Context& context) {
  std::sort(flags.labels.begin(), flags.labels.end());
  flags.labels.erase(std::unique(flags.labels.begin(), flags.labels.end()), flags.labels.end());
  if (flags.labels.empty() || flags.labels.front() < 1)
    throw Error(ErrorKind::Usage, "bad-labels", "--labels takes counts of at least 1, for example 1,2,5,10,20.");
  const Project project = Project::open(flags.study, Access::ReadOnly);
  for (const int labels : flags.labels) frozenFor(flags, labels, project);  // what cannot be run is said before anything runs
  const auto devices = flags.places.list();
  const std::string device = devices.empty() ? context.options.device : devices.front();
  const int threads = devices.size() > 1 ? threadsEach(context.options.threads, devices.size()) : context.options.threads;
  if (devices.size() > 1) runSideBySide(flags, devices, threads, project, context);
  std::vector<LearningPoint> strategy, control;
  Outcome outcome;
  Json points = Json::array();
  outcome.text = "labelled  strategy  control   (mean test Dice)\n";
  for (const int labels : flags.labels) {
    const auto folder = folderFor(flags, labels, project);
    context.job.log(std::to_string(labels) + " labelled cases: run " + folder.filename().string());
    const RunResult result =
        executeRun(folder, {.device = device, .threads = threads, .stopAfter = {}, .events = {}}, decodingLoader(context.job), context.job);
    if (result.record.state != "finished") throw Cancelled();
    if (!result.document.at("left_out").empty()) outcome.exitCode = 6;
    strategy.push_back(pointOf(labels, result, "strategy"));
    control.push_back(pointOf(labels, result, "control"));
    points.push_back({{"labels", labels},
                      {"run", result.record.id},
                      {"strategy", numberOrNull(meanOf(strategy.back()))},
                      {"control", numberOrNull(meanOf(control.back()))},
                      {"cases", strategy.back().caseDice.size()}});
    std::string count = std::to_string(labels);
    outcome.text += count + std::string(10 - std::min<std::size_t>(9, count.size()), ' ') + shown(meanOf(strategy.back())) + "     " +
                    shown(meanOf(control.back())) + "\n";
  }
  const LearningForecast ahead = forecast(strategy, flags.gain, flags.choice.training.seed),
                         without = forecast(control, flags.gain, flags.choice.training.seed);
  outcome.result = {{"strategy", flags.choice.strategy},
                    {"points", std::move(points)},
                    {"forecast", {{"strategy", toJson(ahead)}, {"control", toJson(without)}}}};
  outcome.text += "\nWith " + flags.choice.strategy + ": " + ahead.sentence + "\nSupervised alone: " + without.sentence + "\n";
  return outcome;
}

}  // namespace

Command sweepCommand() {
  return {
      .name = "sweep",
      .sentence = "A strategy and its control over growing numbers of labelled cases: the learning curve and what more labels would bring",
      .examples = {"sweep STUDY --labels 1,2,5,10,20", "sweep STUDY --labels 5,10,20 --strategy mean-teacher --preset quick"},
      .declare =
          [](CLI::App& app) {
            auto flags = std::make_shared<SweepFlags>();
            app.add_option("study", flags->study, "Folder of the study")->required();
            app.add_option("--labels", flags->labels, "Numbers of labelled cases, e.g. 1,2,5,10,20")->delimiter(',')->required();
            flags->choice.declare(app);
            app.add_option("--devices", flags->places.devices, "Several devices, for example cuda:0,cuda:1: as many runs at once");
            app.add_option("--gain", flags->gain, "Dice gain that the forecast is about")
                ->check(CLI::Range(0.001, 0.5))
                ->capture_default_str();
            return [flags](Context& context) { return sweep(*flags, context); };
          },
      .computes = true};
}

}  // namespace roundel::cli
