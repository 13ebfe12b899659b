#include "exchange/label_png.h"

#include <algorithm>

#include <zlib.h>

#include "core/error.h"
#include "exchange/run_length.h"

namespace roundel {
namespace {

constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);
enum ColourType { Grey = 0, Rgb = 2, Indexed = 3, GreyAlpha = 4, RgbAlpha = 6 };

std::uint32_t big32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

struct Header {
  Size size;
  int bits = 8;
  int colour = Grey;
  bool interlaced = false;

  int channels() const { return colour == Rgb ? 3 : colour == GreyAlpha ? 2 : colour == RgbAlpha ? 4 : 1; }
  std::size_t rowBytes(std::int64_t width) const { return static_cast<std::size_t>((width * channels() * bits + 7) / 8); }
};

/// One of the seven pictures of an interlaced PNG; a plain one has a single pass.
struct Pass {
  std::int64_t x0, y0, dx, dy;
  std::int64_t width(Size size) const { return (size.x - x0 + dx - 1) / dx; }
  std::int64_t height(Size size) const { return (size.y - y0 + dy - 1) / dy; }
};

std::vector<Pass> passesOf(const Header& header) {
  if (!header.interlaced) return {{0, 0, 1, 1}};
  std::vector<Pass> passes;
  for (const Pass pass :
       {Pass{0, 0, 8, 8}, Pass{4, 0, 8, 8}, Pass{0, 4, 4, 8}, Pass{2, 0, 4, 4}, Pass{0, 2, 2, 4}, Pass{1, 0, 2, 2}, Pass{0, 1, 1, 2}})
    if (pass.width(header.size) > 0 && pass.height(header.size) > 0) passes.push_back(pass);
  return passes;
}

class PngReader {
 public:
  PngReader(std::string_view bytes, const std::string& name) : m_bytes(bytes), m_name(name) {}

  LabelPixels read() {
    readChunks();
    const std::string raw = inflated();
    LabelPixels pixels{.size = m_header.size, .values = {}, .colours = m_header.channels() >= 3};
    pixels.values.assign(static_cast<std::size_t>(m_header.size.count()), 0);
    std::size_t at = 0;
    for (const Pass& pass : passesOf(m_header)) at = readPass(pass, raw, at, pixels);
    return pixels;
  }

 private:
  [[noreturn]] void refuse(const std::string& reason) const {
    throw Error(ErrorKind::BadInput, "unreadable-image", m_name + ": " + reason + ".", {.path = m_name});
  }

  void readChunks() {
    if (!m_bytes.starts_with(kSignature)) refuse("this is not a PNG file");
    std::size_t at = kSignature.size();
    bool ended = false, first = true;
    while (!ended) {
      if (m_bytes.size() - at < 12) refuse("the PNG file breaks off");
      const std::size_t length = big32(m_bytes, at);
      if (length > m_bytes.size() - at - 12) refuse("the PNG file breaks off");
      const std::string_view type = m_bytes.substr(at + 4, 4), data = m_bytes.substr(at + 8, length);
      const auto sum = ::crc32(0, reinterpret_cast<const Bytef*>(m_bytes.data() + at + 4), static_cast<uInt>(length + 4));
      if (sum != big32(m_bytes, at + 8 + length)) refuse("a checksum of the PNG file does not fit its data");
      if (first != (type == "IHDR")) refuse("the PNG file does not begin with its header");
      first = false;
      if (type == "IHDR") readHeader(data);
      else if (type == "IDAT") m_compressed += data;
      else if (type == "IEND") ended = true;
      at += 12 + length;
    }
  }

