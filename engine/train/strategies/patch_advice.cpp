#include "train/strategies/patch_advice.h"

#include <algorithm>

#include "core/random.h"
#include "prompts/cleaning.h"
#include "raster/volume_slices.h"

namespace roundel {
namespace {

/// Slices that hold something, at most `most` of them.
std::vector<std::int64_t> chosenSlices(const std::vector<Mask>& masks, std::int64_t depth, std::int64_t most, Random random) {
  std::vector<std::int64_t> found;
  for (std::int64_t z = 0; z < depth; ++z)
    if (std::any_of(masks.begin(), masks.end(), [&](const Mask& mask) { return !sliceOf(mask, z).empty(); })) found.push_back(z);
  const auto count = static_cast<std::int64_t>(found.size());
  if (count <= most) return found;
  const double start = random.uniform();
  std::vector<std::int64_t> chosen;
  for (std::int64_t k = 0; k < most; ++k) {
    const double place = (static_cast<double>(k) + start) * static_cast<double>(count) / static_cast<double>(most);
    chosen.push_back(found[static_cast<std::size_t>(std::min(static_cast<std::int64_t>(place), count - 1))]);
  }
  return chosen;
}

/// The slice of a prediction; what is not of the kept component stays below one half.
Prediction sliceOf(const Prediction& found, const std::vector<Mask>& masks, std::int64_t z) {
  const auto pixels = static_cast<std::size_t>(found.size.x * found.size.y);
  Prediction slice{.size = {found.size.x, found.size.y, 1}, .classCount = found.classCount, .probabilities = {}};
  for (int c = 0; c < found.classCount; ++c) {
    const auto map = found.classMap(c).subspan(static_cast<std::size_t>(z) * pixels, pixels);
    const auto inside = roundel::sliceOf(masks[static_cast<std::size_t>(c)], z).toBytes();
    for (std::size_t i = 0; i < pixels; ++i) slice.probabilities.push_back(inside[i] != 0 ? map[i] : std::min(map[i], 0.49f));
  }
  return slice;
}

}  // namespace

PatchAdvice::PatchAdvice(int classes, Size patch) : classCount(classes), size(patch) {
  for (auto* of : {&count, &weight, &mean, &plainMean, &variance}) of->resize(static_cast<std::size_t>(classes * patch.count()));
}

std::vector<std::uint8_t> PatchAdvice::asked() const {
  std::vector<std::uint8_t> result;
  const std::ptrdiff_t pixels = size.x * size.y;
  for (auto slice = count.begin(); slice != count.end(); slice += pixels)
    result.push_back(std::any_of(slice, slice + pixels, [](float answers) { return answers > 0; }));
  return result;
}

std::vector<float> PatchAdvice::seen() const {
  std::vector<float> result;
  for (const float answers : count) result.push_back(answers > 0 ? 1.0f : 0.0f);
  return result;
}

void PatchAdvice::add(const PatchAdvice& others) {
  for (std::size_t i = 0; i < count.size(); ++i) {
    const float mine = count[i], theirs = others.count[i];
    if (theirs == 0) continue;
    const float all = mine + theirs, weights = weight[i] + others.weight[i];
    const float plain = (mine * plainMean[i] + theirs * others.plainMean[i]) / all;
    const float squares =
        (mine * (variance[i] + plainMean[i] * plainMean[i]) + theirs * (others.variance[i] + others.plainMean[i] * others.plainMean[i])) /
        all;
    mean[i] = (weight[i] * mean[i] + others.weight[i] * others.mean[i]) / weights;
    plainMean[i] = plain;
    variance[i] = std::max(0.0f, squares - plain * plain);
    count[i] = all, weight[i] = weights;
  }
  prompts += others.prompts;
}

PatchAdvice adviceOnPatch(GeneralistPanel& panel, std::span<const float> values, const Prediction& found, int slices, std::uint64_t seed,
                          std::int64_t step, std::int64_t sample) {
  const auto classes = static_cast<std::size_t>(found.classCount), voxels = static_cast<std::size_t>(found.size.count());
  const auto pixels = static_cast<std::size_t>(found.size.x * found.size.y);
  PatchAdvice advice(found.classCount, found.size);
  const std::vector<Mask> masks = masksOf(cleaned(found, {.keep = KeptComponent::Largest}, 1));
  const auto number = static_cast<std::uint64_t>(step), which = static_cast<std::uint64_t>(sample);
  const auto chosen = chosenSlices(masks, found.size.z, slices, Random(seed, "advice slices", number, which));
  if (chosen.empty()) return advice;
  const Image grey{.geometry = {.size = found.size}, .values = greyOf(values)};
  for (const std::int64_t z : chosen) {
    const auto at = static_cast<std::size_t>(z);
    const std::uint64_t own = Random(seed, "advice", which, at).next() >> 16;
    const Advice one = panel.askOnce(sliceOf(grey, z), sliceOf(found, masks, z), own, step);
    advice.prompts += one.prompts;
    for (std::size_t c = 0; c < classes; ++c) {
      const auto there = static_cast<std::ptrdiff_t>(c * voxels + at * pixels);
      std::fill_n(advice.count.begin() + there, pixels, one.count[c]);
      std::fill_n(advice.weight.begin() + there, pixels, one.weight[c]);
      const auto place = [&](const std::vector<float>& from, std::vector<float>& to) {
        std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(c * pixels), pixels, to.begin() + there);
      };
      place(one.mean, advice.mean), place(one.plainMean, advice.plainMean), place(one.variance, advice.variance);
    }
  }
  return advice;
}

void weighOnVolumes(GeneralistPanel& panel, const std::vector<TrainingCase>& labelled, std::int64_t most, std::uint64_t seed) {
  const auto count = std::min(most, static_cast<std::int64_t>(labelled.size()));
  for (std::int64_t i = 0; i < count; ++i) {
    const TrainingCase& one = labelled[static_cast<std::size_t>(i)];
    std::int64_t best = -1, largest = 0;
    for (std::int64_t z = 0; z < one.size.z; ++z) {
      std::int64_t area = 0;
      for (const auto& label : one.classes)
        if (label.state == ClassState::Present) area += sliceOf(label.mask, z).area();
      if (area > largest) largest = area, best = z;
    }
    if (best < 0) continue;
    std::vector<ClassAnnotation> labels;
    for (const auto& label : one.classes) {
      const Mask mask = label.state == ClassState::Present ? sliceOf(label.mask, best) : Mask({one.size.x, one.size.y, 1});
      labels.push_back({label.state == ClassState::Present && mask.empty() ? ClassState::Absent : label.state, mask});
    }
    panel.weigh(-1 - i, sliceOf(Image{.geometry = {.size = one.size}, .values = greyOf(one.image)}, best), labels, seed);
  }
}

}  // namespace roundel
