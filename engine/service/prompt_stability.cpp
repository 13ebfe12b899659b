#include "service/prompt_stability.h"

#include <algorithm>

#include "prompts/prompt_extractor.h"
#include "raster/metrics.h"

namespace roundel {
namespace {

PromptBox boxAround(const Mask& mask) {
  const PixelBox box = mask.bounds();
  return {static_cast<double>(box.x0), static_cast<double>(box.y0), static_cast<double>(box.x1), static_cast<double>(box.y1)};
}

/// The prompt in the form in which prompts are moved: how far depends on the box, or on the answer where there is none.
ClassPrompts movable(const Prompt& prompt, const Mask& answer) {
  const PromptBox box = prompt.box.value_or(boxAround(answer));
  return {.classIndex = prompt.classIndex,
          .present = true,
          .box = box,
          .seed = prompt.points.empty() ? PromptPoint{.x = (box.x0 + box.x1) / 2, .y = (box.y0 + box.y1) / 2} : prompt.points.front(),
          .first = prompt};
}

}  // namespace

std::vector<std::optional<double>> promptStability(const Generalist& generalist, const Embedding& embedding,
                                                   std::span<const Prompt> prompts, std::span<const GeneralistMask> answers, int samples,
                                                   Job& job) {
  std::vector<std::size_t> asked;
  std::vector<ClassPrompts> given;
  std::vector<Mask> masks;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    if (answers[i].mask.empty() || (!prompts[i].box && prompts[i].points.empty())) continue;
    asked.push_back(i);
    given.push_back(movable(prompts[i], answers[i].mask));
    masks.push_back(answers[i].mask);
  }
  std::vector<std::optional<double>> stability(prompts.size());
  if (asked.empty()) return stability;
  std::vector<std::vector<Mask>> moved(asked.size());
  const int count = std::max(2, samples);
  for (int sample = 0; sample < count; ++sample) {
    job.progress(sample, count, "stability");
    std::vector<Prompt> questions;
    for (auto& one : jittered(given, masks, {}, 0, static_cast<std::uint64_t>(sample))) questions.push_back(std::move(*one.first));
    auto replies = generalist.segment(embedding, questions, SoftMasks::No, job);
    for (std::size_t k = 0; k < asked.size(); ++k) moved[k].push_back(std::move(replies[k].mask));
  }
  for (std::size_t k = 0; k < asked.size(); ++k) stability[asked[k]] = meanPairwiseDice(moved[k]);
  return stability;
}

}  // namespace roundel
