#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "core/json.h"

namespace roundel {

/// Number of pixels along x, y, z; a 2-D image has z = 1.
struct Size {
  std::int64_t x = 0;
  std::int64_t y = 0;
  std::int64_t z = 1;

  std::int64_t count() const { return x * y * z; }
  bool operator==(const Size&) const = default;
};

/// Where a spacing comes from. Lengths on a radiograph mean something else for each; people are shown which.
enum class SpacingSource {
  None,                        ///< unknown; spacing is 1 and lengths are in pixels
  PixelSpacing,                ///< DICOM (0028,0030), no calibration stated
  PixelSpacingCalibrated,      ///< DICOM (0028,0030) with a Pixel Spacing Calibration Type
  ImagerPixelSpacing,          ///< DICOM (0018,1164): at the detector, magnified
  NominalScannedPixelSpacing,  ///< DICOM (0018,2010)
  FunctionalGroup,             ///< DICOM, enhanced multi-frame
  FileHeader,                  ///< NIfTI, NRRD, MetaImage, TIFF resolution, nnU-Net's json
  User                         ///< entered by a person
};

std::string toString(SpacingSource source);
SpacingSource spacingSourceFromString(const std::string& text);

/// The grid of an image in the world: index order (x, y, z), world LPS millimetres.
struct Geometry {
  Size size;
  std::array<double, 3> spacingMm{1, 1, 1};
  SpacingSource spacingSource = SpacingSource::None;
  std::array<double, 3> originMm{0, 0, 0};                     ///< centre of the first pixel
  std::array<double, 9> direction{1, 0, 0, 0, 1, 0, 0, 0, 1};  ///< row-major; columns are the x, y, z axes

  bool hasSpacing() const { return spacingSource != SpacingSource::None; }
  bool operator==(const Geometry&) const = default;
};

Json toJson(const Geometry& geometry);
Geometry geometryFromJson(const Json& json);

}  // namespace roundel
