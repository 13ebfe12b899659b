#pragma once
#include "models/generalist.h"
#include "refine/classical_embedding.h"
#include "refine/seeds.h"

namespace roundel {

/// GrabCut (Rother, Kolmogorov, Blake, SIGGRAPH 2004) with box and seeds on three classical channels of a radiograph: grey,
/// smoothed grey, gradient. A generalist that needs no weights.
class GraphCutGeneralist : public Generalist {
 public:
  struct Settings {
    SeedSettings seeds{.maximumUnknowns = 100'000, .maximumPixels = 120'000};
    int iterations = 2;      ///< with a mask prompt; three more without, where the first guess is poor
    double prior = 0.5;      ///< share of the mask prompt's own probability in the answer, 0..1
    double smoothing = 1.0;  ///< Gaussian of the first channel, pixels of the working grid
    Contrast contrast = Contrast::AsIs;
  };

  explicit GraphCutGeneralist(const Settings& settings);
  /// Takes the resolved values of `params()`.
  explicit GraphCutGeneralist(const Params& params);
  static std::vector<ParamSpec> params();

  std::string name() const override { return "graph-cut"; }
  GeneralistTraits traits() const override {
    return {.takesBox = true, .takesPoints = true, .takesMask = true, .learnt = false, .dimensions = 2};
  }
  std::string contentHash() const override { return m_hash; }
  std::shared_ptr<const Embedding> embed(const Image& image, Job& job) const override;
  /// A cut is hard; the soft mask is one half at the cut and grows with the distance from it and with how well the pixel fits
  /// the colours of its own side.
  std::vector<GeneralistMask> segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft, Job& job) const override;
  FeatureMap features(const Embedding& embedding) const override;
  LowResLogits maskPrompt(const Embedding& embedding, std::span<const float> probability) const override;
  Image view(const Embedding& embedding, const Image& image) const override;

 private:
  Settings m_settings;
  std::string m_hash;
};

}  // namespace roundel
