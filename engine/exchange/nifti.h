#pragma once
#include <string>

#include "core/geometry.h"
#include "exchange/label_png.h"

namespace roundel {

/// A NIfTI-1 file (nifti1.h), compressed with gzip: a label map of 8 or 16 bits with the grid of `geometry` as sform
/// (code 1); world coordinates are turned from LPS to NIfTI's RAS.
/// The same labels give the same bytes.
std::string niftiLabelMap(const LabelPixels& pixels, const Geometry& geometry, int bits);

}  // namespace roundel
