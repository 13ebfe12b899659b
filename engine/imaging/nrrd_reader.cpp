#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <utility>

#include "imaging/dicom_facts.h"
#include "imaging/raw_volume.h"
#include "imaging/volume_readers.h"

namespace roundel {
namespace {

std::string lower(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

/// "name: value" lines up to an empty one; names in lower case, without spaces.
HeaderFields readNrrdHeader(const SourceFile& file) {
  HeaderFields header;
  // Slicer writes long segment tables into the header; a megabyte holds the longest.
  const ByteView bytes = file.bytes().first(std::min<std::size_t>(file.bytes().size(), std::size_t{1} << 20));
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const std::string line(from, std::find(from, bytes.end(), '\n'));
    at += line.size() + 1;
    if (trimmed(line).empty()) {
      header.end = at;
      return header;
    }
    const auto colon = line.find(':');
    if (line[0] == '#' || colon == std::string::npos || line.compare(colon, 2, ":=") == 0) continue;
    std::string name = lower(trimmed(std::string_view(line).substr(0, colon)));
    name.erase(std::remove(name.begin(), name.end(), ' '), name.end());
    header.fields.emplace(name, trimmed(std::string_view(line).substr(colon + 1)));
  }
  header.end = at;  // a detached header may end without an empty line
  return header;
}

std::string nrrdTypeOf(const SourceFile& file, const std::string& word) {
  static const std::map<std::string, std::string> kTypes{{"uchar", "uint8"},
                                                         {"unsigned char", "uint8"},
                                                         {"uint8", "uint8"},
                                                         {"uint8_t", "uint8"},
                                                         {"signed char", "int8"},
                                                         {"int8", "int8"},
                                                         {"int8_t", "int8"},
                                                         {"short", "int16"},
                                                         {"short int", "int16"},
                                                         {"signed short", "int16"},
                                                         {"signed short int", "int16"},
                                                         {"int16", "int16"},
                                                         {"int16_t", "int16"},
                                                         {"ushort", "uint16"},
                                                         {"unsigned short", "uint16"},
                                                         {"unsigned short int", "uint16"},
                                                         {"uint16", "uint16"},
                                                         {"uint16_t", "uint16"},
                                                         {"int", "int32"},
                                                         {"signed int", "int32"},
                                                         {"int32", "int32"},
                                                         {"int32_t", "int32"},
                                                         {"uint", "uint32"},
                                                         {"unsigned int", "uint32"},
                                                         {"uint32", "uint32"},
                                                         {"uint32_t", "uint32"},
                                                         {"longlong", "int64"},
                                                         {"long long", "int64"},
                                                         {"long long int", "int64"},
                                                         {"int64", "int64"},
                                                         {"int64_t", "int64"},
                                                         {"ulonglong", "uint64"},
                                                         {"unsigned long long", "uint64"},
                                                         {"unsigned long long int", "uint64"},
                                                         {"uint64", "uint64"},
                                                         {"uint64_t", "uint64"},
                                                         {"float", "float32"},
                                                         {"double", "float64"}};
  const auto found = kTypes.find(lower(word));
  if (found == kTypes.end()) file.refuse("its numbers are of a type that cannot be read");
  return found->second;
}

/// "(a,b,c)" to three numbers; none for the word "none" or damage.
std::vector<double> vectorOf(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char letter) { return letter == '(' || letter == ')' || letter == ','; }, ' ');
  std::vector<double> numbers;
  for (const auto& word : words(text)) {
    const double value = toNumber(word, std::nan(""));
    if (std::isnan(value)) return {};
    numbers.push_back(value);
  }
  return numbers;
}

/// One entry an axis: "(...)" or a word.
std::vector<std::string> axisEntries(const std::string& text) {
  std::vector<std::string> entries;
  std::string entry;
  bool inside = false;
  for (const char letter : text + " ") {
    if (letter == '(') inside = true;
    if (letter == ')') inside = false;
    const bool space = std::isspace(static_cast<unsigned char>(letter)) != 0;
    if (space && !inside) {
      if (!entry.empty()) entries.push_back(std::exchange(entry, {}));
    } else if (!space) {
      entry += letter;
    }
  }
  return entries;
}

