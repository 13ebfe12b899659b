#include "rounds/labeller.h"

#include <algorithm>

#include "core/error.h"
#include "core/hash.h"
#include "core/random.h"
#include "models/generalists/shipped_generalist.h"
#include "quality/quality_features.h"
#include "raster/resample.h"
#include "refine/builtin_generalists.h"
#include "rounds/training_stage.h"
#include "train/generalist_adaptation.h"

namespace roundel {
namespace {

Labeller::Options optionsOf(const RunContext& context, const std::map<std::string, std::filesystem::path>& adapted) {
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
          .generalistParams = context.plan.generalistParams,
          .refiner = chosen(refinerParams()),
          .stabilityPrompts = params.at("stability_prompts").get<int>(),
          .seed = seedFor(context.plan, "jitter", 0),
          .device = context.device,
          .kind = context.plan.kind(),
          .adapted = adapted,
          .embeddings = std::filesystem::absolute(context.folder).lexically_normal().parent_path().parent_path() / "embeddings"};
}

PromptBox scaledBox(PromptBox box, double sx, double sy) {
  box.x0 *= sx, box.x1 *= sx, box.y0 *= sy, box.y1 *= sy;
  return box;
}

Prompt scaledPrompt(Prompt prompt, double sx, double sy) {
  if (prompt.box) prompt.box = scaledBox(*prompt.box, sx, sy);
  for (auto& point : prompt.points) {
    point.x = (point.x + 0.5) * sx - 0.5;  // pixel centres lie at integers on both grids
    point.y = (point.y + 0.5) * sy - 0.5;
  }
  return prompt;
}

std::unique_ptr<Generalist> adaptedGeneralist(const std::string& name, const std::filesystem::path& weights, const Json& params,
                                              const std::string& device) {
  ShippedModel model{.name = name + " adapted", .weights = weights, .title = {}, .goodFor = {}, .licence = {}, .sha256 = {}};
  if (const auto base = adaptableModel(name)) model.dimensions = base->dimensions;
  return shippedGeneralist(model, resolveParams(shippedGeneralistParams(model), params), device, 0);
}

MaskOrigin originOf(RefinedSource source) {
  return source == RefinedSource::Absent       ? MaskOrigin::None
         : source == RefinedSource::Generalist ? MaskOrigin::Refined
                                               : MaskOrigin::Cleaned;
}

}  // namespace

std::vector<ClassPrompts> scaledPrompts(const std::vector<ClassPrompts>& prompts, Size from, Size to) {
  const double sx = static_cast<double>(to.x) / static_cast<double>(from.x), sy = static_cast<double>(to.y) / static_cast<double>(from.y);
  std::vector<ClassPrompts> scaled = prompts;
  for (auto& one : scaled) {
    if (one.box) one.box = scaledBox(*one.box, sx, sy);
    if (one.seed) one.seed = scaledPrompt({.points = {*one.seed}}, sx, sy).points.front();
    if (one.first) one.first = scaledPrompt(*one.first, sx, sy);
    if (one.second) one.second = scaledPrompt(*one.second, sx, sy);
  }
  return scaled;
}

Labeller::Labeller(const RunContext& context, const std::map<std::string, std::filesystem::path>& adapted)
    : Labeller(optionsOf(context, adapted)) {}

Labeller::Labeller(const Options& options) : m_options(options), m_extractor(promptExtractors().create("sctb", options.extractor)) {
  if (options.generalists.empty()) return;
  const auto registry = generalistRegistry(options.device);
  std::vector<std::shared_ptr<const Generalist>> generalists;
  Sha256 hash;
  for (const auto& name : options.generalists) {
    const Json params = options.generalistParams.value(name, Json::object());
    const auto adapted = options.adapted.find(name);
    if (adapted == options.adapted.end()) generalists.push_back(generalistFor(registry, name, params, options.kind));
    else generalists.push_back(adaptedGeneralist(name, adapted->second, params, options.device));
    hash.update(name + " " + generalists.back()->contentHash() + "\n");
    m_generalistFacts.push_back({{"name", name},
                                 {"sha256", generalists.back()->contentHash()},
                                 {"adapted", adapted == options.adapted.end() ? Json(nullptr) : Json(sha256OfFile(adapted->second))}});
    if (generalists.back()->traits().learnt) m_learnt.push_back(generalists.back());
  }
  m_generalistsHash = hash.hex();
  const auto wholes = std::count_if(generalists.begin(), generalists.end(), [](const auto& one) { return one->traits().dimensions == 3; });
  if (wholes > 0) {
    if (wholes < static_cast<std::ptrdiff_t>(generalists.size()))
      throw Error(ErrorKind::Usage, "mixed-generalists",
                  "Some of the generalists look at volumes and others at slices; a mask is refined by the ones or the others.",
                  {.remedy = "Name those of one kind. SemiSAM+ asks both together."});
    m_volumes = std::make_unique<const VolumePanel>(std::move(generalists), PanelOptions{});
    return;
  }
  if (!options.embeddings.empty()) m_store = std::make_shared<EmbeddingStore>(EmbeddingFolder(options.embeddings));
  m_refiner =
      std::make_unique<LabelRefiner>(std::move(generalists), refinerSettings(resolveParams(refinerParams(), options.refiner)), m_store);
}

