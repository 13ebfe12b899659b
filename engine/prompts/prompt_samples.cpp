#include "prompts/prompt_samples.h"

#include "core/random.h"
#include "prompts/clicks.h"

namespace roundel {
namespace {

/// Clicks inside the mask: what is missing is all of it.
Prompt clicked(std::span<const Mask> masks, const ClassPrompts& prompts, Random random) {
  const Mask& mask = masks[static_cast<std::size_t>(prompts.classIndex)];
  Prompt prompt{.classIndex = prompts.classIndex};
  const ClickCandidates candidates = clickCandidates(mask, Mask(mask.size()));
  for (int i = 0; i < 2; ++i)
    if (const auto point = drawnClick(candidates, mask.size(), random)) prompt.points.push_back(*point);
  prompt.points.insert(prompt.points.end(), prompts.negatives.begin(), prompts.negatives.end());
  return prompt;
}

}  // namespace

std::vector<Prompt> promptSamples(std::span<const Mask> masks, const std::vector<ClassPrompts>& prompts, int classIndex, PromptForm form,
                                  const PromptAbilities& abilities, int samples, std::uint64_t seed, std::int64_t step) {
  const ClassPrompts& own = prompts[static_cast<std::size_t>(classIndex)];
  if (!own.present || !own.box) return {};
  std::vector<Prompt> result;
  for (int sample = 0; sample < samples; ++sample) {
    const auto number = static_cast<std::uint64_t>(step) * 64 + static_cast<std::uint64_t>(sample);
    const bool wantsBox = form == PromptForm::Box || (form != PromptForm::Points && sample % 2 == 0);
    if (abilities.box && (wantsBox || !abilities.points)) {
      const std::vector<ClassPrompts> single{own};
      const ClassPrompts moved =
          sample == 0 ? own : jittered(single, masks.subspan(static_cast<std::size_t>(classIndex), 1), {}, seed, number).front();
      result.push_back({.classIndex = classIndex, .box = moved.box});
    } else {
      result.push_back(clicked(masks, own, Random(seed, "clicks", number, static_cast<std::uint64_t>(classIndex))));
    }
  }
  return result;
}

std::vector<Prompt> volumeClicks(std::span<const Mask> masks, int classIndex, int samples, std::uint64_t seed, std::int64_t step) {
  const Mask& own = masks[static_cast<std::size_t>(classIndex)];
  if (own.empty()) return {};
  const Mask nothing(own.size());
  const ClickCandidates inside = clickCandidates(own, nothing);
  std::vector<ClickCandidates> others;
  for (std::size_t c = 0; c < masks.size(); ++c)
    if (static_cast<int>(c) != classIndex) others.push_back(clickCandidates(subtract(masks[c], own), nothing));
  std::vector<Prompt> result;
  for (int sample = 0; sample < samples; ++sample) {
    Random random(seed, "volume clicks", static_cast<std::uint64_t>(step) * 64 + static_cast<std::uint64_t>(sample),
                  static_cast<std::uint64_t>(classIndex));
    Prompt prompt{.classIndex = classIndex};
    for (int i = 0; i < 2; ++i)
      if (const auto point = drawnClick(inside, own.size(), random)) prompt.points.push_back(*point);
    for (const ClickCandidates& other : others)
      if (auto point = drawnClick(other, own.size(), random)) {
        point->positive = false;
        prompt.points.push_back(*point);
      }
    result.push_back(std::move(prompt));
  }
  return result;
}

}  // namespace roundel
