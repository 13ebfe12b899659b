#include "imaging/codestream.h"

#include <algorithm>

namespace roundel {
namespace {

std::optional<Codestream> jpegHeader(ByteView bytes) {
  std::size_t at = 2;
  while (at + 4 <= bytes.size()) {
    if (bytes[at] != 0xFF) return {};
    const std::uint8_t marker = bytes[at + 1];
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    const std::size_t length = get16(bytes, at + 2, true);
    const bool frame = (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) || marker == 0xF7;
    if (frame) {
      if (at + 10 > bytes.size()) return {};
      Codestream stream{.width = get16(bytes, at + 7, true),
                        .height = get16(bytes, at + 5, true),
                        .components = bytes[at + 9],
                        .precision = bytes[at + 4]};
      stream.kind = marker == 0xF7          ? Codestream::Kind::JpegLs
                    : marker == 0xC3        ? Codestream::Kind::JpegLossless
                    : stream.precision == 8 ? Codestream::Kind::JpegBaseline
                                            : Codestream::Kind::JpegExtended;
      return stream;
    }
    if (marker == 0xDA || marker == 0xD9 || length < 2) return {};
    at += 2 + length;
  }
  return {};
}

std::optional<Codestream> jpeg2000Header(ByteView bytes, std::size_t at) {
  if (at + 43 > bytes.size() || get16(bytes, at + 2, true) != 0xFF51) return {};
  const std::int64_t right = get32(bytes, at + 8, true), bottom = get32(bytes, at + 12, true);
  const std::int64_t left = get32(bytes, at + 16, true), top = get32(bytes, at + 20, true);
  const std::uint8_t depth = bytes[at + 42];
  return Codestream{.kind = Codestream::Kind::Jpeg2000,
                    .width = right - left,
                    .height = bottom - top,
                    .components = get16(bytes, at + 40, true),
                    .precision = (depth & 0x7F) + 1,
                    .isSigned = (depth & 0x80) != 0};
}

constexpr std::uint8_t kJp2Box[] = {0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20};

bool isJp2(ByteView bytes) { return bytes.size() > 12 && std::equal(std::begin(kJp2Box), std::end(kJp2Box), bytes.begin()); }

}  // namespace

std::optional<Codestream> readCodestream(ByteView bytes) {
  if (bytes.size() < 12) return {};
  if (bytes[0] == 0xFF && bytes[1] == 0xD8) return jpegHeader(bytes);
  if (bytes[0] == 0xFF && bytes[1] == 0x4F) return jpeg2000Header(bytes, 0);
  if (isJp2(bytes)) {
    static constexpr std::uint8_t kStart[] = {0xFF, 0x4F, 0xFF, 0x51};
    const auto found = std::search(bytes.begin(), bytes.end(), std::begin(kStart), std::end(kStart));
    if (found != bytes.end()) return jpeg2000Header(bytes, static_cast<std::size_t>(found - bytes.begin()));
  }
  return {};
}

bool beginsCodestream(ByteView bytes) {
  if (bytes.size() < 4 || isJp2(bytes)) return bytes.size() >= 4;
  return bytes[0] == 0xFF && (bytes[1] == 0xD8 || (bytes[1] == 0x4F && bytes[2] == 0xFF && bytes[3] == 0x51));
}

}  // namespace roundel
