#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/prediction.h"
#include "train/generalist_panel.h"
#include "train/training_set.h"

namespace roundel {

/// What generalists that look at pictures say of a patch of a volume, slice by slice.
struct PatchAdvice {
  std::vector<std::uint8_t> asked;  ///< [class][z] 1 where there was something to ask about
  std::vector<float> mean;          ///< [class][z][y][x], as in Advice
  std::vector<float> variance;
  int prompts = 0;
};

/// Asks about at most `slices` slices on which the specialist found something, spread evenly over them and others each time. `values`
/// [z][y][x]: the patch as the specialist saw it, on any scale; `found`: what it made of it. Of every class the largest component of
/// the patch counts. Where nothing was found nothing is asked. A function of (seed, step, sample).
PatchAdvice adviceOnPatch(GeneralistPanel& panel, std::span<const float> values, const Prediction& found, int slices, std::uint64_t seed,
                          std::int64_t step, std::int64_t sample);

/// Weighs the panel's members by true labels: of each of the first labelled volumes the slice with most of them.
void weighOnVolumes(GeneralistPanel& panel, const std::vector<TrainingCase>& labelled, std::int64_t most, std::uint64_t seed);

}  // namespace roundel
