#include "imaging/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "core/error.h"

namespace roundel {
namespace {

constexpr int kGzipOrZlib = 15 + 32, kRaw = -15, kGzip = 15 + 16;

enum class Surplus { Ignore, Refuse };

/// A stream that is unpacked piece by piece, over as many members as were written one after the other.
class Inflater {
 public:
  Inflater(const SourceFile& file, ByteView compressed, int window) : m_file(file), m_compressed(compressed), m_window(window) {
    if (inflateInit2(&m_stream, window) != Z_OK)
      throw Error(ErrorKind::Resource, "out-of-memory", "Memory ran out while a file was being unpacked.");
  }
  ~Inflater() { inflateEnd(&m_stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Fills `out` as far as the data go; gives the number of bytes.
  std::size_t fill(std::uint8_t* out, std::size_t count) {
    std::size_t done = 0;
    while (done < count && m_state == Z_OK) {
      m_stream.next_out = out + done;
      const auto room = static_cast<uInt>(std::min<std::size_t>(count - done, std::numeric_limits<uInt>::max()));
      m_stream.avail_out = room;
      while (m_stream.avail_out > 0 && m_state == Z_OK) {
        const auto piece = static_cast<uInt>(std::min<std::size_t>(m_compressed.size() - m_eaten, std::size_t{1} << 30));
        m_stream.next_in = const_cast<Bytef*>(m_compressed.data() + m_eaten);
        m_stream.avail_in = piece;
        m_state = inflate(&m_stream, Z_NO_FLUSH);
        m_eaten += piece - m_stream.avail_in;
        if (m_state == Z_BUF_ERROR && m_eaten >= m_compressed.size()) break;
        // Parallel packers write several members one after the other.
        if (m_state == Z_STREAM_END && m_window == kGzipOrZlib && looksLikeGzip(m_compressed.subspan(m_eaten)))
          m_state = inflateReset(&m_stream);
      }
      done += room - m_stream.avail_out;
      if (m_state != Z_OK && m_state != Z_STREAM_END && m_state != Z_BUF_ERROR)
        m_file.refuse("its compressed pixels are damaged", "Copy the file again from where it came.");
    }
    return done;
  }

  bool ended() const { return m_state == Z_STREAM_END; }
  bool cutShort() const { return m_state == Z_BUF_ERROR; }

 private:
  const SourceFile& m_file;
  ByteView m_compressed;
  int m_window;
  z_stream m_stream{};
  std::size_t m_eaten = 0;
  int m_state = Z_OK;
};

/// Grows the output as it comes, so that a header's promise alone allocates nothing.
Bytes inflated(const SourceFile& file, ByteView compressed, std::uint64_t wanted, int window, Surplus surplus) {
  Inflater inflater(file, compressed, window);
  Bytes out;
  while (!inflater.ended() && !inflater.cutShort() && out.size() < wanted) {
    const std::size_t before = out.size();
    out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(wanted, std::max<std::uint64_t>(2 * before, std::uint64_t{1} << 20))));
    out.resize(before + inflater.fill(out.data() + before, out.size() - before));
  }
  if (surplus == Surplus::Refuse && !inflater.ended())
    file.refuse(inflater.cutShort() ? "its compressed data end too early" : "it unpacks to more than the limit");
  return out;
}

}  // namespace

Bytes inflateUpTo(const SourceFile& file, ByteView compressed, std::uint64_t wanted) {
  return inflated(file, compressed, wanted, kGzipOrZlib, Surplus::Ignore);
}

std::size_t inflateInto(const SourceFile& file, ByteView compressed, std::uint64_t skip, std::span<std::byte> out) {
  Inflater inflater(file, compressed, kGzipOrZlib);
  Bytes scratch(static_cast<std::size_t>(std::min<std::uint64_t>(std::max<std::uint64_t>(skip, 1), std::uint64_t{1} << 20)));
  while (skip > 0) {
    const std::size_t piece = static_cast<std::size_t>(std::min<std::uint64_t>(skip, scratch.size()));
    if (inflater.fill(scratch.data(), piece) < piece) return 0;
    skip -= piece;
  }
  const std::size_t done = inflater.fill(reinterpret_cast<std::uint8_t*>(out.data()), out.size());
  if (done == out.size()) inflater.fill(scratch.data(), 1);
  return done;
}

Bytes inflateRaw(const SourceFile& file, ByteView compressed, std::uint64_t limit) {
  return inflated(file, compressed, limit, kRaw, Surplus::Refuse);
}

void writeGzipped(AtomicFile& file, std::span<const ByteView> parts) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw Error(ErrorKind::Resource, "out-of-memory", "Memory ran out while a file was being packed.");
  struct Ending {
    z_stream* stream;
    ~Ending() { deflateEnd(stream); }
  } ending{&stream};
  Bytes piece(std::size_t{1} << 20);
  const auto pack = [&](int flush) {
    int state = Z_OK;
    do {
      stream.next_out = piece.data();
      stream.avail_out = static_cast<uInt>(piece.size());
      state = deflate(&stream, flush);
      file.write(piece.data(), piece.size() - stream.avail_out);
    } while (stream.avail_out == 0 && state != Z_STREAM_END);
  };
  for (const ByteView part : parts)
    for (std::size_t eaten = 0; eaten < part.size();) {
      const auto take = static_cast<uInt>(std::min<std::size_t>(part.size() - eaten, std::size_t{1} << 30));
      stream.next_in = const_cast<Bytef*>(part.data() + eaten);
      stream.avail_in = take;
      pack(Z_NO_FLUSH);
      eaten += take;
    }
  pack(Z_FINISH);
}

bool looksLikeGzip(ByteView bytes) { return bytes.size() > 18 && bytes[0] == 0x1F && bytes[1] == 0x8B; }

}  // namespace roundel
