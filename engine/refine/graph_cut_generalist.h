#pragma once
#include "refine/classical_generalist.h"

namespace roundel {

/// GrabCut (Rother, Kolmogorov, Blake, SIGGRAPH 2004) with box and seeds on three classical channels of a radiograph: grey,
/// smoothed grey, gradient.
///
/// A cut is hard; the soft mask is one half at the cut and grows with the distance from it and with how well the pixel fits the
/// colours of its own side.
class GraphCutGeneralist : public ClassicalGeneralist {
 public:
  struct Settings {
    ClassicalGeneralist::Settings common{.seeds = {.maximumUnknowns = 100'000, .maximumPixels = 120'000}, .smoothing = 1.0};
    int iterations = 2;  ///< with a mask prompt; three more without, where the first guess is poor
    double prior = 0.5;  ///< share of the mask prompt's own probability in the answer, 0..1
  };

  explicit GraphCutGeneralist(const Settings& settings);
  /// Takes the resolved values of `params()`.
  explicit GraphCutGeneralist(const Params& params);
  static std::vector<ParamSpec> params();

  std::string name() const override { return "graph-cut"; }

 private:
  Field decide(const Field& grey, const SeedField& seeds) const override;

  Settings m_settings;
};

}  // namespace roundel
