#pragma once
#include "imaging/source_file.h"

namespace roundel {

/// What the three components of a JPEG mean.
enum class JpegColour {
  ByMarkers,  ///< as the stream's own markers say (JFIF, Adobe), the way every viewer does
  Rgb,        ///< red, green, blue: leave them alone
  Ycc         ///< luminance and colour differences, whatever the markers say
};

struct JpegPicture {
  std::int64_t width = 0, height = 0;
  int channels = 1;  ///< 1 or 3 (r, g, b)
  Bytes values;
};

/// Decodes an 8-bit lossy JPEG with libjpeg. Strict: a stream that ends early or is damaged is refused (through file.refuse())
/// rather than filled up, because what fills it up may be another patient's picture.
JpegPicture decodeJpeg(const SourceFile& file, const DecodeContext& context, ByteView bytes, JpegColour colour);

}  // namespace roundel
