#include "refine/classical_generalist.h"

#include <cmath>

#include "core/error.h"
#include "core/hash.h"

namespace roundel {
namespace {

std::vector<ParamSpec> seedParams(const SeedSettings& defaults) {
  return {
      {.name = "band",
       .type = ParamType::Real,
       .defaultValue = defaults.band,
       .minimum = 0,
       .maximum = 1,
       .sentence = "How far the outline of a mask prompt may move each way, as a share of the square root of its area."},
      {.name = "box_core",
       .type = ParamType::Real,
       .defaultValue = defaults.boxCore,
       .minimum = 0,
       .maximum = 1,
       .sentence = "Diameter of the ellipse in the middle of a lone box that surely belongs to the object, as a share of the box."},
      {.name = "point_radius",
       .type = ParamType::Real,
       .defaultValue = defaults.pointRadius,
       .minimum = 0,
       .maximum = 1,
       .sentence = "Radius of the disk around a point, as a share of the square root of the object's expected area."},
      {.name = "unknowns",
       .type = ParamType::Integer,
       .defaultValue = defaults.maximumUnknowns,
       .minimum = 100,
       .maximum = 1'000'000,
       .unit = "px",
       .sentence = "Undecided pixels at most; larger objects are decided on a coarser grid."},
  };
}

std::string fingerprint(const std::vector<double>& values) { return Json(values).dump(); }

}  // namespace

ClassicalGeneralist::ClassicalGeneralist(const std::string& version, const Settings& settings, std::initializer_list<double> own)
    : m_settings(settings) {
  const SeedSettings& seeds = settings.seeds;
  std::vector<double> rest(own);
  rest.insert(rest.end(), {settings.smoothing, static_cast<double>(settings.contrast)});
  m_hash = sha256Hex(version +
                     fingerprint({seeds.band, seeds.boxCore, seeds.pointRadius, static_cast<double>(seeds.maximumUnknowns),
                                  static_cast<double>(seeds.maximumPixels)}) +
                     fingerprint(rest));
}

std::vector<ParamSpec> ClassicalGeneralist::paramsAround(std::vector<ParamSpec> own, const Settings& defaults) {
  auto specs = seedParams(defaults.seeds);
  specs.insert(specs.end(), own.begin(), own.end());
  specs.push_back({.name = "smoothing",
                   .type = ParamType::Real,
                   .defaultValue = defaults.smoothing,
                   .minimum = 0,
                   .maximum = 20,
                   .unit = "px",
                   .sentence = "Gaussian smoothing of the grey values before anything is decided."});
  specs.push_back({.name = "contrast",
                   .type = ParamType::Choice,
                   .defaultValue = "as-is",
                   .choices = {"as-is", "equalised"},
                   .sentence = "Grey values as the pixel pipeline gives them, or with local histogram equalisation."});
  return specs;
}

ClassicalGeneralist::Settings ClassicalGeneralist::settingsFrom(const Params& params, const Settings& defaults) {
  Settings settings = defaults;
  settings.seeds.band = params.at("band").get<double>();
  settings.seeds.boxCore = params.at("box_core").get<double>();
  settings.seeds.pointRadius = params.at("point_radius").get<double>();
  settings.seeds.maximumUnknowns = params.at("unknowns").get<std::int64_t>();
  settings.smoothing = params.at("smoothing").get<double>();
  settings.contrast = params.at("contrast").get<std::string>() == "equalised" ? Contrast::Equalised : Contrast::AsIs;
  return settings;
}

std::shared_ptr<const Embedding> ClassicalGeneralist::embed(const Image& image, Job& job) const {
  job.throwIfStopped();
  return classicalEmbedding(image, m_hash, m_settings.contrast);
}

std::vector<GeneralistMask> ClassicalGeneralist::segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft,
                                                         Job& job) const {
  const auto& classical = asClassical(embedding, m_hash);
  for (const auto& prompt : prompts) requireUsable(prompt);
  std::vector<GeneralistMask> answers;
  answers.reserve(prompts.size());
  for (const auto& prompt : prompts) {
    job.throwIfStopped();
    const auto seeds = plantSeeds(classical.imageSize, prompt, m_settings.seeds);
    Field probability;
    if (!seeds.empty()) probability = decide(cutOut(classical.grey, seeds.window), seeds);
    answers.push_back(answerFrom(probability, seeds, classical.imageSize, soft));
  }
  return answers;
}

FeatureMap ClassicalGeneralist::features(const Embedding& embedding) const { return classicalFeatures(asClassical(embedding, m_hash)); }

LowResLogits ClassicalGeneralist::maskPrompt(const Embedding& embedding, std::span<const float> probability) const {
  const auto& classical = asClassical(embedding, m_hash);
  if (probability.size() != static_cast<std::size_t>(classical.imageSize.count()))
    throw Error(ErrorKind::Defect, "size-mismatch", "A soft mask of another size than the image was given as a mask prompt.");
  Field field(classical.grey.width, classical.grey.height);
  for (std::size_t i = 0; i < probability.size(); ++i) field.values[i] = std::isfinite(probability[i]) ? probability[i] : 0.0F;
  return lowResFrom(field, classical.imageSize);
}

Image ClassicalGeneralist::view(const Embedding& embedding, const Image& image) const {
  return {.geometry = image.geometry, .values = asClassical(embedding, m_hash).grey.values};
}

}  // namespace roundel
