#pragma once
#include "train/prompt_samples.h"

namespace roundel {

// Simulated prompts of structures of volumes: prompt_samples.h with a third axis, which dispatches here for scenes that are volumes.
// Pieces are cubes [side][side][side].

PromptSample drawVolumeSample(const PromptableScene& scene, std::size_t structure, const PromptSimulation& simulation, Random& random);
PromptSample trueVolumeBoxSample(const PromptableScene& scene, std::size_t structure, const PromptSimulation& simulation);
/// A place of a cube among those marked that lie at least `share` as deep as the deepest. Nothing where none is marked.
std::optional<PromptPoint> cubePlaceWithin(const std::vector<std::uint8_t>& marked, int side, double share, Random& random);

}  // namespace roundel
