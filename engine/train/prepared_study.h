#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/geometry.h"
#include "train/training_set.h"

namespace roundel {

/// A case of a prepared study: its picture and labels at the working size.
struct PreparedCase {
  TrainingCase training;  ///< `classes` empty: it has no labels
  std::string split;      ///< labelled | unlabelled | validation | test
  Size originalSize;      ///< of the image it was made from
};

/// A study for machines without image libraries: every picture through the pixel pipeline at one size, every label on its grid.
///
/// The file (`roundel prepare`) is a safetensors file with the tensors
///   images  F32 [cases, height, width]           grey in [0, 1]
///   labels  U8  [cases, classes, height, width]  1 where a class is; classes may overlap
///   states  U8  [cases, classes]                 0 not annotated, 1 absent, 2 present
///   ignore  U8  [cases, height, width]           1 where a pixel stays out of every loss
///   splits  U8  [cases]                          0 labelled, 1 unlabelled, 2 validation, 3 test
/// and the header as JSON text in its metadata under "study": {"schema": "roundel.prepared-study/1", "width", "height", "classes",
/// "pixel_pipeline", "cases": [{"name", "split", "size"}]}.
struct PreparedStudy {
  int width = 0;   ///< pixels; a multiple of 16
  int height = 0;  ///< pixels; a multiple of 16
  LabelSet classes;
  Json pixelPipeline = Json::object();
  std::vector<PreparedCase> cases;
};

/// Whole file or nothing. Throws Error(BadInput, "study-too-large") above 8 GB, and what writeSafetensors throws.
void writePreparedStudy(const std::filesystem::path& path, const PreparedStudy& study);

/// Throws Error(BadInput, "bad-prepared-study") with the file's name and the reason where it is none of ours or damaged,
/// Error(Locked, "schema-newer") where a newer version wrote it, and what SafetensorsFile::open throws.
PreparedStudy readPreparedStudy(const std::filesystem::path& path);

/// What a specialist learns from: the labelled cases with their labels, the pictures of the unlabelled ones (strategies never read labels
/// of those), and the validation cases that have labels. `part` says which split counts as labelled ("labelled", or "unlabelled" where
/// those cases have labels).
TrainingSet trainingSetOf(const PreparedStudy& study, const std::string& part = "labelled");

}  // namespace roundel
