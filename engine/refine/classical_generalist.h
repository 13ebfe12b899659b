#pragma once
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "models/generalist.h"
#include "refine/classical_embedding.h"
#include "refine/seeds.h"

namespace roundel {

/// What the generalists that need no weights have in common: they plant seeds from the prompt, decide the pixels in between
/// inside a window around it, so that the cost follows the object's size and not the image's, and take boxes, points and mask
/// prompts in any mixture. A member says how it decides.
class ClassicalGeneralist : public Generalist {
 public:
  struct Settings {
    SeedSettings seeds;
    double smoothing = 0;  ///< Gaussian of the grey values before anything is decided, pixels of the working grid
    Contrast contrast = Contrast::AsIs;
  };

  GeneralistTraits traits() const override {
    return {.takesBox = true, .takesPoints = true, .takesMask = true, .learnt = false, .dimensions = 2};
  }
  std::string contentHash() const override { return m_hash; }
  std::shared_ptr<const Embedding> embed(const Image& image, Job& job) const override;
  std::vector<GeneralistMask> segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft, Job& job) const override;
  FeatureMap features(const Embedding& embedding) const override;
  LowResLogits maskPrompt(const Embedding& embedding, std::span<const float> probability) const override;
  Image view(const Embedding& embedding, const Image& image) const override;

 protected:
  /// `version` is raised whenever the same settings would give other answers than before; `own` are the member's own settings.
  ClassicalGeneralist(const std::string& version, const Settings& settings, std::initializer_list<double> own);

  /// Probability of the object in the seeds' window; `grey` is the window of the grey values, not smoothed yet.
  virtual Field decide(const Field& grey, const SeedField& seeds) const = 0;

  double smoothing() const { return m_settings.smoothing; }

  /// The common parameters around the member's `own`: seeds, own, smoothing, contrast.
  static std::vector<ParamSpec> paramsAround(std::vector<ParamSpec> own, const Settings& defaults);
  /// From resolved parameters; what is no parameter is taken from the defaults.
  static Settings settingsFrom(const Params& params, const Settings& defaults);

 private:
  Settings m_settings;
  std::string m_hash;
};

}  // namespace roundel
