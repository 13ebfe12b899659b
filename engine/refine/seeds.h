#pragma once
#include <cstdint>
#include <vector>

#include "core/geometry.h"
#include "core/prompt.h"
#include "refine/field.h"

namespace roundel {

enum class Seed : std::uint8_t { Unknown, Foreground, Background };

/// How a prompt becomes pixels that are certain and a band that is to be decided.
struct SeedSettings {
  double band = 0.1;         ///< mask prompt: how far the outline may move each way, as a share of the square root of its area
  double boxCore = 0.4;      ///< box without points or mask: diameter of the central ellipse that is certain, as a share of the box
  double pointRadius = 0.1;  ///< radius of a point's disk, as a share of the square root of the object's expected area
  std::int64_t maximumUnknowns = 40'000;  ///< the working grid is made coarser until no more pixels than this are undecided
  std::int64_t maximumPixels = 400'000;   ///< of the working grid
};

/// A prompt planted on the working grid of its window.
struct SeedField {
  WorkWindow window;                           ///< empty: the prompt lies wholly outside the image, or its mask is empty
  std::vector<Seed> seeds;                     ///< [window.height][window.width]
  Field prior;                                 ///< the soft mask that the prompt itself gives, in [0, 1]; empty where it gives none
  std::vector<std::pair<int, int>> positives;  ///< pixels of the image that must be in the answer

  bool empty() const { return window.empty(); }
  bool hasForeground() const;
};

/// Plants a usable prompt (requireUsable) in an image of that size.
///
/// - Mask prompt: the interior of {p > 0.5} eroded by the band is foreground, what lies outside it dilated by the band is
///   background. Between them lies the band that is to be decided; in the paper's own setting there is none (ALGORITHMS.md 6.7).
/// - Box: everything outside is background. Without mask and positive points, a central ellipse is foreground.
/// - Points: a disk each; a positive one wins where two meet, and points win over mask and box.
/// - Positive points alone: the frame of the image is background.
SeedField plantSeeds(Size image, const Prompt& prompt, const SeedSettings& settings);

}  // namespace roundel
