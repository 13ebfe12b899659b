#include <algorithm>
#include <cmath>
#include <map>

#include "imaging/dicom_facts.h"
#include "imaging/raw_volume.h"
#include "imaging/volume_readers.h"

namespace roundel {
namespace {

struct MetaHeader : HeaderFields {
  std::vector<double> numbers(const std::string& name) const {
    std::vector<double> result;
    for (const auto& word : words(text(name))) result.push_back(toNumber(word, std::nan("")));
    return result;
  }
  bool isTrue(const std::string& name) const {
    const std::string word = text(name);
    return word == "True" || word == "true" || word == "TRUE" || word == "1";
  }
};

/// "Name = value" lines up to ElementDataFile, which is the last.
MetaHeader readMetaHeader(const SourceFile& file) {
  MetaHeader header;
  const ByteView bytes = file.bytes().first(std::min<std::size_t>(file.bytes().size(), 65536));
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto stop = std::find(from, bytes.end(), '\n');
    const std::string line(from, stop);
    at += line.size() + 1;
    const auto equals = line.find('=');
    if (equals == std::string::npos) {
      if (trimmed(line).empty()) continue;
      break;
    }
    const std::string name = trimmed(std::string_view(line).substr(0, equals));
    header.fields.emplace(name, trimmed(std::string_view(line).substr(equals + 1)));
    if (name == "ElementDataFile") {
      header.end = at;
      return header;
    }
  }
  file.refuse("its MetaImage header has no end (ElementDataFile)");
}

std::string metaTypeOf(const SourceFile& file, const std::string& word) {
  static const std::map<std::string, std::string> kTypes{{"MET_UCHAR", "uint8"},     {"MET_CHAR", "int8"},     {"MET_USHORT", "uint16"},
                                                         {"MET_SHORT", "int16"},     {"MET_UINT", "uint32"},   {"MET_INT", "int32"},
                                                         {"MET_ULONG", "uint64"},    {"MET_LONG", "int64"},    {"MET_ULONG_LONG", "uint64"},
                                                         {"MET_LONG_LONG", "int64"}, {"MET_FLOAT", "float32"}, {"MET_DOUBLE", "float64"}};
  const auto found = kTypes.find(word);
  if (found == kTypes.end()) file.refuse("its numbers are of a type that cannot be read");
  return found->second;
}

RawLayout layoutOf(const SourceFile& file, const MetaHeader& header) {
  RawLayout layout{.type = metaTypeOf(file, header.text("ElementType")),
                   .bigEndian = header.isTrue("BinaryDataByteOrderMSB") || header.isTrue("ElementByteOrderMSB"),
                   .compressed = header.isTrue("CompressedData")};
  const auto sizes = header.numbers("DimSize");
  const std::int64_t dimensions = toInteger(header.text("NDims"), static_cast<std::int64_t>(sizes.size()));
  if (dimensions < 2 || dimensions > 4 || sizes.size() < static_cast<std::size_t>(dimensions))
    file.refuse("its header states no size that makes sense");
  const auto side = [&](std::size_t axis) {
    if (axis >= static_cast<std::size_t>(dimensions)) return std::int64_t{1};
    if (!(sizes[axis] >= 1) || sizes[axis] > 2147483648.0) file.refuse("its header asks for an image beyond reason");
    return static_cast<std::int64_t>(sizes[axis]);
  };
  layout.size = {side(0), side(1), side(2)};
  layout.volumes = static_cast<int>(std::min<std::int64_t>(side(3), 1'000'000));
  const std::int64_t channels = toInteger(header.text("ElementNumberOfChannels"), 1);
  if (channels != 1 && channels != 3) file.refuse("it holds " + std::to_string(channels) + " numbers for a pixel; 1 and 3 can be read");
  layout.channels = static_cast<int>(channels);
  const std::string binary = header.text("BinaryData");
  if (!binary.empty() && !header.isTrue("BinaryData")) file.refuse("it holds its pixels as text, which cannot be read");
  return layout;
}

Geometry geometryOf(const MetaHeader& header, const RawLayout& layout, std::vector<Warning>& warnings) {
  Geometry geometry{.size = layout.size};
  const std::size_t dimensions = static_cast<std::size_t>(std::clamp<std::int64_t>(toInteger(header.text("NDims"), 3), 2, 4));
  auto spacing = header.numbers("ElementSpacing");
  if (spacing.empty()) spacing = header.numbers("ElementSize");
  auto matrix = header.numbers("TransformMatrix");
  if (matrix.empty()) matrix = header.numbers("Rotation");
  if (matrix.empty()) matrix = header.numbers("Orientation");
  auto offset = header.numbers("Offset");
  if (offset.empty()) offset = header.numbers("Position");
  if (offset.empty()) offset = header.numbers("Origin");
  const std::size_t used = std::min<std::size_t>(dimensions, 3);
  std::array<double, 9> axes{1, 0, 0, 0, 1, 0, 0, 0, 1};
  // The matrix is written axis by axis: its row k is the direction of axis k.
  if (matrix.size() >= dimensions * dimensions)
    for (std::size_t axis = 0; axis < used; ++axis)
      for (std::size_t part = 0; part < used; ++part) axes[3 * part + axis] = matrix[dimensions * axis + part];
  if (!splitAxes(geometry, axes)) {
    warnings.push_back({.code = "bad-geometry", .caseName = {}, .message = "The file's orientation is damaged; it is taken as unrotated."});
    geometry.direction = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  }
  geometry.spacingMm = {1, 1, 1};
  bool stated = spacing.size() >= used;
  for (std::size_t axis = 0; axis < used && stated; ++axis) stated = std::isfinite(spacing[axis]) && spacing[axis] > 0;
  if (stated) {
    std::copy_n(spacing.begin(), used, geometry.spacingMm.begin());
    geometry.spacingSource = SpacingSource::FileHeader;
  }
  for (std::size_t axis = 0; axis < used && axis < offset.size(); ++axis)
    geometry.originMm[axis] = std::isfinite(offset[axis]) ? offset[axis] : 0;
  return geometry;
}

bool isOriented(const MetaHeader& header, const RawLayout& layout, const std::vector<Warning>& warnings) {
  const auto states = [&](const char* name) { return !header.text(name).empty(); };
  return layout.size.z > 1 && warnings.empty() &&
         (states("TransformMatrix") || states("Rotation") || states("Orientation") || states("Offset") || states("Position") ||
          states("Origin"));
}

}  // namespace