  void readHeader(std::string_view data) {
    if (data.size() != 13) refuse("the PNG header is damaged");
    m_header.size = {big32(data, 0), big32(data, 4), 1};
    m_header.bits = static_cast<unsigned char>(data[8]);
    m_header.colour = static_cast<unsigned char>(data[9]);
    m_header.interlaced = data[12] == 1;
    const int bits = m_header.bits;
    const bool small = bits == 1 || bits == 2 || bits == 4;
    const bool fits = m_header.colour == Grey      ? small || bits == 8 || bits == 16
                      : m_header.colour == Indexed ? small || bits == 8
                      : m_header.colour == Rgb || m_header.colour == GreyAlpha || m_header.colour == RgbAlpha ? bits == 8 || bits == 16
                                                                                                              : false;
    if (!fits || data[10] != 0 || data[11] != 0 || static_cast<unsigned char>(data[12]) > 1) refuse("the PNG header is damaged");
    try {
      requireLabelSize(m_header.size);
    } catch (const Error& error) {
      refuse(std::string("the picture is too large (") + error.what() + ")");
    }
  }

  /// All scan lines with their filter bytes; exactly as many as the header asks for.
  std::string inflated() const {
    std::uint64_t wanted = 0;
    for (const Pass& pass : passesOf(m_header))
      wanted += (m_header.rowBytes(pass.width(m_header.size)) + 1) * static_cast<std::uint64_t>(pass.height(m_header.size));
    if (wanted > std::uint64_t{1} << 30) refuse("the picture is too large to be a label");
    // Deflate cannot do better than 1032 to 1: no buffer for what cannot be there.
    if (wanted / 1040 > m_compressed.size()) refuse("the PNG file holds less data than its header says");
    std::string raw(static_cast<std::size_t>(wanted), '\0');
    z_stream stream{};
    if (::inflateInit(&stream) != Z_OK) refuse("zlib cannot be started");
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(m_compressed.data()));
    stream.avail_in = static_cast<uInt>(m_compressed.size());
    stream.next_out = reinterpret_cast<Bytef*>(raw.data());
    stream.avail_out = static_cast<uInt>(raw.size());
    const int code = ::inflate(&stream, Z_FINISH);
    const bool full = stream.avail_out == 0;
    ::inflateEnd(&stream);
    if (!full || (code != Z_STREAM_END && code != Z_OK && code != Z_BUF_ERROR)) refuse("the data of the PNG file are damaged");
    return raw;
  }

  std::size_t readPass(const Pass& pass, const std::string& raw, std::size_t at, LabelPixels& pixels) const {
    const std::int64_t width = pass.width(m_header.size), height = pass.height(m_header.size);
    const std::size_t rowBytes = m_header.rowBytes(width);
    const std::size_t back = static_cast<std::size_t>(std::max(1, m_header.channels() * m_header.bits / 8));
    std::vector<std::uint8_t> row(rowBytes), above(rowBytes, 0);
    for (std::int64_t j = 0; j < height; ++j) {
      const int filter = static_cast<unsigned char>(raw[at++]);
      if (filter > 4) refuse("the data of the PNG file are damaged");
      for (std::size_t i = 0; i < rowBytes; ++i) {
        const int a = i >= back ? row[i - back] : 0, b = above[i], c = i >= back ? above[i - back] : 0;
        row[i] = static_cast<std::uint8_t>(static_cast<unsigned char>(raw[at + i]) + predicted(filter, a, b, c));
      }
      at += rowBytes;
      for (std::int64_t i = 0; i < width; ++i)
        pixels.values[static_cast<std::size_t>((pass.y0 + j * pass.dy) * m_header.size.x + pass.x0 + i * pass.dx)] = valueOf(row, i);
      std::swap(row, above);
    }
    return at;
  }

  static int predicted(int filter, int a, int b, int c) {
    if (filter == 1) return a;
    if (filter == 2) return b;
    if (filter == 3) return (a + b) / 2;
    if (filter != 4) return 0;
    const int p = a + b - c, pa = std::abs(p - a), pb = std::abs(p - b), pc = std::abs(p - c);
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
  }

