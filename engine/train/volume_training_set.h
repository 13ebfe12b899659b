#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "train/prepared_study.h"
#include "train/train_plan.h"
#include "train/training_set.h"

namespace roundel {

/// Sides of a patch: columns, rows, slices.
using PatchSize = std::array<std::int64_t, 3>;

/// A patch for volumes of these sizes: their median on every axis, in multiples of 16; where that holds more than `mostVoxels`, its longest
/// side is shortened until it does not.
PatchSize patchFor(const std::vector<Size>& sizes, std::int64_t mostVoxels);

/// The patch of a training: the parameter `patch` where it says one; else that for the labelled volumes, as large as the preset's machine
/// bears: 64^3 voxels on two cores (quick), 96^3 (standard), 128^3 on a GPU (paper). `given`: parameters set by hand; may be null.
PatchSize patchOf(const Json& given, const std::string& preset, const std::vector<Size>& labelled);

/// The sizes of a prepared study's labelled volumes.
std::vector<Size> labelledSizes(const PreparedVolumes& study);

/// "96,96,64" as columns, rows, slices. Throws Error(Usage, "bad-parameter").
PatchSize patchFrom(const std::string& text);

/// Whether the levels of the plan's network follow from patch and spacing, and nobody has said them by hand.
bool hasPlannedStages(const TrainPlan& plan);
/// Says them, where that is so. `spacingMm` x, y, z: what all volumes were brought to; none: voxels count alike.
void planStages(TrainPlan& plan, const PatchSize& patch, const std::optional<std::array<double, 3>>& spacingMm);

/// What a specialist learns from, as of a prepared study of pictures (prepared_study.h). How values and grids were prepared goes into the
/// checkpoint, under "volume_preparation" of its pixel pipeline.
TrainingSet trainingSetOf(const PreparedVolumes& study, const PatchSize& patch, const std::string& part = "labelled");

}  // namespace roundel
