#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/annotation.h"
#include "core/image.h"
#include "core/mask.h"
#include "core/param_spec.h"

namespace roundel {

/// How the values of a volume become what a network is shown.
enum class IntensityChoice {
  Automatic,   ///< by modality: CT as Window with the numbers of the study (intensityOf), everything else as Foreground
  Foreground,  ///< mean 0 and deviation 1 over the foreground of each volume (see foregroundLevel): MR, ultrasound, PET
  Whole,       ///< the same over all voxels of each volume
  Window,      ///< cut to `low` .. `high`, then minus `mean` over `deviation`: values that mean the same in every volume (Hounsfield units)
  None         ///< as they are
};

enum class VolumeCrop {
  None,
  Foreground  ///< the box around the foreground, enlarged by `marginMm`
};

/// Numbers of IntensityChoice::Window.
struct IntensityWindow {
  double low = -1000, high = 1000;
  double mean = 0, deviation = 1;
  bool operator==(const IntensityWindow&) const = default;
};

/// Settings of a study's volumes: data, kept with what was prepared.
struct VolumePreparation {
  IntensityChoice intensity = IntensityChoice::Automatic;
  std::optional<IntensityWindow> window = {};  ///< Window; with Automatic: for CT
  VolumeCrop crop = VolumeCrop::Foreground;
  double marginMm = 0;
  std::optional<std::array<double, 3>> spacingMm = {};  ///< resampled to it; none: every volume keeps its own
  double coarser = 1;                                   ///< and then to voxels so many times as long on every axis, spacing known or not
  bool operator==(const VolumePreparation&) const = default;
};

/// Parameters of a person: intensity, window ("auto", or "low,high"), crop, margin_mm, spacing ("keep", "median", or
/// three numbers "1,1,2.5"), coarser.
std::vector<ParamSpec> volumePreparationParams();
/// What of these parameters, resolved, needs no look at the volumes: spacing=median and window=auto are left open.
/// Throws Error(Usage, "bad-parameter").
VolumePreparation volumePreparationFrom(const Params& params);
Json toJson(const VolumePreparation& preparation);
VolumePreparation volumePreparationFromJson(const Json& json);

/// A volume as a network is shown it, and where it lies on the volume that it was made from.
struct PreparedImage {
  Image image;              ///< cropped, resampled, normalised; its geometry says where it lies
  PixelBox crop;            ///< on the grid of the original
  IntensityWindow applied;  ///< what was done to the values: cut (where low < high), then minus mean over deviation
};

/// The value above which a voxel is foreground: CT (Hounsfield units): -500, what is not air. Else the smallest value, where at least one
/// voxel in a hundred holds exactly that (air, padding, or what lies outside a mask); where not, there is no background: minus infinity.
double foregroundLevel(const Image& volume, const std::string& modality);

/// The numbers of a study for Window: the 0.5th and the 99.5th percentile, mean and deviation of the values inside the labels of labelled
/// volumes (nnU-Net's rule for CT). `values` are theirs, in any order; empty: -1000 .. 1000, mean 0, deviation 500.
IntensityWindow intensityOf(std::vector<float> values);

/// Adds the values inside a volume's labels to `values`, for intensityOf: at most 200,000 of a volume, evenly spread.
void addValuesInside(const Image& volume, const Annotation& labels, std::vector<float>& values);

/// The spacing of a study: the median of its volumes on each axis; on an axis whose median is more than three times that of the finest, the
/// 10th percentile (ALGORITHMS.md 6.7).
std::array<double, 3> commonSpacing(const std::vector<std::array<double, 3>>& spacings);

/// Values of the modality in, normalised values out. Linear where it is resampled, over two voxels of the new grid where that is coarser.
/// `modality`: DICOM's word. Throws Error(BadInput, "bad-image") where a volume holds no finite values or none that differ.
PreparedImage prepared(const Image& volume, const std::string& modality, const VolumePreparation& preparation);
/// A mask of the same volume on the prepared grid: in where more than half of a voxel is.
Mask prepared(const Mask& mask, const PreparedImage& volume);
/// The part of an image inside a box.
Image cropped(const Image& image, const PixelBox& box);

}  // namespace roundel
