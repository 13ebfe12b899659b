#pragma once
#include "refine/classical_generalist.h"
#include "refine/random_walk.h"

namespace roundel {

/// Grady's random walker (ALGORITHMS.md 6.7, with a band that is really decided).
class RandomWalkGeneralist : public ClassicalGeneralist {
 public:
  struct Settings {
    ClassicalGeneralist::Settings common{.smoothing = 0.7};
    RandomWalkSettings walk;
  };

  explicit RandomWalkGeneralist(const Settings& settings);
  /// Takes the resolved values of `params()`.
  explicit RandomWalkGeneralist(const Params& params);
  static std::vector<ParamSpec> params();

  std::string name() const override { return "random-walker"; }

 private:
  Field decide(const Field& grey, const SeedField& seeds) const override;

  RandomWalkSettings m_walk;
};

}  // namespace roundel
