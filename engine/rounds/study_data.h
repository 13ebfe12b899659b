#pragma once
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>

#include "core/image.h"
#include "core/prediction.h"
#include "rounds/run_plan.h"
#include "rounds/volume_work.h"
#include "train/training_set.h"

namespace roundel {

/// Opens a case's image through the pixel pipeline. Safe to call from several threads.
using ImageLoader = std::function<Image(const PlannedCase&)>;

/// Images and frozen labels of a run, on demand; images are kept in memory up to a bound. Safe for several threads.
class StudyData {
 public:
  StudyData(const RunPlan& plan, std::filesystem::path runFolder, ImageLoader loader);

  /// The image after the pixel pipeline, at its own size. Throws Error(BadInput, "size-mismatch") where it has changed size.
  std::shared_ptr<const Image> image(int caseIndex) const;
  /// The frozen label version, on the image's grid; checked against its hash. Null: the case has none.
  std::shared_ptr<const Annotation> annotation(int caseIndex) const;
  /// What a specialist is given to predict: the picture as it is, the volume as it was prepared.
  Image seen(int caseIndex) const;
  /// Image on the specialist's grid, without labels.
  TrainingCase picture(int caseIndex) const;
  /// Image and true labels on the specialist's grid.
  TrainingCase labelled(int caseIndex) const;
  /// Image on the specialist's grid with these labels (on the image's own grid).
  TrainingCase withLabels(int caseIndex, const Annotation& annotation) const;
  /// The specialist's grid of a case: the working size of pictures, of a volume its own.
  Size gridOf(int caseIndex) const;
  /// What of each class of a prediction is above one half, on the image's own grid.
  std::vector<Mask> masksOnImage(int caseIndex, const Prediction& prediction) const;

  /// A mask on the specialist's grid of a volume, on the image's own: nothing outside of the crop.
  Mask maskOnImage(int caseIndex, const Mask& mask) const;

  /// Of a run of volumes: found out once and kept in the run's folder.
  const VolumeWork& volumes() const;

  const RunPlan& plan() const { return m_plan; }
  /// SHA-256 over the pixels of an image, to notice when a file has changed under a run.
  std::string pixelHash(int caseIndex) const;

 private:
  /// Throws with the case's name where its image cannot be opened.
  Image loaded(const PlannedCase& planned) const;
  PreparedImage preparedVolume(int caseIndex) const;

  const RunPlan& m_plan;
  std::filesystem::path m_runFolder;
  ImageLoader m_loader;
  mutable std::mutex m_mutex;
  mutable std::map<int, std::shared_ptr<const Image>> m_images;
  mutable std::list<int> m_order;  ///< of use, newest first
  mutable std::size_t m_bytes = 0;
  mutable std::once_flag m_volumesFound;
  mutable VolumeWork m_volumes;
};

/// The masks of an annotation on another grid: a pixel is in where more than half of its cell is.
std::vector<ClassAnnotation> resampledClasses(const Annotation& annotation, Size size);

}  // namespace roundel
