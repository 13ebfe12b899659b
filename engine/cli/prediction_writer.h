#pragma once
#include <filesystem>
#include <span>
#include <string>

#include "core/job.h"
#include "core/label_set.h"
#include "core/mask.h"

namespace roundel::cli {

/// Writes predictions into a folder: predictions.json (COCO with run lengths: overlaps kept), and labels/<image>.png with the
/// class ids (an overlap goes to the smaller structure, and how many pixels that cost is said), for tools that want one number
/// a pixel.
class PredictionWriter {
 public:
  /// Throws Error(BadInput, "folder-not-empty") where the folder holds something else.
  PredictionWriter(std::filesystem::path folder, LabelSet classes);
  void add(const std::string& name, const std::string& source, std::span<const Mask> masks, Job& job);
  /// Writes predictions.json; what was written, for the document.
  Json finish();
  int count() const { return m_count; }

 private:
  std::filesystem::path m_folder;
  LabelSet m_classes;
  Json m_images = Json::array(), m_annotations = Json::array(), m_result = Json::array();
  int m_count = 0;
};

}  // namespace roundel::cli
