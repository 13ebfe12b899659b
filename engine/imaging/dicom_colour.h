#pragma once
#include "imaging/dicom_layout.h"
#include "raster/stored_image.h"

namespace roundel {

/// YBR_FULL (PS3.3 C.7.6.3.1.2) to RGB in place; 8-bit samples, interleaved.
void ybrToRgb(std::vector<std::uint8_t>& samples);
/// Uncompressed YBR_FULL_422 (y, y, cb, cr for two pixels) to YBR_FULL.
Bytes ybr422ToFull(ByteView packed, std::size_t pixels);

/// A palette's colours, 8 bits each, from the three descriptors and tables; index 0 is `first`.
struct DicomPalette {
  std::int64_t first = 0;
  std::vector<std::array<std::uint8_t, 3>> colours;
};
/// Empty colours where the tables are absent, damaged or segmented.
DicomPalette readPalette(const DicomDataset& data);
/// Indices to interleaved RGB; an index outside takes the nearest end.
std::vector<std::uint8_t> applyPalette(const PixelValues& indices, const DicomPalette& palette);

}  // namespace roundel
