#include "train/volume_panel.h"

#include <algorithm>

#include "core/error.h"
#include "core/random.h"
#include "prompts/cleaning.h"
#include "raster/volume_slices.h"

namespace roundel {
namespace {

constexpr double kUnseen = 6e-5;    // just above what a generalist of cubes says beyond them, sigmoid(-10)
constexpr float kGround = 1e-4f;    // of an answer without a soft mask: looked at, and not the object
constexpr double kBoxShare = 0.06;  // deviation of a box's sides, as a share of their length

/// What some answers say of one class, added up where they say something: beyond the cube that a generalist looks at its soft mask is next
/// to 0.
struct VoxelSums {
  explicit VoxelSums(std::size_t voxels) : count(voxels), weight(voxels), sum(voxels), squares(voxels), weighted(voxels) {}

  void add(const std::vector<float>& answer, double by) {
    for (std::size_t i = 0; i < sum.size(); ++i) {
      const auto value = static_cast<double>(answer[i]);
      if (value < kUnseen) continue;
      count[i] += 1, weight[i] += by, sum[i] += value, squares[i] += value * value, weighted[i] += by * value;
    }
  }

  std::vector<double> count, weight, sum, squares, weighted;
};

void placeSums(const VoxelSums& sums, std::size_t classIndex, PatchAdvice& advice) {
  const auto voxels = sums.sum.size();
  for (std::size_t i = 0; i < voxels; ++i) {
    if (sums.count[i] == 0) continue;
    const std::size_t at = classIndex * voxels + i;
    const double mean = sums.sum[i] / sums.count[i];
    advice.count[at] = static_cast<float>(sums.count[i]), advice.weight[at] = static_cast<float>(sums.weight[i]);
    advice.mean[at] = static_cast<float>(sums.weighted[i] / sums.weight[i]);
    advice.plainMean[at] = static_cast<float>(mean);
    advice.variance[at] = static_cast<float>(std::max(0.0, sums.squares[i] / sums.count[i] - mean * mean));
  }
}

/// What a generalist is given of values on any scale: those that take boxes know grey pictures, SAM-Med3D and its kin normalised values.
std::vector<float> valuesFor(const Generalist& generalist, std::span<const float> values) {
  if (generalist.traits().takesBox) return greyOf(values);
  return {values.begin(), values.end()};
}

PromptBox movedBox(const Mask& mask, double by, Random random) {
  const PixelBox own = mask.bounds();
  const auto side = [&](std::int64_t low, std::int64_t high, std::int64_t length) {
    const double width = static_cast<double>(high - low), most = static_cast<double>(length);
    const double from = std::clamp(static_cast<double>(low) + by * width * random.normal(), 0.0, most - 1);
    const double to = std::clamp(static_cast<double>(high) + by * width * random.normal(), from + 1, most);
    return std::pair(from, to);
  };
  const auto [x0, x1] = side(own.x0, own.x1, mask.size().x);
  const auto [y0, y1] = side(own.y0, own.y1, mask.size().y);
  const auto [z0, z1] = side(own.z0, own.z1, mask.size().z);
  return {.x0 = x0, .y0 = y0, .x1 = x1, .y1 = y1, .z0 = z0, .z1 = z1};
}

/// Soft answers to all prompts; one that cannot be answered is left out.
std::vector<std::vector<float>> answersTo(const Generalist& generalist, const Embedding& embedding, const std::vector<Prompt>& prompts) {
  Job job;
  std::vector<std::vector<float>> result;
  for (const Prompt& prompt : prompts) {
    try {
      GeneralistMask answer = std::move(generalist.segment(embedding, std::span(&prompt, 1), SoftMasks::Yes, job).front());
      if (answer.probability.empty()) {
        for (const std::uint8_t in : answer.mask.toBytes()) answer.probability.push_back(in != 0 ? 1.0f : kGround);
      }
      result.push_back(std::move(answer.probability));
    } catch (const Error& error) {
      if (error.code() != "bad-prompt") throw;  // an object larger than what it sees at a time
    }
  }
  return result;
}

}  // namespace

VolumePanel::VolumePanel(std::vector<std::shared_ptr<const Generalist>> generalists, const PanelOptions& options)
    : m_generalists(std::move(generalists)), m_options(options), m_weights(m_generalists.size(), 1.0) {}

std::vector<Prompt> VolumePanel::promptsFor(const Generalist& generalist, const Embedding& embedding, std::span<const Mask> masks,
                                            int classIndex, std::span<const float> soft, int samples, std::uint64_t seed,
                                            std::int64_t step) const {
  const GeneralistTraits traits = generalist.traits();
  std::vector<Prompt> prompts = volumeClicks(masks, classIndex, samples, seed, step);
  if (prompts.empty()) return prompts;
  const bool boxes = traits.takesBox && (m_options.form == PromptForm::Box || m_options.form == PromptForm::Mixed);
  LowResLogits mask, blank;
  if (traits.takesMask && !boxes && (m_options.form != PromptForm::Points || !traits.takesBox)) {
    mask = blank = generalist.maskPrompt(embedding, soft);
    std::fill(blank.values.begin(), blank.values.end(), 0.0f);
  }
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    if (boxes) {
      const Random random(seed, "volume box", static_cast<std::uint64_t>(step) * 64 + i, static_cast<std::uint64_t>(classIndex));
      prompts[i].box = movedBox(masks[static_cast<std::size_t>(classIndex)], i == 0 ? 0.0 : kBoxShare, random);
      if (m_options.form == PromptForm::Box || i % 2 == 0) prompts[i].points.clear();
    }
    if (mask.values.empty()) continue;
    // A mask of zeros is what SAM-Med3D was trained with where there is none, and it names the same cube as the others.
    const bool shown = m_options.form == PromptForm::Mask || i % 2 == 1;
    prompts[i].mask = shown && m_options.form != PromptForm::Points ? mask : blank;
    if (m_options.form == PromptForm::Mask && i == 0) prompts[i].points.clear();
  }
  return prompts;
}

