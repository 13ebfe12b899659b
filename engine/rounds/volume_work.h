#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "raster/volume_preparation.h"
#include "rounds/run_plan.h"
#include "train/volume_training_set.h"

namespace roundel {

/// Where a prepared volume lies on the one it was made from, and how large it is.
struct PlacedVolume {
  PixelBox crop;
  Size size;
};

/// What a run does to its volumes, found out before anything else: values and spacing from its labelled cases alone, then every case's
/// place. Kept as volumes.json in the run's folder, so that a run which goes on does the same, and what it made finds its way back.
struct VolumeWork {
  VolumePreparation preparation;
  PatchSize patch{};
  std::vector<PlacedVolume> cases;  ///< in the plan's order
};

using VolumeOfCase = std::function<std::shared_ptr<const Image>(int caseIndex)>;
using LabelsOfCase = std::function<std::shared_ptr<const Annotation>(int caseIndex)>;

/// Opens every case once. Labels of labelled cases are looked at where values are brought to a window, no others. Throws
/// Error(BadInput, "no-spacing" | "bad-image") with the case's name, and Error(Usage, "bad-parameter").
VolumeWork findVolumeWork(const RunPlan& plan, const VolumeOfCase& image, const LabelsOfCase& labels);

/// A case's volume as the specialist sees it. Throws as above.
PreparedImage preparedCase(const PlannedCase& planned, const Image& volume, const VolumePreparation& preparation);

std::filesystem::path volumeWorkPath(const std::filesystem::path& runFolder);
void writeVolumeWork(const std::filesystem::path& path, const VolumeWork& work);
VolumeWork readVolumeWork(const std::filesystem::path& path);

}  // namespace roundel
