#include "exchange/nifti.h"

#include <array>
#include <cmath>
#include <cstring>

#include <zlib.h>

#include "core/error.h"

namespace roundel {
namespace {

/// Fields of the header at their places in the file; little-endian as they lie on every machine that we run on.
class Header {
 public:
  template <class Value>
  void put(std::size_t at, Value value) {
    std::memcpy(m_bytes.data() + at, &value, sizeof(value));
  }
  std::string bytes() const { return std::string(m_bytes.begin(), m_bytes.end()); }

 private:
  std::array<char, 352> m_bytes{};  // 348 and the four bytes that say: no extension
};

/// Columns are the axes in RAS, times the spacing; the last column is the origin.
std::array<std::array<double, 4>, 3> affineOf(const Geometry& geometry) {
  std::array<std::array<double, 4>, 3> affine{};
  for (std::size_t row = 0; row < 3; ++row) {
    const double sign = row < 2 ? -1.0 : 1.0;
    for (std::size_t column = 0; column < 3; ++column)
      affine[row][column] = sign * geometry.direction[row * 3 + column] * geometry.spacingMm[column];
    affine[row][3] = sign * geometry.originMm[row];
  }
  return affine;
}

std::string gzipped(const std::string& plain) {
  z_stream stream{};
  if (::deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw Error(ErrorKind::Resource, "out-of-memory", "The memory did not suffice to write a NIfTI file.");
  std::string out(::deflateBound(&stream, static_cast<uLong>(plain.size())) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int code = ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  if (code != Z_STREAM_END) throw Error(ErrorKind::Resource, "out-of-memory", "The memory did not suffice to write a NIfTI file.");
  return out;
}

}  // namespace

std::string niftiLabelMap(const LabelPixels& pixels, const Geometry& geometry, int bits) {
  const Size size = pixels.size;
  if (size.x > 32767 || size.y > 32767 || size.z > 32767 || size.count() * (bits / 8) > (std::int64_t{1} << 31))
    throw Error(ErrorKind::BadInput, "bad-size", "The image is too large for a NIfTI label map.");
  Header header;
  header.put<std::int32_t>(0, 348);
  const std::array<std::int16_t, 8> dims{static_cast<std::int16_t>(size.z > 1 ? 3 : 2),
                                         static_cast<std::int16_t>(size.x),
                                         static_cast<std::int16_t>(size.y),
                                         static_cast<std::int16_t>(size.z),
                                         1,
                                         1,
                                         1,
                                         1};
  header.put(40, dims);
  header.put<std::int16_t>(68, 1007);  // intent: labels
  header.put<std::int16_t>(70, bits == 8 ? 2 : 512);
  header.put<std::int16_t>(72, static_cast<std::int16_t>(bits));
  const std::array<float, 4> spacing{1, static_cast<float>(geometry.spacingMm[0]), static_cast<float>(geometry.spacingMm[1]),
                                     static_cast<float>(geometry.spacingMm[2])};
  header.put(76, spacing);
  header.put<float>(108, 352);  // where the values begin
  header.put<float>(112, 1);    // slope
  header.put<char>(123, 2);     // millimetres
  const auto affine = affineOf(geometry);
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t column = 0; column < 4; ++column)
      header.put<float>(280 + 16 * row + 4 * column, static_cast<float>(affine[row][column]));
  header.put<std::int16_t>(254, 1);  // the sform counts
  std::string plain = header.bytes();
  plain.replace(344, 4, std::string("n+1\0", 4));
  plain.reserve(plain.size() + pixels.values.size() * static_cast<std::size_t>(bits / 8));
  for (const std::uint32_t value : pixels.values) {
    plain.push_back(static_cast<char>(value & 0xff));
    if (bits == 16) plain.push_back(static_cast<char>(value >> 8 & 0xff));
  }
  return gzipped(plain);
}

}  // namespace roundel
