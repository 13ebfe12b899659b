#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/geometry.h"
#include "raster/volume_preparation.h"
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

/// A volume of a prepared study, on its own grid: cropped, resampled and normalised (raster/volume_preparation.h).
struct PreparedVolume {
  std::string name;
  std::string split;                     ///< labelled | unlabelled | validation | test
  std::string modality;                  ///< DICOM's word: CT, MR ...; empty: not known
  Geometry geometry;                     ///< of the tensors: spacing is that of the voxels, origin and direction lie in the patient
  std::vector<float> image;              ///< geometry.size.count() values, x fastest: tensor order [D, H, W] = [z, y, x]
  std::vector<ClassAnnotation> classes;  ///< one a class of the study, masks on `geometry`; empty: it has no labels
  Mask ignore = {};                      ///< voxels that stay out of every loss; without a grid: none
  Geometry original;                     ///< of the image it was made from: where predictions are written back
  PixelBox crop;                         ///< the part of it that `geometry` covers
  IntensityWindow applied;               ///< what was done to its values
};

/// Volumes of different sizes, for machines without image libraries.
///
/// The file is a safetensors file with, for case i (from 0),
///   image.i   F32 [depth, height, width]           values after VolumePreparation
///   labels.i  U8  [classes, depth, height, width]  1 where a class is; classes may overlap; not there: the case has no labels
///   ignore.i  U8  [depth, height, width]           1 where a voxel stays out of every loss; not there: nowhere
/// and, as in a study of pictures,
///   states    U8  [cases, classes]                 0 not annotated, 1 absent, 2 present
///   splits    U8  [cases]                          0 labelled, 1 unlabelled, 2 validation, 3 test
/// The header under "study": {"schema": "roundel.prepared-study/2", "kind": "volumes", "classes", "preparation" (VolumePreparation),
/// "cases": [{"name", "split", "modality", "geometry", "original" (Geometry), "crop": [x0, y0, z0, x1, y1, z1], "applied"}]}.
/// Axis order of tensors is z, y, x; spacing and size in the header are x, y, z. Studies of pictures go on being written as /1.
struct PreparedVolumes {
  LabelSet classes;
  VolumePreparation preparation;
  std::vector<PreparedVolume> cases;
};

/// Whether the file is a prepared study of volumes, by its header alone. Throws what SafetensorsFile::open throws.
bool holdsVolumes(const std::filesystem::path& path);
/// Both throw as their fellows for pictures do; sizes are checked against the limit of 8 GB before anything is written.
void writePreparedVolumes(const std::filesystem::path& path, const PreparedVolumes& study);
PreparedVolumes readPreparedVolumes(const std::filesystem::path& path);

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