Labeller::~Labeller() = default;

EmbeddingBatchReport Labeller::embedAhead(std::span<const EmbeddingWish> wishes, Job& job) const {
  EmbeddingBatchReport sum;
  for (const auto& generalist : m_learnt) {
    if (!m_store) break;
    auto report = embedAll(*generalist, wishes, *m_store, job);
    sum.made += report.made;
    sum.known += report.known;
    std::move(report.refused.begin(), report.refused.end(), std::back_inserter(sum.refused));
  }
  if (m_store && !m_store->trouble().empty()) job.warning({.code = "embeddings-not-kept", .caseName = {}, .message = m_store->trouble()});
  return sum;
}

std::string Labeller::contentHash() const { return m_generalistsHash; }

CleanedCase Labeller::clean(const Prediction& prediction) const {
  CleanedCase result{.classes = cleaned(prediction, m_options.cleaning, 1), .entropy = {}, .meanProbability = {}};
  for (int c = 0; c < prediction.classCount; ++c) {
    const ProbabilitySummary summary = summarise(prediction.classMap(c), result.classes[static_cast<std::size_t>(c)].mask);
    result.entropy.push_back(summary.entropy);
    result.meanProbability.push_back(summary.meanProbability);
  }
  return result;
}

std::vector<ClassPrompts> Labeller::prompts(const CleanedCase& cleaned, Size imageSize) const {
  const std::vector<Mask> masks = masksOf(cleaned.classes);
  if (masks.empty()) return {};
  return scaledPrompts(m_extractor->extract(masks), masks.front().size(), imageSize);
}

CasePseudoLabels Labeller::refine(const std::string& caseName, const Image& image, const Prediction& prediction,
                                  const CleanedCase& cleanedCase, const std::vector<ClassPrompts>& prompts, Job& job) const {
  const Size size = image.geometry.size;
  CasePseudoLabels labels{.caseName = caseName, .size = size, .classes = {}};
  std::vector<Mask> masks;
  for (std::size_t c = 0; c < cleanedCase.classes.size(); ++c) {
    Mask mask = resampled(cleanedCase.classes[c].mask, size, MaskInterpolation::Coverage);
    masks.push_back(mask);
    ClassPseudoLabel label{.mask = mask, .cleaned = mask, .origin = mask.empty() ? MaskOrigin::None : MaskOrigin::Cleaned};
    if (!mask.empty()) label.entropy = cleanedCase.entropy[c], label.probability = cleanedCase.meanProbability[c];
    labels.classes.push_back(std::move(label));
  }
  if (!m_refiner) return labels;
  const auto embeddings = m_refiner->embed(image, job);
  const Prediction onImage = resampled(prediction, size, Interpolation::Linear);
  const auto refined = m_refiner->refine(embeddings, onImage, masks, prompts, job);
  std::vector<std::optional<double>> stability(refined.size());
  if (m_options.stabilityPrompts >= 2)
    stability =
        m_refiner->stability(embeddings, onImage, masks, prompts, m_options.stabilityPrompts, m_options.seed ^ fnv1a(caseName), job);
  for (std::size_t c = 0; c < refined.size(); ++c) {
    ClassPseudoLabel& label = labels.classes[c];
    label.mask = refined[c].mask;
    label.origin = originOf(refined[c].source);
    label.score = refined[c].score;
    label.agreement = refined[c].agreement;
    label.disagreement = refined[c].disagreement;
    label.stability = stability[c];
    for (const auto& prompt : {refined[c].first, refined[c].second})
      if (prompt) label.prompts.push_back(*prompt);
  }
  return labels;
}

CasePseudoLabels Labeller::label(const std::string& caseName, const Image& image, const Prediction& prediction, Job& job) const {
  const CleanedCase cleanedCase = clean(prediction);
  return refine(caseName, image, prediction, cleanedCase, prompts(cleanedCase, image.geometry.size), job);
}

}  // namespace roundel
