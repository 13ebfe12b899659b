#include "train/generalist_panel.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"

namespace roundel {
namespace {

constexpr double kMaskShift = 0.06;  // of a mask prompt: deviation, as a share of the square root of its area

std::vector<float> shifted(std::span<const float> soft, Size size, std::int64_t dx, std::int64_t dy) {
  std::vector<float> out(soft.size(), 0.0f);
  for (std::int64_t y = std::max<std::int64_t>(0, dy); y < std::min(size.y, size.y + dy); ++y)
    for (std::int64_t x = std::max<std::int64_t>(0, dx); x < std::min(size.x, size.x + dx); ++x)
      out[static_cast<std::size_t>(y * size.x + x)] = soft[static_cast<std::size_t>((y - dy) * size.x + x - dx)];
  return out;
}

}  // namespace

std::vector<float> softMask(std::span<const float> probabilities, const Mask& kept) {
  const auto inside = kept.toBytes();
  std::vector<float> soft(probabilities.begin(), probabilities.end());
  for (std::size_t i = 0; i < soft.size(); ++i) soft[i] = inside[i] != 0 ? std::max(soft[i], 0.51f) : std::min(soft[i], 0.49f);
  return soft;
}

double softDice(std::span<const float> soft, std::span<const std::uint8_t> truth) {
  double overlap = 0, found = 0, present = 0;
  for (std::size_t i = 0; i < soft.size(); ++i) {
    const bool in = soft[i] > 0.5f;
    overlap += in && truth[i] != 0, found += in, present += truth[i] != 0;
  }
  return found + present > 0 ? 2 * overlap / (found + present) : 0;
}

GeneralistPanel::GeneralistPanel(std::vector<std::shared_ptr<const Generalist>> generalists, const PanelOptions& options)
    : m_generalists(std::move(generalists)),
      m_options(options),
      m_extractor(promptExtractors().create("sctb")),
      m_weights(m_generalists.size(), 1.0),
      m_agreement(m_generalists.size(), 0.0) {}

const GeneralistPanel::Embeddings& GeneralistPanel::embeddings(std::int64_t key, const Image& image) {
  if (const auto known = m_embeddings.find(key); known != m_embeddings.end()) return known->second;
  if (m_embeddings.size() >= std::max<std::size_t>(m_options.remembered, 1)) {
    m_embeddings.erase(m_order.front());
    m_order.pop_front();
  }
  m_order.push_back(key);
  return m_embeddings.emplace(key, embedded(image)).first->second;
}

GeneralistPanel::Embeddings GeneralistPanel::embedded(const Image& image) const {
  Job job;
  Embeddings made;
  for (const auto& generalist : m_generalists) made.push_back(generalist->embed(image, job));
  return made;
}

std::vector<std::vector<float>> GeneralistPanel::answers(std::size_t generalist, const Embedding& embedding,
                                                         const std::vector<Prompt>& prompts) const {
  Job job;
  std::vector<std::vector<float>> result;
  for (GeneralistMask& answer : m_generalists[generalist]->segment(embedding, prompts, SoftMasks::Yes, job)) {
    if (answer.probability.empty()) {
      const auto bytes = answer.mask.toBytes();
      answer.probability.assign(bytes.begin(), bytes.end());
    }
    result.push_back(std::move(answer.probability));
  }
  return result;
}

void GeneralistPanel::addMaskPrompts(std::size_t generalist, const Embedding& embedding, std::span<const float> soft, std::int64_t area,
                                     std::uint64_t seed, std::int64_t step, std::vector<Prompt>& prompts) const {
  const GeneralistTraits traits = m_generalists[generalist]->traits();
  if (!traits.takesMask || (traits.learnt && m_options.form != PromptForm::Mask)) return;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    Random random(seed, "jitter mask", static_cast<std::uint64_t>(step) * 64 + i, static_cast<std::uint64_t>(prompts[i].classIndex));
    const double deviation = i == 0 ? 0 : kMaskShift * std::sqrt(static_cast<double>(area));
    const auto dx = std::lround(deviation * random.normal()), dy = std::lround(deviation * random.normal());
    LowResLogits mask = m_generalists[generalist]->maskPrompt(embedding, shifted(soft, embedding.imageSize, dx, dy));
    if (mask.values.empty()) continue;
    // The mask knows the outline better than a box that may cut it off; clicks say what belongs to the neighbours.
    prompts[i].box.reset();
    prompts[i].mask = std::move(mask);
  }
}

