#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/image.h"
#include "core/job.h"
#include "core/mask.h"
#include "models/specialist.h"

namespace roundel {

/// Whether a specialist learnt from volumes.
bool learntFromVolumes(const Specialist& specialist);

/// What of each class of a prediction is above one half, on the grid of the volume that its own was cut out of: brought back linearly where
/// it was resampled, nothing outside the crop.
std::vector<Mask> masksOnVolume(const Prediction& prediction, const PixelBox& crop, Size whole);

/// A volume as it comes from its file, through what the specialist's training did to volumes (crop, spacing, values) and back: one mask a
/// class on the volume's own grid, nothing outside the crop. `modality`: DICOM's word; empty: not known. Throws what Specialist::predict
/// and prepared() throw, and Error(BadInput, "not-a-volume") on a single slice.
std::vector<Mask> predictVolume(const Specialist& specialist, const Image& volume, const std::string& modality, Job& job);

/// What becomes of a prediction: masks on the grid of the prepared volume, one a class.
using VolumeRefinement = std::function<std::vector<Mask>(const Image& prepared, const Prediction& prediction)>;
/// The same with what `refine` makes of it.
std::vector<Mask> predictVolume(const Specialist& specialist, const Image& volume, const std::string& modality,
                                const VolumeRefinement& refine, Job& job);

}  // namespace roundel
