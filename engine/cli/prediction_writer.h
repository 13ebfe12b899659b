#pragma once
#include <filesystem>
#include <set>
#include <span>
#include <string>

#include "core/geometry.h"
#include "core/job.h"
#include "core/label_set.h"
#include "core/mask.h"

namespace roundel::cli {

/// Writes predictions into a folder: predictions.json (COCO with run lengths: overlaps kept), and labels/<image>.png with the
/// class ids (an overlap goes to the smaller structure, and how many pixels that cost is said) and the class table, for tools that
/// want one number a pixel.
class PredictionWriter {
 public:
  /// Label maps of earlier predictions in the folder are removed. Throws Error(BadInput, "folder-not-empty") where it holds something else.
  PredictionWriter(std::filesystem::path folder, LabelSet classes);
  /// What an image's label map is named: as the image; with its folder or a number where another image has that name.
  std::string nameFor(const std::filesystem::path& image);
  void add(const std::string& name, const std::string& source, std::span<const Mask> masks, Job& job);
  /// A volume's: labels/<name>.nii.gz on its own grid, and where classes overlap masks/<name>/<class id>.nii.gz of each.
  void addVolume(const std::string& name, const std::string& source, const Geometry& geometry, std::span<const Mask> masks, Job& job);
  /// Writes predictions.json; what was written, for the document.
  Json finish();
  int count() const { return m_count; }

 private:
  void writeDocument() const;
  /// Whether one byte a pixel holds all ids.
  bool classesFit() const;

  std::filesystem::path m_folder;
  LabelSet m_classes;
  std::set<std::string> m_names;
  Json m_images = Json::array(), m_annotations = Json::array(), m_result = Json::array();
  int m_count = 0;
};

}  // namespace roundel::cli
