#pragma once
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>

#include "core/image.h"
#include "rounds/run_plan.h"
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
  /// Image at the working size, without labels.
  TrainingCase picture(int caseIndex) const;
  /// Image and true labels at the working size.
  TrainingCase labelled(int caseIndex) const;
  /// Image at the working size with these labels (on the image's own grid).
  TrainingCase withLabels(int caseIndex, const Annotation& annotation) const;

  const RunPlan& plan() const { return m_plan; }
  /// SHA-256 over the pixels of an image, to notice when a file has changed under a run.
  std::string pixelHash(int caseIndex) const;

 private:
  /// Throws with the case's name where its image cannot be opened.
  Image loaded(const PlannedCase& planned) const;

  const RunPlan& m_plan;
  std::filesystem::path m_runFolder;
  ImageLoader m_loader;
  mutable std::mutex m_mutex;
  mutable std::map<int, std::shared_ptr<const Image>> m_images;
  mutable std::list<int> m_order;  ///< of use, newest first
  mutable std::size_t m_bytes = 0;
};

/// The masks of an annotation on another grid: a pixel is in where more than half of its cell is.
std::vector<ClassAnnotation> resampledClasses(const Annotation& annotation, Size size);

}  // namespace roundel
