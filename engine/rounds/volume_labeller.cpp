#include "rounds/volume_labeller.h"

#include <algorithm>

#include "core/random.h"
#include "raster/metrics.h"
#include "raster/volume_slices.h"

namespace roundel {
namespace {

/// A mean over slices that grows.
struct Mean {
  double sum = 0;
  int count = 0;
  void add(const std::optional<double>& value) {
    if (value) sum += *value, ++count;
  }
  std::optional<double> value() const { return count > 0 ? std::optional(sum / count) : std::nullopt; }
};

Prediction sliceOf(const Prediction& prediction, std::int64_t z) {
  Prediction slice{.size = {prediction.size.x, prediction.size.y, 1}, .classCount = prediction.classCount, .probabilities = {}};
  const auto pixels = static_cast<std::size_t>(slice.size.count());
  for (int c = 0; c < prediction.classCount; ++c) {
    const auto map = prediction.classMap(c).subspan(static_cast<std::size_t>(z) * pixels, pixels);
    slice.probabilities.insert(slice.probabilities.end(), map.begin(), map.end());
  }
  return slice;
}

CleanedCase sliceOf(const CleanedCase& cleaned, std::int64_t z) {
  CleanedCase slice = cleaned;
  for (auto& one : slice.classes) one.mask = sliceOf(one.mask, z);
  return slice;
}

/// What slices said of one class.
struct Gathered {
  std::vector<Mask::Run> runs;
  Mean score, stability, disagreement;
  bool refined = false;
};

}  // namespace

CasePseudoLabels refineSlices(const Labeller& labeller, const std::string& caseName, const Image& volume, const Prediction& prediction,
                              const CleanedCase& cleaned, Job& job) {
  const Size size = prediction.size;
  std::vector<Gathered> gathered(cleaned.classes.size());
  const Image grey{.geometry = volume.geometry, .values = labeller.refines() ? greyOf(volume.values) : std::vector<float>()};
  for (std::int64_t z = 0; z < size.z; ++z) {
    const CleanedCase here = sliceOf(cleaned, z);
    if (std::all_of(here.classes.begin(), here.classes.end(), [](const CleanedClass& one) { return one.mask.empty(); })) continue;
    job.throwIfStopped();
    CasePseudoLabels slice;
    if (labeller.refines()) {
      const Image picture = sliceOf(grey, z);
      slice = labeller.refine(caseName + " slice " + std::to_string(z), picture, sliceOf(prediction, z), here,
                              labeller.prompts(here, picture.geometry.size), job);
    }
    for (std::size_t c = 0; c < gathered.size(); ++c) {
      const Mask& mask = labeller.refines() ? slice.classes[c].mask : here.classes[c].mask;
      for (const auto& run : mask.runs()) gathered[c].runs.push_back({z * size.x * size.y + run.start, run.length});
      if (!labeller.refines() || here.classes[c].mask.empty()) continue;
      gathered[c].score.add(slice.classes[c].score);
      gathered[c].stability.add(slice.classes[c].stability);
      gathered[c].disagreement.add(slice.classes[c].disagreement);
      gathered[c].refined = gathered[c].refined || slice.classes[c].origin == MaskOrigin::Refined;
    }
  }
  CasePseudoLabels labels{.caseName = caseName, .size = size, .classes = {}};
  for (std::size_t c = 0; c < gathered.size(); ++c) {
    const Mask& start = cleaned.classes[c].mask;
    ClassPseudoLabel one{.mask = Mask(size, std::move(gathered[c].runs)), .cleaned = start};
    one.origin = gathered[c].refined ? MaskOrigin::Refined : start.empty() ? MaskOrigin::None : MaskOrigin::Cleaned;
    if (!start.empty()) one.entropy = cleaned.entropy[c], one.probability = cleaned.meanProbability[c];
    if (gathered[c].refined) one.agreement = diceOf(start, one.mask);
    one.score = gathered[c].score.value(), one.stability = gathered[c].stability.value();
    one.disagreement = gathered[c].disagreement.value();
    labels.classes.push_back(std::move(one));
  }
  return labels;
}

CasePseudoLabels refineWhole(const Labeller& labeller, const std::string& caseName, const Image& volume, const Prediction& prediction,
                             const CleanedCase& cleaned, Job& job) {
  job.throwIfStopped();
  const auto voxels = static_cast<std::size_t>(prediction.size.count());
  Prediction kept = prediction;  // what cleaning took away is not asked about
  for (std::size_t c = 0; c < cleaned.classes.size(); ++c) {
    const std::vector<float> soft = softMask(prediction.classMap(static_cast<int>(c)), cleaned.classes[c].mask);
    std::copy(soft.begin(), soft.end(), kept.probabilities.begin() + static_cast<std::ptrdiff_t>(c * voxels));
  }
  const PatchAdvice advice = labeller.ofVolumes()->ask(volume.values, kept, fnv1a(caseName), 0, 0);
  CasePseudoLabels labels{.caseName = caseName, .size = prediction.size, .classes = {}};
  for (std::size_t c = 0; c < cleaned.classes.size(); ++c) {
    const Mask& start = cleaned.classes[c].mask;
    ClassPseudoLabel one{.mask = start, .cleaned = start, .origin = start.empty() ? MaskOrigin::None : MaskOrigin::Cleaned};
    std::vector<std::uint8_t> inside = start.toBytes();
    double variance = 0, answered = 0;
    for (std::size_t i = 0; i < voxels; ++i) {
      const std::size_t at = c * voxels + i;
      if (advice.count[at] == 0) continue;
      inside[i] = advice.mean[at] > 0.5f;
      if (inside[i] != 0 || advice.plainMean[at] > 0.1f) variance += static_cast<double>(advice.variance[at]), answered += 1;
    }
    Mask refined = Mask::fromBytes(prediction.size, inside);
    if (!start.empty()) one.entropy = cleaned.entropy[c], one.probability = cleaned.meanProbability[c];
    if (!start.empty() && answered > 0 && !refined.empty()) {
      one.mask = std::move(refined), one.origin = MaskOrigin::Refined;
      one.agreement = diceOf(start, one.mask);
      one.stability = 1 - std::min(1.0, variance / answered / 0.25);
    }
    labels.classes.push_back(std::move(one));
  }
  return labels;
}

CasePseudoLabels refineVolume(const Labeller& labeller, const std::string& caseName, const Image& volume, const Prediction& prediction,
                              const CleanedCase& cleaned, Job& job) {
  return labeller.ofVolumes() != nullptr ? refineWhole(labeller, caseName, volume, prediction, cleaned, job)
                                         : refineSlices(labeller, caseName, volume, prediction, cleaned, job);
}

CasePseudoLabels refineCase(const RunContext& context, const Labeller& labeller, int caseIndex, const Prediction& prediction,
                            const CleanedCase& cleaned, const std::vector<ClassPrompts>& prompts, Job& job) {
  const PlannedCase& planned = context.plan.cases[static_cast<std::size_t>(caseIndex)];
  if (!context.plan.volumes) return labeller.refine(planned.name, *context.data.image(caseIndex), prediction, cleaned, prompts, job);
  CasePseudoLabels labels = refineVolume(labeller, planned.name, context.data.seen(caseIndex), prediction, cleaned, job);
  labels.size = planned.size;
  for (auto& one : labels.classes) {
    one.mask = context.data.maskOnImage(caseIndex, one.mask);
    one.cleaned = context.data.maskOnImage(caseIndex, one.cleaned);
  }
  return labels;
}

CasePseudoLabels labelCase(const RunContext& context, const Labeller& labeller, int caseIndex, const Prediction& prediction, Job& job) {
  const CleanedCase cleaned = labeller.clean(prediction);
  const Size size = context.plan.cases[static_cast<std::size_t>(caseIndex)].size;
  return refineCase(context, labeller, caseIndex, prediction, cleaned,
                    context.plan.volumes ? std::vector<ClassPrompts>() : labeller.prompts(cleaned, size), job);
}

}  // namespace roundel
