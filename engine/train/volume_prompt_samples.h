#pragma once
#include "train/prompt_samples.h"

namespace roundel {

// Simulated prompts of structures of volumes: prompt_samples.h with a third axis, which dispatches here for scenes that are volumes.
// Pieces are cubes [side][side][side].

PromptSample drawVolumeSample(const PromptableScene& scene, std::size_t structure, const PromptSimulation& simulation, Random& random);
PromptSample trueVolumeBoxSample(const PromptableScene& scene, std::size_t structure, const PromptSimulation& simulation);
std::optional<PromptPoint> nextVolumeClick(std::span<const float> logits, std::span<const float> truth, int side, Random& random);

}  // namespace roundel