/// The axes of the array: an optional channel axis first, two or three of space, an optional axis of volumes last.
struct NrrdAxes {
  std::size_t first = 0;  ///< of space
  std::size_t space = 3;
};

NrrdAxes arrange(const SourceFile& file, const HeaderFields& header, RawLayout& layout) {
  std::vector<std::int64_t> sizes;
  for (const auto& word : words(header.text("sizes"))) sizes.push_back(toInteger(word, -1));
  const auto dimension = toInteger(header.text("dimension"), 0);
  if (dimension < 2 || dimension > 4 || sizes.size() != static_cast<std::size_t>(dimension))
    file.refuse("its header states no size that makes sense");
  for (const auto size : sizes)
    if (size < 1 || size > (std::int64_t{1} << 31)) file.refuse("its header asks for an image beyond reason");
  const auto directions = axisEntries(header.text("spacedirections"));
  const auto kinds = words(lower(header.text("kinds")));
  const auto isSpatial = [&](std::size_t axis) {
    if (axis < directions.size()) return directions[axis] != "none";
    return axis >= kinds.size() || kinds[axis] == "domain" || kinds[axis] == "space" || kinds[axis] == "none" || kinds[axis] == "???";
  };
  NrrdAxes axes{.space = sizes.size()};
  if (sizes.size() > 2 && !isSpatial(0)) {
    if (sizes[0] != 1 && sizes[0] != 3) file.refuse("it holds " + std::to_string(sizes[0]) + " numbers for a pixel; 1 and 3 can be read");
    layout.channels = static_cast<int>(sizes[0]);
    axes = {.first = 1, .space = sizes.size() - 1};
  }
  if (axes.space == 4 || (axes.space == 3 && sizes.size() > 2 && !isSpatial(axes.first + 2))) {
    layout.volumes = static_cast<int>(std::min<std::int64_t>(sizes[axes.first + axes.space - 1], 1'000'000));
    --axes.space;
  }
  const auto side = [&](std::size_t axis) { return axis < axes.space ? sizes[axes.first + axis] : 1; };
  layout.size = {side(0), side(1), side(2)};
  return axes;
}

Geometry geometryOf(const HeaderFields& header, const NrrdAxes& axes, const Size& size, std::vector<Warning>& warnings) {
  Geometry geometry{.size = size};
  const std::string space = lower(header.text("space"));
  const bool ras = space == "right-anterior-superior" || space == "ras" || space.starts_with("right-anterior-superior-time");
  const bool las = space == "left-anterior-superior" || space == "las" || space.starts_with("left-anterior-superior-time");
  const std::array<double, 3> sign{ras ? -1.0 : 1.0, ras || las ? -1.0 : 1.0, 1.0};
  const auto directions = axisEntries(header.text("spacedirections"));
  if (directions.size() >= axes.first + axes.space) {
    std::array<double, 9> matrix{1, 0, 0, 0, 1, 0, 0, 0, 1};
    bool good = true;
    for (std::size_t axis = 0; axis < axes.space; ++axis) {
      const auto vector = vectorOf(directions[axes.first + axis]);
      good = good && vector.size() >= 2;
      for (std::size_t part = 0; part < 3; ++part) matrix[3 * part + axis] = part < vector.size() ? sign[part] * vector[part] : 0;
    }
    if (good && splitAxes(geometry, matrix)) {
      geometry.spacingSource = SpacingSource::FileHeader;
    } else {
      warnings.push_back(
          {.code = "bad-geometry", .caseName = {}, .message = "The file's spacing or orientation is damaged; lengths are in pixels."});
      return Geometry{.size = size};
    }
  } else {
    const auto spacings = words(header.text("spacings"));
    bool stated = spacings.size() >= axes.first + axes.space;
    for (std::size_t axis = 0; axis < axes.space && stated; ++axis) {
      const double value = std::abs(toNumber(spacings[axes.first + axis], 0));
      stated = std::isfinite(value) && value > 0;
      if (stated) geometry.spacingMm[axis] = value;
    }
    if (stated) geometry.spacingSource = SpacingSource::FileHeader;
    else geometry.spacingMm = {1, 1, 1};
  }
  const auto origin = vectorOf(header.text("spaceorigin"));
  for (std::size_t axis = 0; axis < 3 && axis < origin.size(); ++axis)
    geometry.originMm[axis] = std::isfinite(origin[axis]) ? sign[axis] * origin[axis] : 0;
  return geometry;
}

