#pragma once
#include <span>
#include <vector>

#include "core/mask.h"
#include "core/prediction.h"

namespace roundel {

/// The pixels whose value is above the threshold (strictly: 0.5 is not above 0.5; NaN is above nothing).
/// One pass at the speed of memory: stretches without a pixel above cost a comparison for every four values.
Mask maskAbove(std::span<const float> values, Size size, float threshold);

/// Throws Error(BadInput, "size-mismatch") where a prediction does not hold as many values as its size and classes need.
void requireConsistent(const Prediction& prediction);

/// maskAbove of every class of a prediction, the classes spread over `threads` threads (0: as many as there are cores).
/// The result does not depend on their number.
std::vector<Mask> masksAbove(const Prediction& prediction, float threshold, int threads = 0);

}  // namespace roundel
