#include "refine/random_walk_generalist.h"

#include "core/error.h"
#include "core/hash.h"
#include "refine/classical_params.h"

namespace roundel {

namespace {

/// Raised whenever the same settings would give other answers than before.
constexpr const char* kVersion = "random-walker/1";

RandomWalkGeneralist::Settings settingsFrom(const Params& params) {
  return {.seeds = seedSettingsFrom(params),
          .walk = {.beta = params.at("beta").get<double>(), .priorWeight = params.at("prior").get<double>()},
          .smoothing = params.at("smoothing").get<double>(),
          .contrast = contrastFrom(params)};
}

}  // namespace

RandomWalkGeneralist::RandomWalkGeneralist(const Settings& settings) : m_settings(settings) {
  m_hash =
      sha256Hex(kVersion + seedFingerprint(settings.seeds) +
                fingerprint({settings.walk.beta, settings.walk.priorWeight, settings.smoothing, static_cast<double>(settings.contrast)}));
}

RandomWalkGeneralist::RandomWalkGeneralist(const Params& params) : RandomWalkGeneralist(settingsFrom(params)) {}

std::vector<ParamSpec> RandomWalkGeneralist::params() {
  const Settings defaults;
  auto specs = seedParams(defaults.seeds);
  specs.push_back({.name = "beta",
                   .type = ParamType::Real,
                   .defaultValue = defaults.walk.beta,
                   .minimum = 0,
                   .maximum = 1000,
                   .sentence = "How much an edge of average strength hinders the walk; more keeps closer to edges and to noise."});
  specs.push_back({.name = "prior",
                   .type = ParamType::Real,
                   .defaultValue = defaults.walk.priorWeight,
                   .minimum = 0,
                   .maximum = 10,
                   .sentence = "Pull of the mask prompt's own probability on every undecided pixel; 0 asks the image alone."});
  specs.push_back({.name = "smoothing",
                   .type = ParamType::Real,
                   .defaultValue = defaults.smoothing,
                   .minimum = 0,
                   .maximum = 20,
                   .unit = "px",
                   .sentence = "Gaussian smoothing of the grey values before edges are weighed."});
  specs.push_back(contrastParam());
  return specs;
}

std::shared_ptr<const Embedding> RandomWalkGeneralist::embed(const Image& image, Job& job) const {
  job.throwIfStopped();
  return classicalEmbedding(image, m_hash, m_settings.contrast);
}

std::vector<GeneralistMask> RandomWalkGeneralist::segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft,
                                                          Job& job) const {
  const auto& classical = asClassical(embedding, m_hash);
  for (const auto& prompt : prompts) requireUsable(prompt);
  std::vector<GeneralistMask> answers;
  answers.reserve(prompts.size());
  for (const auto& prompt : prompts) {
    job.throwIfStopped();
    const auto seeds = plantSeeds(classical.imageSize, prompt, m_settings.seeds);
    Field probability;
    if (!seeds.empty())
      probability = randomWalk(smoothed(cutOut(classical.grey, seeds.window), m_settings.smoothing), seeds, m_settings.walk);
    answers.push_back(answerFrom(probability, seeds, classical.imageSize, soft));
  }
  return answers;
}

FeatureMap RandomWalkGeneralist::features(const Embedding& embedding) const { return classicalFeatures(asClassical(embedding, m_hash)); }

LowResLogits RandomWalkGeneralist::maskPrompt(const Embedding& embedding, std::span<const float> probability) const {
  return maskPromptFrom(asClassical(embedding, m_hash), probability);
}

Image RandomWalkGeneralist::view(const Embedding& embedding, const Image& image) const {
  return {.geometry = image.geometry, .values = asClassical(embedding, m_hash).grey.values};
}

}  // namespace roundel
