#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/plan_flags.h"
#include "cli/run_support.h"
#include "core/error.h"
#include "device/device.h"
#include "models/generalists/shipped_models.h"
#include "project/split_proposal.h"
#include "refine/builtin_generalists.h"
#include "rounds/advisor.h"
#include "rounds/forecast.h"
#include "rounds/freeze.h"
#include "rounds/run_strategy.h"

namespace roundel::cli {
namespace {

struct AdviseFlags {
  const CLI::App* parsed = nullptr;  ///< says which flags were given
  std::string study;
  StrategyFlags choice;
  std::vector<std::string> generalists;
  std::string control = "supervised";
  bool noForecast = false;

  bool says(const char* flag) const { return parsed->get_option(flag)->count() > 0; }
};

StudyState stateOf(const Project& project, const Split& split, const ComputeChoice& device) {
  StudyState state{.labelled = static_cast<int>(split.labelled.size()),
                   .unlabelled = static_cast<int>(split.unlabelled.size()),
                   .validation = static_cast<int>(split.validation.size()),
                   .gpu = device.onGpu(),
                   .learntGeneralists = {}};
  // Where there are volumes, those that look at volumes come first: there they were measured (docs/RESULTS.md).
  const bool volumes = isOfVolumes(project, split);
  const auto take = [&](int dimensions, bool shipped) {
    if (shipped) {
      for (const auto& model : shippedModels())
        if (model.dimensions == dimensions) state.learntGeneralists.push_back(model.name);
    } else {
      for (const auto& facts : generalistFacts())
        if (facts.brought && facts.traits.learnt && facts.traits.dimensions == dimensions) state.learntGeneralists.push_back(facts.name);
    }
  };
  if (volumes) take(3, false), take(3, true);
  take(2, false);
  if (!volumes) take(2, true);
  return state;
}

std::string durationText(double seconds) {
  const auto rounded = [](double value) { return std::to_string(static_cast<long>(value + 0.5)); };
  return seconds < 90 ? rounded(seconds) + " s" : seconds < 5400 ? rounded(seconds / 60) + " min" : rounded(seconds / 3600) + " h";
}

Outcome advise(const AdviseFlags& flags, Context& context) {
  const Project project = Project::open(flags.study, Access::ReadOnly);
  const SplitProposal proposal = proposeSplit(project);
  const ComputeChoice device = chooseDevice(context.options.device, context.options.threads);
  const RunAdvice advice = adviseRun(stateOf(project, proposal.split, device));
  RunRequest request = flags.choice.request();
  if (!flags.says("--strategy")) request.strategy = advice.strategy;
  if (!flags.says("--rounds")) request.rounds = advice.rounds;
  if (!flags.says("--preset")) request.preset = advice.preset;
  request.generalists = flags.generalists;
  if (!flags.says("--generalist") && request.strategy == advice.strategy) request.generalists = advice.generalists;
  request.control = flags.control == "supervised";
  request.proposed = proposal.split;
  const FrozenRun frozen = freezeRun(project, request);
  Outcome outcome;
  Json parts = Json::object();
  for (const SplitPart part : {SplitPart::Labelled, SplitPart::Unlabelled, SplitPart::Validation, SplitPart::Test})
    parts[toString(part)] = proposal.split.part(part).size();
  outcome.result = {{"strategy", frozen.plan.strategy},
                    {"advised_strategy", advice.strategy},
                    {"sentence", findRunStrategy(frozen.plan.strategy).sentence},
                    {"reasons", advice.reasons},
                    {"rounds", frozen.plan.rounds},
                    {"preset", frozen.plan.preset},
                    {"generalists", frozen.plan.generalists},
                    {"volumes", frozen.plan.volumes},
                    {"width", frozen.plan.width},
                    {"height", frozen.plan.height},
                    {"control", frozen.plan.control},
                    {"device", device.device.name},
                    {"gpu", device.onGpu()},
                    {"parts", std::move(parts)},
                    {"split", toJson(proposal.split)},
                    {"split_drawn", proposal.drawn},
                    {"split_changed", proposal.changed},
                    {"forecast", nullptr}};
  outcome.text =
      "Strategy " + frozen.plan.strategy + ", " + std::to_string(frozen.plan.rounds) + " rounds, preset " + frozen.plan.preset + "\n";
  for (const auto& reason : advice.reasons) outcome.text += "  " + reason + "\n";
  if (flags.noForecast) return outcome;
  const RunForecast forecast =
      forecastRun(frozen, context.options.device, context.options.threads, decodingLoader(context.job), context.job);
  outcome.result["forecast"] = toJson(forecast);
  outcome.text += "About " + durationText(forecast.seconds) + ", " + std::to_string(forecast.memoryBytes >> 20) + " MB of memory (" +
                  std::to_string(forecast.availableBytes >> 20) + " MB are free); measured for " + durationText(forecast.measuredFor) +
                  ".\n";
  for (const auto& part : forecast.parts) outcome.text += "  " + part.name + ": " + durationText(part.seconds()) + "\n";
  return outcome;
}

}  // namespace

Command adviseCommand() {
  return {.name = "advise",
          .sentence = "Say which run fits the study as it is, why, and how long and how much memory it will take",
          .examples = {"advise STUDY", "advise STUDY --strategy supervised --preset standard", "advise STUDY --no-forecast"},
          .declare =
              [](CLI::App& app) {
                auto flags = std::make_shared<AdviseFlags>();
                flags->parsed = &app;
                app.add_option("study", flags->study, "Folder of the study")->required();
                flags->choice.declare(app);
                app.add_option("--generalist", flags->generalists, "Generalist that refines; may be repeated");
                app.add_option("--control", flags->control, "supervised: the control arm runs beside; none")
                    ->check(CLI::IsMember({"supervised", "none"}))
                    ->capture_default_str();
                app.add_flag("--no-forecast", flags->noForecast, "Measure nothing: say at once what would be done");
                return [flags](Context& context) { return advise(*flags, context); };
              },
          .computes = true};
}

}  // namespace roundel::cli
