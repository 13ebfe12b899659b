#pragma once
#include <map>
#include <optional>
#include <string>

#include "imaging/decoded_image.h"
#include "imaging/source_file.h"

namespace roundel {

/// How the numbers of a volume lie in its file.
struct RawLayout {
  std::string type;  ///< word of numpy; "int64" and "uint64" are read where they fit 32 bits
  Size size;
  int channels = 1;  ///< 1 or 3, interleaved
  int volumes = 1;
  bool bigEndian = false;
  bool compressed = false;   ///< gzip or zlib
  std::uint64_t begin = 0;   ///< place in the file where the numbers, or the packed stream, begin
  std::uint64_t offset = 0;  ///< of the first number from there, once unpacked
  bool atEnd = false;        ///< the numbers are the last bytes of the file; `begin` does not count
};

/// What a text header ("name = value", "name: value" lines) says.
struct HeaderFields {
  std::map<std::string, std::string> fields;
  std::uint64_t end = 0;  ///< of the header, where pixels in the same file begin

  std::string text(const std::string& name) const;  ///< empty: not there
};

/// Bytes of one number of the type; 0: unknown type.
std::size_t typeBytes(const std::string& type);

/// Checks the layout against `data` (the file that holds the numbers) and reads volume `context.volume`.
/// Throws through data.refuse().
PixelValues readRaw(const SourceFile& data, const DecodeContext& context, const RawLayout& layout);

/// The file of the pixels that a header names beside itself: its plain name in the header's own folder. A path that leaves it
/// is refused, and so are lists and patterns of files.
std::filesystem::path besideFile(const SourceFile& header, const std::string& name);

/// What a header alone says.
ImageProbe probeOf(const std::string& format, const RawLayout& layout, const Geometry& geometry, bool oriented,
                   const PatientFacts& patient);

/// Puts values, size and channels into an image.
void setValues(StoredImage& image, PixelValues values, const RawLayout& layout);

/// The length of each column of a 3x3 row-major matrix becomes the spacing, the rest the direction. False where a column is 0
/// or not finite.
bool splitAxes(Geometry& geometry, const std::array<double, 9>& axes);

}  // namespace roundel
