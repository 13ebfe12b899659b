#pragma once
#include "core/job.h"
#include "imaging/dicom_layout.h"
#include "raster/stored_image.h"

namespace roundel {

/// The pixels of a DICOM object: frames in the order of the file.
struct DicomPixels {
  PixelValues values;
  int channels = 1;
  int bitsStored = 8;
  Photometric photometric = Photometric::Monochrome2;
  Json palette = nullptr;  ///< [[r, g, b], ...] where palette indices were asked for
  std::vector<Warning> warnings;
};

/// Decodes every frame to stored values: unused bits cleared, signs extended, YBR and palettes turned into RGB (palettes only
/// with PaletteUse::Colours), nothing rescaled, nothing inverted. The size is checked against the file's bytes first.
/// Throws through file.refuse().
DicomPixels decodePixels(const SourceFile& file, const DecodeContext& context, const DicomFile& dicom, const DicomLayout& layout);

}  // namespace roundel
