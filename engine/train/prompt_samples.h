#pragma once
#include <cstdint>
#include <vector>

#include "core/random.h"
#include "models/generalists/prompt_crop.h"
#include "phantom/scenes.h"

namespace roundel {

/// How prompts are simulated. Shares of the kinds add up to at most 1; what is left are boxes alone.
struct PromptSimulation {
  int side = 96;
  double margin = 0.3;  ///< of windows, see windowAround()
  double boxAndClicks = 0.15;
  double clicksAlone = 0.22;
  double masks = 0.15;  ///< a wrong mask, with or without clicks
  double smallJitter = 0.04;
  double largeJitter = 0.2;  ///< of boxes as wrong as a weak specialist's: each side moved, and all shifted
  double largeShare = 0.3;   ///< of the boxes
  double looseShare = 0.1;   ///< of the boxes: drawn too wide
  double squeeze = 0.7;      ///< pictures are stretched along one axis, by up to exp(squeeze)
};

/// A structure of a picture, cut out and asked for; of a volume, with a third side.
struct PromptSample {
  std::vector<float> grey;   ///< [side][side], standardised
  std::vector<float> truth;  ///< [side][side], how much of each place the structure covers
  double outside = 0;        ///< of the structure beyond the crop, in places
  CropPrompt prompt;         ///< of the first round
  bool box = false, masked = false;
};

/// Simulates a prompt for structure `structure` of a scene, a picture or a volume.
PromptSample drawSample(const PromptableScene& scene, std::size_t structure, const PromptSimulation& simulation, Random& random);

/// From the true box without any jitter, as people who take care give it: what is measured.
PromptSample trueBoxSample(const PromptableScene& scene, std::size_t structure, const PromptSimulation& simulation);

/// Where a person would click next: well inside the larger of what is missing and what is too much, by area and by chance. Logits and truth
/// [side][side], or with a third side. Not `positive` where it is too much. Nothing where the mask is right to the pixel.
std::optional<PromptPoint> nextClick(std::span<const float> logits, std::span<const float> truth, int side, Random& random);

}  // namespace roundel
