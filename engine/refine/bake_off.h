#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/image.h"
#include "core/job.h"
#include "core/mask.h"
#include "models/generalist.h"

namespace roundel {

/// How well one generalist did for one class of a labelled case; Dice with the true mask.
struct BakeOffScore {
  int classIndex = 0;
  double prompted = 0;  ///< asked with box, then points, from the true mask and moved a little: how it serves a person
  double start = 0;     ///< a simulated specialist's mask: the true one moved and blurred
  double refined = 0;   ///< after refining that: how it serves a round
};

struct BakeOffSettings {
  double shift = 0.06;  ///< of the simulated prediction: standard deviation, as a share of the square root of the area
  double blur = 0.04;   ///< of it: Gaussian, the same share
  std::uint64_t seed = 42;
};

/// Tries a generalist on one labelled case: one score a class whose mask has pixels. Prompts are simulated from the true masks with
/// jitter that depends on (seed, sample, class) alone, so every generalist is asked the same.
std::vector<BakeOffScore> bakeOff(std::shared_ptr<const Generalist> generalist, const Image& image, std::span<const Mask> truth,
                                  std::uint64_t sample, const BakeOffSettings& settings, Job& job);

}  // namespace roundel
