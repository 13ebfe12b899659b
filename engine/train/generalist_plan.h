#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/param_spec.h"
#include "train/prompt_samples.h"

namespace roundel {

/// How a generalist is trained on scenes: everything that decides its weights.
struct GeneralistPlan {
  std::string name = "builtin-2d";
  std::uint64_t seed = 1;
  Params params = Json::object();          ///< every parameter of generalistParams(), resolved
  std::map<std::string, double> families;  ///< weight of each family of scenes; those left out and those held out: none

  template <class T>
  T at(const char* param) const {
    return params.at(param).get<T>();
  }
  PromptSimulation simulation() const;
};

std::vector<ParamSpec> generalistParams();

/// Throws Error(Usage, "unknown-parameter" | "bad-parameter" | "unknown-family"); a family that is held out is refused.
GeneralistPlan makeGeneralistPlan(std::uint64_t seed, const Json& params, const Json& families);
Json toJson(const GeneralistPlan& plan);
/// {"name", "seed", "params", "families"}; each may be left out. Throws Error(BadInput, "bad-document") besides.
GeneralistPlan generalistPlanFromJson(const Json& json);

/// SHA-256 of what decides the weights up to a step before the learning rate falls: the plan without its number of steps. A training may be
/// made longer as long as it has not come to the fall.
std::string identityHash(const GeneralistPlan& plan);
/// First step at which the learning rate falls.
std::int64_t fallBegins(const GeneralistPlan& plan);
double learningRate(const GeneralistPlan& plan, std::int64_t step);

}  // namespace roundel