  std::uint32_t valueOf(const std::vector<std::uint8_t>& row, std::int64_t i) const {
    const auto x = static_cast<std::size_t>(i);
    const auto bits = static_cast<std::size_t>(m_header.bits);
    if (m_header.channels() == 1 && bits < 8) {
      const std::size_t bit = x * bits;
      return (row[bit / 8] >> (8 - bits - bit % 8)) & ((1U << bits) - 1);
    }
    const std::size_t bytes = bits / 8, at = x * static_cast<std::size_t>(m_header.channels()) * bytes;
    if (m_header.channels() <= 2) return bytes == 1 ? row[at] : static_cast<std::uint32_t>(row[at] << 8 | row[at + 1]);
    return static_cast<std::uint32_t>(row[at] << 16 | row[at + bytes] << 8 | row[at + 2 * bytes]);  // the upper 8 bits of 16
  }

  std::string_view m_bytes;
  const std::string& m_name;
  Header m_header;
  std::string m_compressed;
};

void append32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 0xff));
}

void appendChunk(std::string& out, const std::string& type, const std::string& data) {
  append32(out, static_cast<std::uint32_t>(data.size()));
  const std::string body = type + data;
  out += body;
  append32(out, static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()))));
}

std::string png(Size size, int bits, int colour, const std::string& palette, const std::string& rows) {
  std::string header;
  append32(header, static_cast<std::uint32_t>(size.x));
  append32(header, static_cast<std::uint32_t>(size.y));
  header += {static_cast<char>(bits), static_cast<char>(colour), 0, 0, 0};
  uLongf length = ::compressBound(static_cast<uLong>(rows.size()));
  std::string compressed(length, '\0');
  if (::compress2(reinterpret_cast<Bytef*>(compressed.data()), &length, reinterpret_cast<const Bytef*>(rows.data()),
                  static_cast<uLong>(rows.size()), 6) != Z_OK)
    throw Error(ErrorKind::Resource, "out-of-memory", "The memory did not suffice to write a PNG file.");
  compressed.resize(length);
  std::string out(kSignature);
  appendChunk(out, "IHDR", header);
  if (!palette.empty()) appendChunk(out, "PLTE", palette);
  appendChunk(out, "IDAT", compressed);
  appendChunk(out, "IEND", "");
  return out;
}

/// Scan lines without filter.
std::string rowsOf(const LabelPixels& pixels, int bits) {
  requireLabelSize(pixels.size);
  const std::uint32_t largest = bits == 8 ? 255 : 65535;
  std::string rows;
  rows.reserve(pixels.values.size() * static_cast<std::size_t>(bits / 8) + static_cast<std::size_t>(pixels.size.y));
  for (std::size_t i = 0; i < pixels.values.size(); ++i) {
    if (i % static_cast<std::size_t>(pixels.size.x) == 0) rows.push_back(0);
    const std::uint32_t value = pixels.values[i];
    if (value > largest)
      throw Error(ErrorKind::BadInput, "bad-image", "The number " + std::to_string(value) + " does not fit into the PNG file.");
    if (bits == 16) rows.push_back(static_cast<char>(value >> 8));
    rows.push_back(static_cast<char>(value & 0xff));
  }
  return rows;
}

}  // namespace

LabelPixels labelsFromPng(std::string_view bytes, const std::string& name) { return PngReader(bytes, name).read(); }

std::string indexedPng(const LabelPixels& pixels, const Palette& palette) {
  std::string colours;
  for (const auto& colour : palette)
    for (const auto channel : colour) colours.push_back(static_cast<char>(channel));
  for (const std::uint32_t value : pixels.values)
    if (value >= palette.size())
      throw Error(ErrorKind::BadInput, "bad-image", "The number " + std::to_string(value) + " has no colour in the palette.");
  return png(pixels.size, 8, Indexed, colours, rowsOf(pixels, 8));
}

std::string greyPng(const LabelPixels& pixels, int bits) { return png(pixels.size, bits, Grey, "", rowsOf(pixels, bits)); }

}  // namespace roundel