bool looksLikeMetaImage(ByteView bytes) {
  const std::string start(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(bytes.size(), 512)));
  return start.starts_with("ObjectType") ||
         (start.find("NDims") < 256 && start.find('=') < 256 && start.find("NDims") != std::string::npos);
}

DecodedImage readMetaImage(const SourceFile& file, const DecodeContext& context) {
  const MetaHeader header = readMetaHeader(file);
  RawLayout layout = layoutOf(file, header);
  const std::string place = header.text("ElementDataFile");
  std::optional<SourceFile> beside;
  if (place == "LOCAL" || place == "Local" || place == "local") {
    layout.begin = header.end;
  } else {
    beside.emplace(besideFile(file, place));
    const std::int64_t skip = toInteger(header.text("HeaderSize"), 0);
    if (skip < -1) file.refuse("its header size is damaged");
    layout.atEnd = skip == -1;
    if (skip > 0) layout.begin = static_cast<std::uint64_t>(skip);
  }
  DecodedImage decoded{.format = "metaimage", .volumes = layout.volumes};
  StoredImage& image = decoded.image;
  setValues(image, readRaw(beside ? *beside : file, context, layout), layout);
  image.geometry = geometryOf(header, layout, decoded.warnings);
  image.source = {{"format", "metaimage"},
                  {"anatomical_orientation", header.text("AnatomicalOrientation")},
                  {"oriented", isOriented(header, layout, decoded.warnings)}};
  decoded.patient = patientOfFolder(context.salt, file.path());
  return decoded;
}

ImageProbe probeMetaImage(const SourceFile& file, const DecodeContext& context) {
  const MetaHeader header = readMetaHeader(file);
  const RawLayout layout = layoutOf(file, header);
  std::vector<Warning> ignored;
  const Geometry geometry = geometryOf(header, layout, ignored);
  return probeOf("metaimage", layout, geometry, isOriented(header, layout, ignored), patientOfFolder(context.salt, file.path()));
}

}  // namespace roundel
