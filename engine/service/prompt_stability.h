#pragma once
#include <optional>
#include <span>
#include <vector>

#include "models/generalist.h"

namespace roundel {

/// For each of a person's prompts: mean Dice, two by two, of the answers to `samples` (at least 2) slightly moved versions of it; 1 where
/// its exact place does not matter (LabelRefiner::stability is the same for a specialist's prompts). Boxes and points move
/// (prompts/, JitterOptions), a mask prompt stays. None where the answer is empty or nothing can move. Deterministic.
///
/// A generalist that one day states a stability of its own is to be preferred to this where it answers.
std::vector<std::optional<double>> promptStability(const Generalist& generalist, const Embedding& embedding,
                                                   std::span<const Prompt> prompts, std::span<const GeneralistMask> answers, int samples,
                                                   Job& job);

}  // namespace roundel
