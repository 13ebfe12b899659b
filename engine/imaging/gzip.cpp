#include "imaging/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "core/error.h"

namespace roundel {
namespace {

constexpr int kGzipOrZlib = 15 + 32, kRaw = -15, kGzip = 15 + 16;

enum class Surplus { Ignore, Refuse };

/// Grows the output as it comes, so that a header's promise alone allocates nothing.
Bytes inflated(const SourceFile& file, ByteView compressed, std::uint64_t wanted, int window, Surplus surplus) {
  z_stream stream{};
  if (inflateInit2(&stream, window) != Z_OK)
    throw Error(ErrorKind::Resource, "out-of-memory", "Memory ran out while a file was being unpacked.");
  struct Ending {
    z_stream* stream;
    ~Ending() { inflateEnd(stream); }
  } ending{&stream};
  Bytes out;
  std::size_t eaten = 0;
  int state = Z_OK;
  while (state != Z_STREAM_END && out.size() < wanted) {
    const std::size_t before = out.size();
    out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(wanted, std::max<std::uint64_t>(2 * before, std::uint64_t{1} << 20))));
    stream.next_out = out.data() + before;
    stream.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size() - before, std::numeric_limits<uInt>::max()));
    const uInt roomGiven = stream.avail_out;
    while (stream.avail_out > 0 && state == Z_OK) {
      const auto piece = static_cast<uInt>(std::min<std::size_t>(compressed.size() - eaten, std::size_t{1} << 30));
      stream.next_in = const_cast<Bytef*>(compressed.data() + eaten);
      stream.avail_in = piece;
      state = inflate(&stream, Z_NO_FLUSH);
      eaten += piece - stream.avail_in;
      if (state == Z_BUF_ERROR && eaten >= compressed.size()) break;
      // Parallel packers write several members one after the other.
      if (state == Z_STREAM_END && window == kGzipOrZlib && looksLikeGzip(compressed.subspan(eaten))) state = inflateReset(&stream);
    }
    out.resize(before + (roomGiven - stream.avail_out));
    if (state == Z_BUF_ERROR) break;
    if (state != Z_OK && state != Z_STREAM_END) file.refuse("its compressed pixels are damaged", "Copy the file again from where it came.");
  }
  if (surplus == Surplus::Refuse && state != Z_STREAM_END)
    file.refuse(state == Z_BUF_ERROR ? "its compressed data end too early" : "it unpacks to more than the limit");
  return out;
}

}  // namespace

Bytes inflateUpTo(const SourceFile& file, ByteView compressed, std::uint64_t wanted) {
  return inflated(file, compressed, wanted, kGzipOrZlib, Surplus::Ignore);
}

Bytes inflateRaw(const SourceFile& file, ByteView compressed, std::uint64_t limit) {
  return inflated(file, compressed, limit, kRaw, Surplus::Refuse);
}

Bytes gzipped(ByteView plain) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw Error(ErrorKind::Resource, "out-of-memory", "Memory ran out while a file was being packed.");
  Bytes out;
  Bytes piece(std::size_t{1} << 20);
  std::size_t eaten = 0;
  int state = Z_OK;
  while (state != Z_STREAM_END) {
    const auto take = static_cast<uInt>(std::min<std::size_t>(plain.size() - eaten, std::size_t{1} << 30));
    stream.next_in = const_cast<Bytef*>(plain.data() + eaten);
    stream.avail_in = take;
    stream.next_out = piece.data();
    stream.avail_out = static_cast<uInt>(piece.size());
    state = deflate(&stream, eaten + take == plain.size() ? Z_FINISH : Z_NO_FLUSH);
    eaten += take - stream.avail_in;
    out.insert(out.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(piece.size() - stream.avail_out));
  }
  deflateEnd(&stream);
  return out;
}

bool looksLikeGzip(ByteView bytes) { return bytes.size() > 18 && bytes[0] == 0x1F && bytes[1] == 0x8B; }

}  // namespace roundel
