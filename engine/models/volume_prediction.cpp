#include "models/volume_prediction.h"

#include "core/error.h"
#include "raster/resample.h"
#include "raster/volume_preparation.h"

namespace roundel {
namespace {

VolumePreparation preparationOf(const Specialist& specialist) {
  const Json& pipeline = specialist.pixelPipeline();
  if (pipeline.is_object() && pipeline.contains("volume_preparation")) return volumePreparationFromJson(pipeline["volume_preparation"]);
  return {.intensity = IntensityChoice::None, .crop = VolumeCrop::None};
}

/// What of a class is above one half, from the prepared grid onto the whole one.
Mask placed(std::span<const float> map, Size prepared, const PixelBox& crop, Size whole) {
  const Size part{crop.x1 - crop.x0, crop.y1 - crop.y0, crop.z1 - crop.z0};
  const std::vector<float> values =
      prepared == part ? std::vector<float>(map.begin(), map.end()) : resampled(map, prepared, part, Interpolation::Linear);
  std::vector<Mask::Run> runs;
  std::size_t at = 0;
  for (std::int64_t z = crop.z0; z < crop.z1; ++z)
    for (std::int64_t y = crop.y0; y < crop.y1; ++y)
      for (std::int64_t x = crop.x0; x < crop.x1; ++x, ++at)
        if (values[at] > 0.5f) {
          const std::int64_t index = (z * whole.y + y) * whole.x + x;
          if (!runs.empty() && runs.back().start + runs.back().length == index) ++runs.back().length;
          else runs.push_back({index, 1});
        }
  return Mask(whole, std::move(runs));
}

}  // namespace

bool learntFromVolumes(const Specialist& specialist) { return specialist.workingSize().z > 1; }

std::vector<Mask> masksOnVolume(const Prediction& prediction, const PixelBox& crop, Size whole) {
  std::vector<Mask> masks;
  for (int c = 0; c < prediction.classCount; ++c) masks.push_back(placed(prediction.classMap(c), prediction.size, crop, whole));
  return masks;
}

std::vector<Mask> predictVolume(const Specialist& specialist, const Image& volume, const std::string& modality, Job& job) {
  if (volume.geometry.size.z == 1)
    throw Error(ErrorKind::BadInput, "not-a-volume", "The specialist learnt from volumes, and this is a single picture.");
  const PreparedImage made = prepared(volume, modality, preparationOf(specialist));
  const Prediction prediction = specialist.predict(std::span(&made.image, 1), job).front();
  return masksOnVolume(prediction, made.crop, volume.geometry.size);
}

}  // namespace roundel
