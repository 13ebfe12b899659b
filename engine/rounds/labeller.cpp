#include "rounds/labeller.h"

#include <algorithm>
#include <cmath>

#include "core/hash.h"
#include "raster/metrics.h"
#include "raster/resample.h"
#include "refine/builtin_generalists.h"

namespace roundel {
namespace {

Labeller::Options optionsOf(const RunContext& context) {
  const Params& params = context.plan.runParams;
  const auto chosen = [&](const std::vector<ParamSpec>& specs) {
    Json values = Json::object();
    for (const auto& spec : specs)
      if (params.contains(spec.name)) values[spec.name] = params[spec.name];
    return values;
  };
  return {.cleaning = cleaningOptions(resolveParams(cleaningParams(), chosen(cleaningParams()))),
          .extractor = chosen(promptExtractors().find("sctb").params),
          .generalists = context.usesGeneralist() ? context.plan.generalists : std::vector<std::string>{},
          .acceptAgreement = params.at("accept_agreement").get<double>(),
          .stabilityPrompts = params.at("stability_prompts").get<int>(),
          .seed = seedFor(context.plan, "jitter", 0)};
}

double entropyOf(float probability) {
  const double p = std::clamp(static_cast<double>(probability), 1e-6, 1 - 1e-6);
  return -(p * std::log(p) + (1 - p) * std::log(1 - p));
}

/// Mean entropy over the mask and a border around it, where the specialist is unsure of the outline.
std::optional<double> bandEntropy(std::span<const float> probabilities, const Mask& mask) {
  if (mask.empty()) return std::nullopt;
  const Mask band = dilated(mask, {.shape = ElementShape::Square, .radius = 3});
  double sum = 0;
  for (const auto& run : band.runs())
    for (std::int64_t i = run.start; i < run.start + run.length; ++i) sum += entropyOf(probabilities[static_cast<std::size_t>(i)]);
  return sum / static_cast<double>(band.area());
}

Prompt scaledPrompt(Prompt prompt, double sx, double sy) {
  if (prompt.box) prompt.box = PromptBox{prompt.box->x0 * sx, prompt.box->y0 * sy, prompt.box->x1 * sx, prompt.box->y1 * sy};
  for (auto& point : prompt.points) {
    point.x = (point.x + 0.5) * sx - 0.5;  // pixel centres lie at integers on both grids
    point.y = (point.y + 0.5) * sy - 0.5;
  }
  return prompt;
}

Prompt withoutMask(Prompt prompt) {
  prompt.mask.reset();
  return prompt;
}

}  // namespace

std::vector<ClassPrompts> scaledPrompts(const std::vector<ClassPrompts>& prompts, Size from, Size to) {
  const double sx = static_cast<double>(to.x) / static_cast<double>(from.x), sy = static_cast<double>(to.y) / static_cast<double>(from.y);
  std::vector<ClassPrompts> scaled = prompts;
  for (auto& one : scaled) {
    if (one.box) one.box = PromptBox{one.box->x0 * sx, one.box->y0 * sy, one.box->x1 * sx, one.box->y1 * sy};
    if (one.seed) one.seed = scaledPrompt({.points = {*one.seed}}, sx, sy).points.front();
    if (one.first) one.first = scaledPrompt(*one.first, sx, sy);
    if (one.second) one.second = scaledPrompt(*one.second, sx, sy);
  }
  return scaled;
}

Labeller::Labeller(const RunContext& context) : Labeller(optionsOf(context)) {}

Labeller::Labeller(const Options& options) : m_options(options), m_extractor(promptExtractors().create("sctb", options.extractor)) {
  const auto registry = generalistRegistry();
  for (const auto& name : options.generalists) m_generalists.push_back(registry.create(name, options.generalist));
}

Labeller::~Labeller() = default;

std::string Labeller::contentHash() const {
  Sha256 hash;
  for (const auto& generalist : m_generalists) hash.update(generalist->name() + " " + generalist->contentHash() + "\n");
  return hash.hex();
}

CleanedCase Labeller::clean(const Prediction& prediction) const {
  CleanedCase result{.classes = cleaned(prediction, m_options.cleaning, 1), .entropy = {}};
  for (int c = 0; c < prediction.classCount; ++c)
    result.entropy.push_back(bandEntropy(prediction.classMap(c), result.classes[static_cast<std::size_t>(c)].mask));
  return result;
}

std::vector<ClassPrompts> Labeller::prompts(const CleanedCase& cleaned, Size imageSize) const {
  const std::vector<Mask> masks = masksOf(cleaned.classes);
  if (masks.empty()) return {};
  return scaledPrompts(m_extractor->extract(masks), masks.front().size(), imageSize);
}

CasePseudoLabels Labeller::refine(const std::string& caseName, const Image& image, const Prediction& prediction, const CleanedCase& cleanedCase,
                                  const std::vector<ClassPrompts>& prompts, Job& job) const {
  const Size size = image.geometry.size;
  CasePseudoLabels labels{.caseName = caseName, .size = size, .classes = {}};
  for (std::size_t c = 0; c < cleanedCase.classes.size(); ++c) {
    const CleanedClass& one = cleanedCase.classes[c];
    ClassPseudoLabel label{.mask = resampled(one.mask, size, MaskInterpolation::Coverage), .cleaned = {}, .origin = MaskOrigin::Cleaned};
    label.cleaned = label.mask;
    label.entropy = cleanedCase.entropy[c];
    if (!one.mask.empty()) label.probability = one.meanProbability;
    if (label.mask.empty()) label.origin = MaskOrigin::None;
    labels.classes.push_back(std::move(label));
  }
  for (const auto& generalist : m_generalists) refineWith(*generalist, image, prediction, prompts, labels, job);
  return labels;
}

void Labeller::refineWith(const Generalist& generalist, const Image& image, const Prediction& prediction, const std::vector<ClassPrompts>& prompts,
                          CasePseudoLabels& labels, Job& job) const {
  const auto embedding = generalist.embed(image, job);
  const GeneralistTraits traits = generalist.traits();
  const Size size = image.geometry.size;
  std::vector<std::size_t> asked;
  std::vector<Prompt> first;
  for (std::size_t c = 0; c < prompts.size(); ++c) {
    if (!prompts[c].first || labels.classes[c].mask.empty()) continue;
    Prompt prompt = *prompts[c].first;
    // One that was never taught what an object looks like is shown the specialist's own map as well.
    if (!traits.learnt && traits.takesMask)
      prompt.mask = generalist.maskPrompt(*embedding, resampled(prediction.classMap(static_cast<int>(c)), prediction.size, size, Interpolation::Linear));
    asked.push_back(c);
    first.push_back(std::move(prompt));
  }
  auto answers = generalist.segment(*embedding, first, SoftMasks::No, job);
  std::vector<Prompt> second;
  std::vector<std::size_t> secondOf;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    labels.classes[asked[i]].prompts.push_back(withoutMask(first[i]));
    if (!prompts[asked[i]].second || !traits.takesMask || answers[i].lowRes.values.empty() || !traits.learnt) continue;
    Prompt prompt = *prompts[asked[i]].second;
    prompt.mask = answers[i].lowRes;
    second.push_back(std::move(prompt));
    secondOf.push_back(i);
  }
  if (!second.empty()) {
    const auto better = generalist.segment(*embedding, second, SoftMasks::No, job);
    for (std::size_t k = 0; k < second.size(); ++k) {
      answers[secondOf[k]] = better[k];
      labels.classes[asked[secondOf[k]]].prompts.push_back(withoutMask(second[k]));
    }
  }
  for (std::size_t i = 0; i < asked.size(); ++i) {
    ClassPseudoLabel& label = labels.classes[asked[i]];
    label.agreement = diceOf(answers[i].mask, label.cleaned);
    if (std::isfinite(answers[i].score)) label.score = answers[i].score;
    if (answers[i].mask.empty() || label.agreement.value_or(0) < m_options.acceptAgreement) continue;
    label.mask = answers[i].mask;
    label.origin = MaskOrigin::Refined;
  }
}

CasePseudoLabels Labeller::label(const std::string& caseName, const Image& image, const Prediction& prediction, Job& job) const {
  const CleanedCase cleanedCase = clean(prediction);
  return refine(caseName, image, prediction, cleanedCase, prompts(cleanedCase, image.geometry.size), job);
}

}  // namespace roundel
