#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/json.h"
#include "rounds/freeze.h"

namespace CLI {
class App;
}

namespace roundel::cli {

/// `--set key=value` of a training, which asks no generalist. Throws as parseSettings().
Json parsePlanSettings(const std::vector<std::string>& settings);

/// What every verb that trains lets a person choose.
struct TrainingFlags {
  std::string preset = "quick";
  std::uint64_t seed = 1;
  std::vector<std::string> settings;  ///< key=value

  void declare(CLI::App& app);
};

/// What every verb that runs a strategy lets a person choose besides.
struct StrategyFlags {
  TrainingFlags training;
  std::string strategy = "sam-carries-the-burden";
  int rounds = 2;
  std::string split = "main";

  void declare(CLI::App& app);
  /// As a request with the control arm; throws as parseSettings().
  RunRequest request() const;
};

}  // namespace roundel::cli
