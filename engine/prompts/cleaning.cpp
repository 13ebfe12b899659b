#include "prompts/cleaning.h"

#include "raster/parallel.h"
#include "raster/threshold.h"

namespace roundel {
namespace {

/// Mean of the probabilities over every component. Summed in the order of the pixels, in doubles.
std::vector<double> meansOf(const Components& components, std::span<const float> probabilities) {
  std::vector<double> means(components.list.size(), 0.0);
  for (std::size_t i = 0; i < components.runs.size(); ++i) {
    const auto& run = components.runs[i];
    double sum = 0;
    for (const float value : probabilities.subspan(static_cast<std::size_t>(run.start), static_cast<std::size_t>(run.length))) sum += value;
    means[static_cast<std::size_t>(components.ofRun[i])] += sum;
  }
  for (std::size_t i = 0; i < means.size(); ++i) means[i] /= static_cast<double>(components.list[i].area);
  return means;
}

int highestMean(const Components& components, const std::vector<double>& means) {
  int best = 0;
  for (int i = 1; i < static_cast<int>(means.size()); ++i) {
    const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(best);
    if (means[a] > means[b] || (means[a] == means[b] && components.list[a].lastPixel < components.list[b].lastPixel)) best = i;
  }
  return best;
}

Mask withMorphology(const Mask& mask, const CleaningOptions& options) {
  switch (options.morphology) {
    case MorphologyStep::None: return mask;
    case MorphologyStep::Dilate: return dilated(mask, options.element);
    case MorphologyStep::Erode: return eroded(mask, options.element);
    case MorphologyStep::Open: return opened(mask, options.element);
    case MorphologyStep::Close: return closed(mask, options.element);
  }
  return mask;
}

}  // namespace

CleanedClass cleanedClass(std::span<const float> probabilities, Size size, const CleaningOptions& options) {
  Mask above = maskAbove(probabilities, size, static_cast<float>(options.threshold));
  CleanedClass result{.mask = Mask(size)};
  if (above.empty()) return result;
  const Components components = connectedComponents(above, options.connectivity);
  const std::vector<double> means = meansOf(components, probabilities);
  result.componentCount = static_cast<int>(components.list.size());
  if (options.keep == KeptComponent::All) {
    double sum = 0;
    for (std::size_t i = 0; i < means.size(); ++i) sum += means[i] * static_cast<double>(components.list[i].area);
    result.meanProbability = sum / static_cast<double>(above.area());
    result.mask = std::move(above);
  } else {
    const int kept = options.keep == KeptComponent::Largest ? components.largest() : highestMean(components, means);
    result.meanProbability = means[static_cast<std::size_t>(kept)];
    result.mask = result.componentCount == 1 ? std::move(above) : components.mask(kept);
  }
  result.mask = withMorphology(result.mask, options);
  if (result.mask.empty()) result.meanProbability = 0;
  return result;
}

std::vector<CleanedClass> cleaned(const Prediction& prediction, const CleaningOptions& options, int threads) {
  requireConsistent(prediction);
  std::vector<CleanedClass> result(static_cast<std::size_t>(prediction.classCount));
  parallelFor(prediction.classCount, threads, [&](int index) {
    result[static_cast<std::size_t>(index)] = cleanedClass(prediction.classMap(index), prediction.size, options);
  });
  return result;
}

std::vector<Mask> masksOf(const std::vector<CleanedClass>& classes) {
  std::vector<Mask> masks;
  masks.reserve(classes.size());
  for (const auto& each : classes) masks.push_back(each.mask);
  return masks;
}

std::vector<ParamSpec> cleaningParams() {
  return {
      {.name = "threshold",
       .type = ParamType::Real,
       .defaultValue = 0.5,
       .minimum = 0.0,
       .maximum = 1.0,
       .sentence = "Pixels above this probability belong to a class."},
      {.name = "connectivity",
       .type = ParamType::Choice,
       .defaultValue = "corners",
       .choices = {"corners", "sides"},
       .sentence = "Whether pixels that share only a corner are connected."},
      {.name = "component",
       .type = ParamType::Choice,
       .defaultValue = "highest-mean",
       .choices = {"highest-mean", "largest", "all"},
       .sentence = "Which connected component of a class is kept: that of highest mean probability, the largest, or all."},
      {.name = "morphology",
       .type = ParamType::Choice,
       .defaultValue = "none",
       .choices = {"none", "dilate", "erode", "open", "close"},
       .sentence = "A morphological step on the kept component, before prompts are made of it."},
      {.name = "element",
       .type = ParamType::Choice,
       .defaultValue = "square",
       .choices = {"square", "disk", "diamond", "star"},
       .sentence = "Shape of the structuring element of the morphological step."},
      {.name = "radius",
       .type = ParamType::Integer,
       .defaultValue = 1,
       .minimum = 0.0,
       .maximum = 64.0,
       .unit = "px",
       .sentence = "Radius of the structuring element; a square of radius 1 is 3 pixels wide."},
  };
}

CleaningOptions cleaningOptions(const Params& params) {
  const auto word = [&](const char* name) { return params.at(name).get<std::string>(); };
  CleaningOptions options;
  options.threshold = params.at("threshold").get<double>();
  options.connectivity = word("connectivity") == "sides" ? Connectivity::Faces : Connectivity::Corners;
  const std::string component = word("component"), morphology = word("morphology");
  if (component == "largest") options.keep = KeptComponent::Largest;
  if (component == "all") options.keep = KeptComponent::All;
  if (morphology == "dilate") options.morphology = MorphologyStep::Dilate;
  if (morphology == "erode") options.morphology = MorphologyStep::Erode;
  if (morphology == "open") options.morphology = MorphologyStep::Open;
  if (morphology == "close") options.morphology = MorphologyStep::Close;
  options.element = {.shape = elementShapeFromString(word("element")), .radius = params.at("radius").get<int>()};
  return options;
}

}  // namespace roundel
