#include "refine/random_walk_generalist.h"

namespace roundel {

namespace {

/// Raised whenever the same settings would give other answers than before.
constexpr const char* kRandomWalkVersion = "random-walker/1";

}  // namespace

RandomWalkGeneralist::RandomWalkGeneralist(const Settings& settings)
    : ClassicalGeneralist(kRandomWalkVersion, settings.common, {settings.walk.beta, settings.walk.priorWeight}), m_walk(settings.walk) {}

RandomWalkGeneralist::RandomWalkGeneralist(const Params& params)
    : RandomWalkGeneralist(Settings{.common = settingsFrom(params, Settings{}.common),
                                    .walk = {.beta = params.at("beta").get<double>(), .priorWeight = params.at("prior").get<double>()}}) {}

std::vector<ParamSpec> RandomWalkGeneralist::params() {
  const Settings defaults;
  return paramsAround({{.name = "beta",
                        .type = ParamType::Real,
                        .defaultValue = defaults.walk.beta,
                        .minimum = 0,
                        .maximum = 1000,
                        .sentence = "How much an edge of average strength hinders the walk; more keeps closer to edges and to noise."},
                       {.name = "prior",
                        .type = ParamType::Real,
                        .defaultValue = defaults.walk.priorWeight,
                        .minimum = 0,
                        .maximum = 10,
                        .sentence = "Pull of the mask prompt's own probability on every undecided pixel; 0 asks the image alone."}},
                      defaults.common);
}

Field RandomWalkGeneralist::decide(const Field& grey, const SeedField& seeds) const {
  return randomWalk(smoothed(grey, smoothing()), seeds, m_walk);
}

}  // namespace roundel
