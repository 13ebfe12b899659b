#pragma once
#include <optional>

#include "imaging/source_file.h"

namespace roundel {

/// What the header of a JPEG, JPEG-LS or JPEG 2000 stream says of itself: checked against the file around it before decoding.
struct Codestream {
  enum class Kind { JpegBaseline, JpegExtended, JpegLossless, JpegLs, Jpeg2000 };
  Kind kind = Kind::JpegBaseline;
  std::int64_t width = 0, height = 0;
  int components = 1;
  int precision = 8;
  bool isSigned = false;  ///< JPEG 2000 only
};

/// None where the bytes hold no such stream or its header is damaged.
std::optional<Codestream> readCodestream(ByteView bytes);

/// Whether a fragment begins a stream (and not goes on with one).
bool beginsCodestream(ByteView bytes);

}  // namespace roundel
