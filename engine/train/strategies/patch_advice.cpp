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

PatchAdvice adviceOnPatch(GeneralistPanel& panel, std::span<const float> values, const Prediction& found, int slices, std::uint64_t seed,
                          std::int64_t step, std::int64_t sample) {
  const auto classes = static_cast<std::size_t>(found.classCount), depth = static_cast<std::size_t>(found.size.z);
  const auto pixels = static_cast<std::size_t>(found.size.x * found.size.y), voxels = pixels * depth;
  PatchAdvice advice{.asked = std::vector<std::uint8_t>(classes * depth),
                     .mean = std::vector<float>(classes * voxels),
                     .variance = std::vector<float>(classes * voxels)};
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
      advice.asked[c * depth + at] = one.asked[c];
      std::copy_n(one.mean.begin() + static_cast<std::ptrdiff_t>(c * pixels), pixels,
                  advice.mean.begin() + static_cast<std::ptrdiff_t>(c * voxels + at * pixels));
      std::copy_n(one.variance.begin() + static_cast<std::ptrdiff_t>(c * pixels), pixels,
                  advice.variance.begin() + static_cast<std::ptrdiff_t>(c * voxels + at * pixels));
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
