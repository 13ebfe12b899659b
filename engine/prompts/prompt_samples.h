#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/mask.h"
#include "core/prompt.h"
#include "prompts/prompt_extractor.h"

namespace roundel {

/// What several prompts for the same object are made of.
enum class PromptForm {
  Mixed,   ///< boxes and clicks in turn
  Box,     ///< the box alone, moved
  Points,  ///< clicks deep inside the mask, and the other classes' points as negatives
  Mask     ///< the soft mask itself, where a generalist takes one; else as Mixed
};

/// What the prompts may be made of: traits of the generalist that is asked.
struct PromptAbilities {
  bool box = true, points = true;
};

/// `samples` different prompts for the object of one class, from masks on one 2-D grid that no person drew: the box of the mask, moved
/// (the first is not); points drawn where the mask is deep. Functions of (seed, step, class, sample). Mask prompts are the generalist's own
/// matter and are not set. Empty where the mask of the class is. `prompts` are those of an extractor for the same masks.
std::vector<Prompt> promptSamples(std::span<const Mask> masks, const std::vector<ClassPrompts>& prompts, int classIndex, PromptForm form,
                                  const PromptAbilities& abilities, int samples, std::uint64_t seed, std::int64_t step);

/// `samples` prompts of clicks alone for one class's object in a volume: two clicks deep inside its mask, and one in every other class
/// where that does not overlap it. A function of (seed, step, class, sample). Empty where the mask of the class is.
std::vector<Prompt> volumeClicks(std::span<const Mask> masks, int classIndex, int samples, std::uint64_t seed, std::int64_t step);

}  // namespace roundel
