#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "core/mask.h"
#include "core/prompt.h"
#include "core/random.h"

namespace roundel {

/// Where the next click on an object belongs: voxels far inside the larger error (RITM; ALGORITHMS.md 4.4).
struct ClickCandidates {
  std::vector<std::int64_t> voxels;  ///< flat indices, in order; empty where wanted and found are equal
  bool positive = true;              ///< the voxels are missing from what was found; else they are too much
};

/// Of the voxels that are missing and of those that are too much, the lot that reaches deeper: those farther from its edge than half
/// of its greatest depth. The border of the image is an edge. Equal depths: too much counts. Throws Error(BadInput, "size-mismatch").
ClickCandidates clickCandidates(const Mask& wanted, const Mask& found);

/// One of them, drawn evenly.
std::optional<PromptPoint> drawnClick(const ClickCandidates& candidates, Size size, Random& random);

}  // namespace roundel
