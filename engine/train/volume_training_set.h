#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "train/prepared_study.h"
#include "train/training_set.h"

namespace roundel {

/// Sides of a patch: columns, rows, slices.
using PatchSize = std::array<std::int64_t, 3>;

/// A patch for these volumes: the median of the labelled ones on every axis, in multiples of 16; where that holds more than `mostVoxels`,
/// its longest side is shortened until it does not.
PatchSize patchFor(const PreparedVolumes& study, std::int64_t mostVoxels);

/// "96,96,64" as columns, rows, slices. Throws Error(Usage, "bad-parameter").
PatchSize patchFrom(const std::string& text);

/// What a specialist learns from, as of a prepared study of pictures (prepared_study.h). How values and grids were prepared goes into the
/// checkpoint, under "volume_preparation" of its pixel pipeline.
TrainingSet trainingSetOf(const PreparedVolumes& study, const PatchSize& patch, const std::string& part = "labelled");

}  // namespace roundel
