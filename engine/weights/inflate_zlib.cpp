#include <zlib.h>

#include <algorithm>

#include "weights/inflate.h"

namespace roundel {

InflateResult inflateInto(std::span<const std::byte> packed, std::span<std::byte> plain) {
  constexpr std::size_t kPiece = std::size_t{1} << 30;  // zlib counts in 32 bits
  z_stream stream{};
  if (inflateInit2(&stream, -15) != Z_OK) return InflateResult::Damaged;
  Bytef nothing = 0;
  int state = Z_OK;
  while (state == Z_OK) {
    const std::size_t take = std::min(packed.size(), kPiece), room = std::min(plain.size(), kPiece);
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream.avail_in = static_cast<uInt>(take);
    stream.next_out = plain.empty() ? &nothing : reinterpret_cast<Bytef*>(plain.data());
    stream.avail_out = static_cast<uInt>(room);
    state = inflate(&stream, Z_NO_FLUSH);
    packed = packed.subspan(take - stream.avail_in);
    plain = plain.subspan(room - stream.avail_out);
  }
  inflateEnd(&stream);
  return state == Z_STREAM_END && packed.empty() && plain.empty() ? InflateResult::Done : InflateResult::Damaged;
}

}  // namespace roundel
