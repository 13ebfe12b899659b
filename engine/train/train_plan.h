#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/param_spec.h"
#include "train/training_set.h"

namespace roundel {

/// How a specialist is trained: everything that decides its weights, beside the training set and the start.
struct TrainPlan {
  std::string preset = "quick";
  std::string specialist = "unet2d";    ///< a name of the family of specialists
  std::string strategy = "supervised";  ///< a name of the family of training strategies
  std::uint64_t seed = 1;
  Params params = Json::object();  ///< every parameter of trainParams(), resolved
  std::string device = "auto";     ///< auto | cpu | cuda:N; recorded, no part of the plan's identity
  int threads = 0;                 ///< 0: all cores; likewise
};

/// Every parameter of a training: the common ones, then those of specialists and strategies. The declared defaults are those
/// of the preset "quick".
std::vector<ParamSpec> trainParams();

/// The preset's values with `overrides` (an object; may be null) on top. Empty names mean the preset's own.
/// Throws Error(Usage, "unknown-preset" | "unknown-specialist" | "unknown-training-strategy" | "unknown-parameter" | "bad-parameter").
TrainPlan makeTrainPlan(const std::string& preset, std::uint64_t seed, const Json& overrides = Json::object(),
                        const std::string& specialist = {}, const std::string& strategy = {});

Json toJson(const TrainPlan& plan);
/// Throws Error(BadInput, "bad-document") besides what makeTrainPlan throws.
TrainPlan trainPlanFromJson(const Json& json);
/// SHA-256 of what decides the weights (without device and threads).
std::string identityHash(const TrainPlan& plan);

enum class StartKind { FromScratch, Continued };

/// Steps that the plan takes: its `steps`, or, where that is 0, a budget that follows the number of cases it learns from, unlabelled
/// ones included where the strategy takes them.
/// quick and standard: base * sqrt(cases / 20), from scratch; 0.3 of that, at least a third of base, where it continues
/// (base: 800 and 2000). paper: 350 epochs, of 3 bootstrapped batches on true labels, of cases / batch where there are
/// pseudo-labels (ALGORITHMS.md 6.2).
std::int64_t plannedSteps(const TrainPlan& plan, const TrainingSet& set, StartKind start);

}  // namespace roundel
