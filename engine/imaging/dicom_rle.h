#pragma once
#include "imaging/dicom_layout.h"

namespace roundel {

/// One frame of RLE Lossless (PS3.5 Annex G): byte planes, most significant first, one set a sample. Gives little-endian
/// samples, interleaved. Own code, because GDCM mixes up the byte planes of colour with more than 8 bits.
/// Throws through file.refuse().
Bytes decodeRle(const SourceFile& file, const DicomLayout& layout, ByteView frame);

}  // namespace roundel
