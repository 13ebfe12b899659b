#pragma once
#include <algorithm>
#include <cmath>
#include <span>

namespace roundel {

/// Moves logits so that what is above 0 is the mask of the greatest expected Dice, given the IoU that is expected of it. Such a mask takes
/// every place that is at least d/2 probable, d being that Dice (Lipton, Elkan, Naryanaswamy: Optimal thresholding of classifiers to
/// maximize F1 measure, ECML 2014): the less sure, the more generous. With d = 2i / (1 + i) of an IoU i, the logit of d/2 is ln i.
inline void decideForDice(std::span<float> logits, double expectedIou) {
  const auto shift = static_cast<float>(-std::log(std::clamp(expectedIou, 0.2, 1.0)));
  for (auto& logit : logits) logit += shift;
}

}  // namespace roundel
