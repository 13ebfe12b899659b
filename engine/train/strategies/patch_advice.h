#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/prediction.h"
#include "train/generalist_panel.h"
#include "train/training_set.h"

namespace roundel {

/// What generalists say of a patch of a volume: [class][z][y][x], as in Advice.
struct PatchAdvice {
  PatchAdvice(int classes, Size size);

  int classCount;
  Size size;
  std::vector<float> count;   ///< answers; 0 where nobody was asked, or nobody looked
  std::vector<float> weight;  ///< their generalists' weights, added up
  std::vector<float> mean;
  std::vector<float> plainMean;
  std::vector<float> variance;
  int prompts = 0;

  /// [class][z] 1 where anybody answered on the slice.
  std::vector<std::uint8_t> asked() const;
  /// [class][z][y][x] 1 where anybody answered.
  std::vector<float> seen() const;
  /// The answers of other generalists to the same patch among these: mean and variance are those of all.
  void add(const PatchAdvice& others);
};

/// Asks generalists that look at pictures, slice by slice: about at most `slices` slices on which the specialist found something, spread
/// evenly over them and others each time. `values` [z][y][x]: the patch as the specialist saw it, on any scale; `found`: what it made of
/// it. Of every class the largest component of the patch counts. Where nothing was found nothing is asked. A function of (seed, step,
/// sample).
PatchAdvice adviceOnPatch(GeneralistPanel& panel, std::span<const float> values, const Prediction& found, int slices, std::uint64_t seed,
                          std::int64_t step, std::int64_t sample);

/// Weighs the panel's members by true labels: of each of the first labelled volumes the slice with most of them.
void weighOnVolumes(GeneralistPanel& panel, const std::vector<TrainingCase>& labelled, std::int64_t most, std::uint64_t seed);

}  // namespace roundel
