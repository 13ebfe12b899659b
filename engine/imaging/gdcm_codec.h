#pragma once
#include "imaging/codestream.h"
#include "imaging/dicom_layout.h"

namespace roundel {

/// One frame decoded by GDCM: little-endian samples of `bytesPerSample`, interleaved.
struct CodedFrame {
  int bytesPerSample = 1;
  Bytes values;
};

/// Lossless and 12-bit JPEG, JPEG-LS and JPEG 2000, through GDCM's codecs. `stream` is the frame's own header, already checked
/// against the image. Throws through file.refuse().
CodedFrame decodeWithGdcm(const SourceFile& file, const std::string& transferSyntax, const DicomLayout& layout, const Codestream& stream,
                          ByteView frame);

/// Keeps GDCM's warnings off standard error. Once a process.
void silenceGdcm();

}  // namespace roundel
