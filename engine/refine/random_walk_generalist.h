#pragma once
#include "models/generalist.h"
#include "refine/classical_embedding.h"
#include "refine/random_walk.h"
#include "refine/seeds.h"

namespace roundel {

/// Grady's random walker as a generalist that needs no weights (ALGORITHMS.md 6.7, with a band that is really decided).
///
/// Takes boxes, points and mask prompts in any mixture. Works on a window around the prompt, so that its cost follows the
/// object's size and not the image's.
class RandomWalkGeneralist : public Generalist {
 public:
  struct Settings {
    SeedSettings seeds;
    RandomWalkSettings walk;
    double smoothing = 0.7;  ///< Gaussian, pixels of the working grid
    Contrast contrast = Contrast::AsIs;
  };

  explicit RandomWalkGeneralist(const Settings& settings);
  /// Takes the resolved values of `params()`.
  explicit RandomWalkGeneralist(const Params& params);
  static std::vector<ParamSpec> params();

  std::string name() const override { return "random-walker"; }
  GeneralistTraits traits() const override {
    return {.takesBox = true, .takesPoints = true, .takesMask = true, .learnt = false, .dimensions = 2};
  }
  std::string contentHash() const override { return m_hash; }
  std::shared_ptr<const Embedding> embed(const Image& image, Job& job) const override;
  std::vector<GeneralistMask> segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft, Job& job) const override;
  FeatureMap features(const Embedding& embedding) const override;
  LowResLogits maskPrompt(const Embedding& embedding, std::span<const float> probability) const override;
  Image view(const Embedding& embedding, const Image& image) const override;

 private:
  Settings m_settings;
  std::string m_hash;
};

}  // namespace roundel