void VolumePanel::weigh(const std::vector<TrainingCase>& labelled, std::int64_t most, std::uint64_t seed) {
  std::vector<double> agreement(m_generalists.size(), 0.0);
  int asked = 0;
  Job job;
  for (std::int64_t i = 0; i < std::min(most, static_cast<std::int64_t>(labelled.size())); ++i) {
    const TrainingCase& one = labelled[static_cast<std::size_t>(i)];
    std::vector<Mask> masks;
    for (const auto& label : one.classes) masks.push_back(label.state == ClassState::Present ? label.mask : Mask(one.size));
    for (std::size_t g = 0; g < m_generalists.size(); ++g) {
      const Generalist& generalist = *m_generalists[g];
      const auto embedding = generalist.embed({.geometry = {.size = one.size}, .values = valuesFor(generalist, one.image)}, job);
      for (std::size_t c = 0; c < masks.size(); ++c) {
        if (masks[c].empty()) continue;
        const auto truth = masks[c].toBytes();
        const std::vector<float> soft(truth.begin(), truth.end());
        const auto found =
            answersTo(generalist, *embedding, promptsFor(generalist, *embedding, masks, static_cast<int>(c), soft, 1, seed, i));
        asked += g == 0;
        if (!found.empty()) agreement[g] += softDice(found.front(), truth);
      }
    }
  }
  for (std::size_t g = 0; g < m_generalists.size() && asked > 0; ++g) m_weights[g] = std::max(agreement[g] / asked, 0.01);
}

PatchAdvice VolumePanel::ask(std::span<const float> values, const Prediction& found, std::uint64_t seed, std::int64_t step,
                             std::int64_t sample) const {
  PatchAdvice advice(found.classCount, found.size);
  const std::vector<Mask> masks = masksOf(cleaned(found, {.keep = KeptComponent::Largest}, 1));
  if (std::all_of(masks.begin(), masks.end(), [](const Mask& mask) { return mask.empty(); })) return advice;
  const std::uint64_t own = Random(seed, "volume advice", static_cast<std::uint64_t>(sample)).next() >> 16;
  std::vector<VoxelSums> sums(masks.size(), VoxelSums(static_cast<std::size_t>(found.size.count())));
  Job job;
  for (std::size_t g = 0; g < m_generalists.size(); ++g) {
    const Generalist& generalist = *m_generalists[g];
    const auto embedding = generalist.embed({.geometry = {.size = found.size}, .values = valuesFor(generalist, values)}, job);
    for (std::size_t c = 0; c < masks.size(); ++c) {
      if (masks[c].empty()) continue;
      const std::vector<float> soft = softMask(found.classMap(static_cast<int>(c)), masks[c]);
      const auto prompts = promptsFor(generalist, *embedding, masks, static_cast<int>(c), soft, m_options.samples, own, step);
      for (const auto& answer : answersTo(generalist, *embedding, prompts)) {
        sums[c].add(answer, m_weights[g]);
        ++advice.prompts;
      }
    }
  }
  for (std::size_t c = 0; c < sums.size(); ++c) placeSums(sums[c], c, advice);
  return advice;
}

}  // namespace roundel
