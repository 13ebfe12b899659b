#include "cli/plan_flags.h"

#include <CLI/CLI.hpp>

#include "cli/seed_flag.h"
#include "core/param_spec.h"
#include "rounds/preset.h"
#include "rounds/run_strategy.h"

namespace roundel::cli {

void TrainingFlags::declare(CLI::App& app) {
  app.add_option("--preset", preset, "quick, standard or paper")->capture_default_str();
  addSeed(app, seed, "Everything random follows from it");
  app.add_option("--set", settings, "A parameter as key=value (see describe); may be repeated")->allow_extra_args(false);
}

Json parsePlanSettings(const std::vector<std::string>& settings) {
  std::vector<ParamSpec> specs = runParams();
  const auto training = trainParamSpecs();
  specs.insert(specs.end(), training.begin(), training.end());
  return parseSettings(settings, specs);
}

void StrategyFlags::declare(CLI::App& app) {
  app.add_option("--strategy", strategy, "How rounds are put together (see describe)")->capture_default_str();
  app.add_option("--rounds", rounds, "Rounds after the first specialist")->check(CLI::Range(1, kMostRounds))->capture_default_str();
  app.add_option("--split", split, "Name of the split")->capture_default_str();
  training.declare(app);
}

RunRequest StrategyFlags::request() const {
  return {.strategy = strategy,
          .rounds = rounds,
          .preset = training.preset,
          .seed = training.seed,
          .generalists = {},
          .control = true,
          .split = split,
          .labelledCount = {},
          .set = parseSettings(training.settings, requestParams())};
}

}  // namespace roundel::cli
