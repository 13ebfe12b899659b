#include "imaging/dicom_rle.h"

#include <algorithm>

namespace roundel {
namespace {

/// PackBits. Writes every `stride`-th byte of `out` from `at` on; false where the segment gives too few bytes.
bool unpackSegment(ByteView segment, std::size_t count, Bytes& out, std::size_t at, std::size_t stride) {
  std::size_t from = 0, made = 0;
  while (made < count && from < segment.size()) {
    const int control = static_cast<std::int8_t>(segment[from++]);
    if (control == -128) continue;
    const std::size_t length =
        std::min<std::size_t>(control >= 0 ? static_cast<std::size_t>(control) + 1 : static_cast<std::size_t>(1 - control), count - made);
    if (control >= 0) {
      if (from + length > segment.size()) return false;
      for (std::size_t index = 0; index < length; ++index) out[at + (made + index) * stride] = segment[from + index];
      from += static_cast<std::size_t>(control) + 1;
    } else {
      if (from >= segment.size()) return false;
      for (std::size_t index = 0; index < length; ++index) out[at + (made + index) * stride] = segment[from];
      ++from;
    }
    made += length;
  }
  return made == count;
}

}  // namespace

Bytes decodeRle(const SourceFile& file, const DicomLayout& layout, ByteView frame) {
  const auto sampleBytes = static_cast<std::size_t>(layout.sampleBytes());
  const std::size_t planes = sampleBytes * static_cast<std::size_t>(layout.samples);
  const auto count = static_cast<std::size_t>(layout.pixelsPerFrame());
  if (frame.size() < 64 || get32(frame, 0) != planes) file.refuse("its run-length header does not fit the image");
  Bytes out(count * planes);
  for (std::size_t plane = 0; plane < planes; ++plane) {
    const std::size_t begin = get32(frame, 4 + 4 * plane);
    const std::size_t end = plane + 1 < planes ? get32(frame, 8 + 4 * plane) : frame.size();
    if (begin < 64 || begin > end || end > frame.size()) file.refuse("its run-length header points outside the pixels");
    const std::size_t sample = plane / sampleBytes, byte = sampleBytes - 1 - plane % sampleBytes;
    if (!unpackSegment(frame.subspan(begin, end - begin), count, out, sample * sampleBytes + byte, planes))
      file.refuse("its run-length pixels end too early", "Copy the file again from where it came.");
  }
  return out;
}

}  // namespace roundel
