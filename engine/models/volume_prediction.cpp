#include "models/volume_prediction.h"

#include <algorithm>

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

/// Makes masks of slabs as they come, first slice first: what of each class is above one half, from the prepared grid onto the whole one.
/// Two slices a class are kept, between which the whole grid's slices lie.
class MasksFromSlabs {
 public:
  MasksFromSlabs(int classes, Size prepared, const PixelBox& crop, Size whole)
      : m_prepared(prepared), m_crop(crop), m_whole(whole), m_part{crop.x1 - crop.x0, crop.y1 - crop.y0, crop.z1 - crop.z0} {
    m_classes.resize(static_cast<std::size_t>(classes));
  }

  void add(const Prediction& slab) {
    const auto pixels = static_cast<std::size_t>(m_prepared.x * m_prepared.y);
    for (std::int64_t z = 0; z < slab.size.z; ++z, ++m_seen) {
      for (int c = 0; c < slab.classCount; ++c) {
        OfClass& own = m_classes[static_cast<std::size_t>(c)];
        const auto map = slab.classMap(c).subspan(static_cast<std::size_t>(z) * pixels, pixels);
        own.before = std::move(own.last);
        own.last = resampled(map, {m_prepared.x, m_prepared.y, 1}, {m_part.x, m_part.y, 1}, Interpolation::Linear);
      }
      while (m_written < m_part.z && (source(m_written) <= static_cast<double>(m_seen) || m_seen + 1 == m_prepared.z)) writeSlice();
    }
  }

  std::vector<Mask> masks() {
    std::vector<Mask> result;
    for (OfClass& own : m_classes) result.emplace_back(m_whole, std::move(own.runs));
    return result;
  }

 private:
  struct OfClass {
    std::vector<float> before, last;  ///< slices m_seen - 1 and m_seen of the prepared grid, on the part's rows and columns
    std::vector<Mask::Run> runs;
  };

  /// Where a slice of the part lies among those of the prepared grid.
  double source(std::int64_t z) const {
    const double place = (static_cast<double>(z) + 0.5) * static_cast<double>(m_prepared.z) / static_cast<double>(m_part.z) - 0.5;
    return std::clamp(place, 0.0, static_cast<double>(m_prepared.z - 1));
  }

  void writeSlice() {
    const auto share = static_cast<float>(1 - (static_cast<double>(m_seen) - source(m_written)));
    for (OfClass& own : m_classes) {
      std::size_t at = 0;
      for (std::int64_t y = m_crop.y0; y < m_crop.y1; ++y)
        for (std::int64_t x = m_crop.x0; x < m_crop.x1; ++x, ++at) {
          const float value = share == 1 || own.before.empty() ? own.last[at] : own.before[at] + share * (own.last[at] - own.before[at]);
          if (!(value > 0.5f)) continue;
          const std::int64_t index = ((m_crop.z0 + m_written) * m_whole.y + y) * m_whole.x + x;
          if (!own.runs.empty() && own.runs.back().start + own.runs.back().length == index) ++own.runs.back().length;
          else own.runs.push_back({index, 1});
        }
    }
    ++m_written;
  }

  Size m_prepared;
  PixelBox m_crop;
  Size m_whole, m_part;
  std::vector<OfClass> m_classes;
  std::int64_t m_seen = 0, m_written = 0;
};

}  // namespace

bool learntFromVolumes(const Specialist& specialist) { return specialist.workingSize().z > 1; }

std::vector<Mask> masksOnVolume(const Prediction& prediction, const PixelBox& crop, Size whole) {
  std::vector<Mask> masks;
  for (int c = 0; c < prediction.classCount; ++c) masks.push_back(placed(prediction.classMap(c), prediction.size, crop, whole));
  return masks;
}

namespace {

PreparedImage preparedFor(const Specialist& specialist, const Image& volume, const std::string& modality) {
  if (volume.geometry.size.z == 1)
    throw Error(ErrorKind::BadInput, "not-a-volume", "The specialist learnt from volumes, and this is a single picture.");
  return prepared(volume, modality, preparationOf(specialist));
}

}  // namespace

std::vector<Mask> predictVolume(const Specialist& specialist, const Image& volume, const std::string& modality, Job& job) {
  const PreparedImage made = preparedFor(specialist, volume, modality);
  MasksFromSlabs masks(specialist.classes().size(), specialist.predictedSize(made.image.geometry), made.crop, volume.geometry.size);
  specialist.predictSlabs(
      made.image, [&](std::int64_t, const Prediction& slab) { masks.add(slab); }, job);
  return masks.masks();
}

std::vector<Mask> predictVolume(const Specialist& specialist, const Image& volume, const std::string& modality,
                                const VolumeRefinement& refine, Job& job) {
  const PreparedImage made = preparedFor(specialist, volume, modality);
  Prediction prediction = specialist.predict(std::span(&made.image, 1), job).front();
  const std::vector<Mask> masks = refine(made.image, prediction);
  auto write = prediction.probabilities.begin();
  for (const Mask& mask : masks)
    for (const std::uint8_t in : mask.toBytes()) *write++ = in != 0 ? 1.0f : 0.0f;
  return masksOnVolume(prediction, made.crop, volume.geometry.size);
}

}  // namespace roundel