bool isOriented(const HeaderFields& header, const std::vector<Warning>& warnings) {
  return !header.text("space").empty() && !header.text("spacedirections").empty() && warnings.empty();
}

RawLayout layoutOf(const SourceFile& file, const HeaderFields& header, NrrdAxes& axes) {
  RawLayout layout{.type = nrrdTypeOf(file, header.text("type")), .bigEndian = lower(header.text("endian")) == "big"};
  axes = arrange(file, header, layout);
  const std::string encoding = lower(header.text("encoding"));
  layout.compressed = encoding == "gzip" || encoding == "gz";
  if (!layout.compressed && encoding != "raw")
    file.refuse("its pixels are packed as \"" + encoding.substr(0, 20) + "\"; raw and gzip can be read");
  return layout;
}

/// Skips `lines` lines from `begin` on.
std::uint64_t afterLines(const SourceFile& file, std::uint64_t begin, std::int64_t lines) {
  const ByteView bytes = file.bytes();
  while (lines-- > 0 && begin < bytes.size()) {
    const auto found = std::find(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.end(), '\n');
    begin = static_cast<std::uint64_t>(found - bytes.begin()) + 1;
  }
  return begin;
}

}  // namespace

bool looksLikeNrrd(ByteView bytes) {
  static constexpr char kMagic[] = "NRRD000";
  return bytes.size() > 8 && std::equal(kMagic, kMagic + 7, bytes.begin());
}

DecodedImage readNrrd(const SourceFile& file, const DecodeContext& context) {
  const HeaderFields header = readNrrdHeader(file);
  NrrdAxes axes;
  RawLayout layout = layoutOf(file, header, axes);
  std::string place = header.text("datafile");
  std::optional<SourceFile> beside;
  if (place.empty()) {
    layout.begin = header.end;
  } else {
    if (place.starts_with("./")) place.erase(0, 2);
    beside.emplace(besideFile(file, place));
  }
  const SourceFile& data = beside ? *beside : file;
  layout.begin = afterLines(data, layout.begin, toInteger(header.text("lineskip"), 0));
  const std::int64_t skip = toInteger(header.text("byteskip"), 0);
  if (skip < -1) file.refuse("its byte skip is damaged");
  layout.atEnd = skip == -1 && !layout.compressed;
  if (skip > 0) (layout.compressed ? layout.offset : layout.begin) += static_cast<std::uint64_t>(skip);

  DecodedImage decoded{.format = "nrrd", .volumes = layout.volumes};
  StoredImage& image = decoded.image;
  setValues(image, readRaw(data, context, layout), layout);
  image.geometry = geometryOf(header, axes, layout.size, decoded.warnings);
  image.source = {{"format", "nrrd"}, {"space", header.text("space")}, {"oriented", isOriented(header, decoded.warnings)}};
  decoded.patient = patientOfFolder(context.salt, file.path());
  return decoded;
}

ImageProbe probeNrrd(const SourceFile& file, const DecodeContext& context) {
  const HeaderFields header = readNrrdHeader(file);
  NrrdAxes axes;
  const RawLayout layout = layoutOf(file, header, axes);
  std::vector<Warning> ignored;
  const Geometry geometry = geometryOf(header, axes, layout.size, ignored);
  return probeOf("nrrd", layout, geometry, isOriented(header, ignored), patientOfFolder(context.salt, file.path()));
}

}  // namespace roundel