void GeneralistPanel::weigh(std::int64_t key, const Image& image, const std::vector<ClassAnnotation>& classes, std::uint64_t seed) {
  std::vector<Mask> masks;
  for (const auto& one : classes)
    masks.push_back(one.state == ClassState::Present ? one.mask : Mask({image.geometry.size.x, image.geometry.size.y, 1}));
  const std::vector<ClassPrompts> prompts = m_extractor->extract(masks);
  const Embeddings& own = embeddings(key, image);
  std::vector<double> agreement(m_generalists.size(), 0.0);
  int asked = 0;
  for (std::size_t c = 0; c < masks.size(); ++c) {
    const auto samples = promptSamples(masks, prompts, static_cast<int>(c), m_options.form, {}, 1, seed, 0);
    if (samples.empty()) continue;
    const auto truth = masks[c].toBytes();
    const std::vector<float> soft(truth.begin(), truth.end());
    ++asked;
    for (std::size_t g = 0; g < m_generalists.size(); ++g) {
      auto mine = samples;
      addMaskPrompts(g, *own[g], soft, masks[c].area(), seed, 0, mine);
      agreement[g] += softDice(answers(g, *own[g], mine).front(), truth);
    }
  }
  if (asked == 0) return;
  ++m_weighed;
  for (std::size_t g = 0; g < m_generalists.size(); ++g) {
    m_agreement[g] += agreement[g] / asked;
    m_weights[g] = std::max(m_agreement[g] / m_weighed, 0.01);
  }
}

Advice GeneralistPanel::ask(std::int64_t key, const Image& image, const Prediction& prediction, std::uint64_t seed, std::int64_t step) {
  return advised([&]() -> const Embeddings& { return embeddings(key, image); }, prediction, seed, step);
}

Advice GeneralistPanel::askOnce(const Image& image, const Prediction& prediction, std::uint64_t seed, std::int64_t step) {
  Embeddings made;
  return advised([&]() -> const Embeddings& { return made = embedded(image); }, prediction, seed, step);
}

Advice GeneralistPanel::advised(const std::function<const Embeddings&()>& asked, const Prediction& prediction, std::uint64_t seed,
                                std::int64_t step) const {
  const auto classes = static_cast<std::size_t>(prediction.classCount), pixels = static_cast<std::size_t>(prediction.size.count());
  Advice advice{.asked = std::vector<std::uint8_t>(classes),
                .count = std::vector<float>(classes),
                .weight = std::vector<float>(classes),
                .mean = std::vector<float>(classes * pixels),
                .plainMean = std::vector<float>(classes * pixels),
                .variance = std::vector<float>(classes * pixels)};
  const std::vector<Mask> masks = masksOf(cleaned(prediction, {.keep = m_options.keep}, 1));
  if (std::all_of(masks.begin(), masks.end(), [](const Mask& mask) { return mask.empty(); })) return advice;
  const std::vector<ClassPrompts> prompts = m_extractor->extract(masks);
  // All prompts of all classes in one batch a generalist.
  const Embeddings& own = asked();
  std::vector<std::vector<double>> sum(classes), squares(classes), weighted(classes);
  std::vector<double> count(classes), weight(classes);
  for (std::size_t g = 0; g < m_generalists.size(); ++g) {
    const GeneralistTraits traits = m_generalists[g]->traits();
    std::vector<Prompt> all;
    for (std::size_t c = 0; c < classes; ++c) {
      auto samples = promptSamples(masks, prompts, static_cast<int>(c), m_options.form,
                                   {.box = traits.takesBox, .points = traits.takesPoints}, m_options.samples, seed, step);
      if (samples.empty()) continue;
      addMaskPrompts(g, *own[g], softMask(prediction.classMap(static_cast<int>(c)), masks[c]), masks[c].area(), seed, step, samples);
      all.insert(all.end(), samples.begin(), samples.end());
    }
    if (all.empty()) continue;
    const auto found = answers(g, *own[g], all);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto c = static_cast<std::size_t>(all[i].classIndex);
      for (auto* values : {&sum[c], &squares[c], &weighted[c]}) values->resize(pixels);
      for (std::size_t p = 0; p < pixels; ++p) {
        const auto value = static_cast<double>(found[i][p]);
        sum[c][p] += value, squares[c][p] += value * value, weighted[c][p] += m_weights[g] * value;
      }
      count[c] += 1, weight[c] += m_weights[g];
    }
    advice.prompts += static_cast<int>(all.size());
  }
  for (std::size_t c = 0; c < classes; ++c) {
    if (count[c] == 0) continue;
    advice.asked[c] = 1;
    advice.count[c] = static_cast<float>(count[c]), advice.weight[c] = static_cast<float>(weight[c]);
    for (std::size_t p = 0; p < pixels; ++p) {
      const double mean = sum[c][p] / count[c];
      advice.mean[c * pixels + p] = static_cast<float>(weighted[c][p] / weight[c]);
      advice.plainMean[c * pixels + p] = static_cast<float>(mean);
      advice.variance[c * pixels + p] = static_cast<float>(std::max(0.0, squares[c][p] / count[c] - mean * mean));
    }
  }
  return advice;
}

}  // namespace roundel
