#include "rounds/study_data.h"

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "models/specialist.h"
#include "models/volume_prediction.h"
#include "raster/grid_map.h"
#include "raster/resample.h"
#include "rounds/evaluate.h"
#include "rounds/freeze.h"

namespace roundel {
namespace {

constexpr std::size_t kMaximumImageBytes = std::size_t{1} << 30;

}  // namespace

StudyData::StudyData(const RunPlan& plan, std::filesystem::path runFolder, ImageLoader loader)
    : m_plan(plan), m_runFolder(std::move(runFolder)), m_loader(std::move(loader)) {}

std::shared_ptr<const Image> StudyData::image(int caseIndex) const {
  {
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_images.find(caseIndex); found != m_images.end()) {
      m_order.remove(caseIndex);
      m_order.push_front(caseIndex);
      return found->second;
    }
  }
  const PlannedCase& planned = m_plan.cases.at(static_cast<std::size_t>(caseIndex));
  auto image = std::make_shared<const Image>(loaded(planned));
  if (image->geometry.size != planned.size)
    throw Error(ErrorKind::BadInput, "size-mismatch",
                "The image of the case " + planned.name + " does not have the size it had when it was imported.",
                {.caseName = planned.name, .remedy = "Import the image again."});
  const std::lock_guard lock(m_mutex);
  if (m_images.emplace(caseIndex, image).second) {
    m_order.push_front(caseIndex);
    m_bytes += image->values.size() * sizeof(float);
    while (m_bytes > kMaximumImageBytes && m_order.size() > 1) {
      const auto oldest = m_images.find(m_order.back());
      m_bytes -= oldest->second->values.size() * sizeof(float);
      m_images.erase(oldest);
      m_order.pop_back();
    }
  }
  return image;
}

std::shared_ptr<const Annotation> StudyData::annotation(int caseIndex) const {
  const PlannedCase& planned = m_plan.cases.at(static_cast<std::size_t>(caseIndex));
  if (!planned.annotationHash) return nullptr;
  const auto path = frozenLabelPath(m_runFolder, *planned.annotationHash);
  auto annotation = std::make_shared<const Annotation>(annotationFromJson(readJson(path)));
  if (contentHash(*annotation) != *planned.annotationHash)
    throw Error(ErrorKind::BadInput, "hash-mismatch",
                "The frozen labels of the case " + planned.name + " have been changed since the run began.",
                {.caseName = planned.name, .path = displayPath(path), .remedy = "Start a new run."});
  return annotation;
}

const VolumeWork& StudyData::volumes() const {
  std::call_once(m_volumesFound, [this] {
    const auto path = volumeWorkPath(m_runFolder);
    if (std::filesystem::exists(path)) {
      m_volumes = readVolumeWork(path);
      return;
    }
    m_volumes = findVolumeWork(
        m_plan, [this](int index) { return image(index); }, [this](int index) { return annotation(index); });
    writeVolumeWork(path, m_volumes);
  });
  return m_volumes;
}

PreparedImage StudyData::preparedVolume(int caseIndex) const {
  const auto at = static_cast<std::size_t>(caseIndex);
  PreparedImage made = preparedCase(m_plan.cases.at(at), *image(caseIndex), volumes().preparation);
  const PlacedVolume& known = volumes().cases.at(at);
  if (made.crop != known.crop || made.image.geometry.size != known.size)
    throw Error(ErrorKind::BadInput, "size-mismatch",
                "The volume of the case " + m_plan.cases[at].name + " is not what it was when the run began.",
                {.caseName = m_plan.cases[at].name, .remedy = "Start a new run."});
  return made;
}

Image StudyData::seen(int caseIndex) const { return m_plan.volumes ? preparedVolume(caseIndex).image : *image(caseIndex); }

Size StudyData::gridOf(int caseIndex) const {
  return m_plan.volumes ? volumes().cases.at(static_cast<std::size_t>(caseIndex)).size : Size{m_plan.width, m_plan.height, 1};
}

std::vector<Mask> StudyData::masksOnImage(int caseIndex, const Prediction& prediction) const {
  const auto at = static_cast<std::size_t>(caseIndex);
  const Size whole = m_plan.cases.at(at).size;
  return m_plan.volumes ? masksOnVolume(prediction, volumes().cases.at(at).crop, whole) : masksOf(prediction, whole);
}

Mask StudyData::maskOnImage(int caseIndex, const Mask& mask) const {
  const auto at = static_cast<std::size_t>(caseIndex);
  const PixelBox& crop = volumes().cases.at(at).crop;
  const Size part{crop.x1 - crop.x0, crop.y1 - crop.y0, crop.z1 - crop.z0};
  GridMap map;
  map.start = {crop.x0, crop.y0, crop.z0};
  return carried(mask.size() == part ? mask : resampled(mask, part, MaskInterpolation::Coverage), map, m_plan.cases.at(at).size).mask;
}

TrainingCase StudyData::picture(int caseIndex) const {
  if (m_plan.volumes) {
    PreparedImage made = preparedVolume(caseIndex);
    return {.name = m_plan.cases[static_cast<std::size_t>(caseIndex)].name,
            .image = std::move(made.image.values),
            .classes = {},
            .size = made.image.geometry.size};
  }
  const auto full = image(caseIndex);
  return {.name = m_plan.cases[static_cast<std::size_t>(caseIndex)].name,
          .image = resampledTo(*full, m_plan.width, m_plan.height),
          .classes = {},
          .ignore = {},
          .classWeight = {}};
}

TrainingCase StudyData::withLabels(int caseIndex, const Annotation& labels) const {
  if (m_plan.volumes) {
    PreparedImage made = preparedVolume(caseIndex);
    const Size grid = made.image.geometry.size;
    TrainingCase volume{.name = m_plan.cases[static_cast<std::size_t>(caseIndex)].name, .image = {}, .classes = {}, .size = grid};
    for (const auto& one : labels.classes)
      volume.classes.push_back({one.state, one.state == ClassState::Present ? prepared(one.mask, made) : Mask(grid)});
    if (!labels.ignore.empty()) volume.ignore = prepared(labels.ignore, made);
    volume.image = std::move(made.image.values);
    return volume;
  }
  TrainingCase one = picture(caseIndex);
  const Size size{m_plan.width, m_plan.height, 1};
  one.classes = resampledClasses(labels, size);
  if (!labels.ignore.empty()) one.ignore = resampled(labels.ignore, size, MaskInterpolation::Coverage);
  return one;
}

TrainingCase StudyData::labelled(int caseIndex) const {
  const auto labels = annotation(caseIndex);
  return labels ? withLabels(caseIndex, *labels) : picture(caseIndex);
}

Image StudyData::loaded(const PlannedCase& planned) const {
  try {
    return m_loader(planned);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::BadInput) throw;
    throw Error(error.kind(), error.code(), "The image of the case " + planned.name + " cannot be used: " + error.what(),
                {.caseName = planned.name,
                 .path = error.details().path,
                 .remedy = "Mend the file, or split again with lists that leave the case out. roundel check finds all such files."});
  }
}

std::string StudyData::pixelHash(int caseIndex) const {
  const auto full = image(caseIndex);
  Sha256 hash;
  hash.update(full->values.data(), full->values.size() * sizeof(float));
  return hash.hex();
}

std::vector<ClassAnnotation> resampledClasses(const Annotation& annotation, Size size) {
  std::vector<ClassAnnotation> classes;
  for (const auto& one : annotation.classes)
    classes.push_back({one.state, one.state == ClassState::Present ? resampled(one.mask, size, MaskInterpolation::Coverage) : Mask(size)});
  return classes;
}

}  // namespace roundel
