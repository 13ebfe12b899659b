#pragma once
#include "imaging/dicom_dataset.h"

namespace roundel {

/// How the pixels of a DICOM object lie in it (Image Pixel module, PS3.3 C.7.6.3), checked for sense but not yet against the file.
struct DicomLayout {
  enum class Number { Integer, Float, Double };

  std::int64_t columns = 0, rows = 0, frames = 1;
  int samples = 1;        ///< 1 or 3
  int bitsAllocated = 0;  ///< 1, 8, 16, 32; 64 for Double
  int bitsStored = 0, highBit = 0;
  bool isSigned = false;
  bool planar = false;  ///< colour by plane
  Number number = Number::Integer;
  std::string photometric;  ///< as written: MONOCHROME1, RGB, YBR_FULL_422, PALETTE COLOR ...

  std::int64_t pixelsPerFrame() const { return columns * rows; }
  /// Bytes of one sample once decoded; bits become bytes.
  int sampleBytes() const { return bitsAllocated == 1 ? 1 : bitsAllocated / 8; }
  bool isPalette() const { return photometric == "PALETTE COLOR"; }
  bool isYbr() const { return photometric.starts_with("YBR"); }
};

/// Throws through file.refuse() where the object holds no pixels or pixels of a kind that cannot be read.
DicomLayout readLayout(const SourceFile& file, const DicomFile& dicom);

/// Transfer syntaxes whose pixels are not encapsulated.
bool isNative(const std::string& transferSyntax);

}  // namespace roundel
