#include <algorithm>
#include <cmath>

#include "imaging/dicom_facts.h"
#include "imaging/gzip.h"
#include "imaging/raw_volume.h"
#include "imaging/volume_readers.h"

namespace roundel {
namespace {

enum class Kind { Nifti1, Nifti2, Analyze };

/// The header of NIfTI-1 (nifti1.h), NIfTI-2 (nifti2.h) or Analyze 7.5 in one shape.
struct NiftiHeader {
  Kind kind = Kind::Nifti1;
  bool pair = false;  ///< pixels in a file beside the header
  bool bigEndian = false;
  std::array<std::int64_t, 8> dim{};
  std::array<double, 8> pixdim{};
  int type = 0, unit = 0, qform = 0, sform = 0;
  double slope = 0, intercept = 0;
  std::uint64_t offset = 0;
  std::array<double, 6> quaternion{};  ///< b, c, d, offset x, y, z
  std::array<double, 12> rows{};       ///< sform, row-major
};

int sizeofHeader(ByteView bytes, bool bigEndian) { return bytes.size() < 4 ? 0 : static_cast<int>(get32(bytes, 0, bigEndian)); }

bool hasMagic(ByteView bytes, std::size_t at, const char* magic) {
  return bytes.size() >= at + 4 && bytes[at] == static_cast<std::uint8_t>(magic[0]) &&
         bytes[at + 1] == static_cast<std::uint8_t>(magic[1]) && bytes[at + 2] == static_cast<std::uint8_t>(magic[2]);
}

NiftiHeader parse1(ByteView b, bool big) {
  NiftiHeader h{.bigEndian = big};
  if (!hasMagic(b, 344, "n+1") && !hasMagic(b, 344, "ni1")) h.kind = Kind::Analyze;
  h.pair = !hasMagic(b, 344, "n+1");
  for (std::size_t index = 0; index < 8; ++index) {
    h.dim[index] = static_cast<std::int16_t>(get16(b, 40 + 2 * index, big));
    h.pixdim[index] = getFloat(b, 76 + 4 * index, big);
  }
  h.type = static_cast<std::int16_t>(get16(b, 70, big));
  const double offset = getFloat(b, 108, big);
  h.offset = std::isfinite(offset) && offset > 0 && offset < 1e15 ? static_cast<std::uint64_t>(offset) : 0;
  if (h.kind == Kind::Analyze) return h;
  h.slope = getFloat(b, 112, big);
  h.intercept = getFloat(b, 116, big);
  h.unit = b[123] & 7;
  h.qform = static_cast<std::int16_t>(get16(b, 252, big));
  h.sform = static_cast<std::int16_t>(get16(b, 254, big));
  for (std::size_t index = 0; index < 6; ++index) h.quaternion[index] = getFloat(b, 256 + 4 * index, big);
  for (std::size_t index = 0; index < 12; ++index) h.rows[index] = getFloat(b, 280 + 4 * index, big);
  return h;
}

NiftiHeader parse2(ByteView b, bool big) {
  NiftiHeader h{.kind = Kind::Nifti2, .bigEndian = big};
  h.pair = hasMagic(b, 4, "ni2");
  h.type = static_cast<std::int16_t>(get16(b, 12, big));
  for (std::size_t index = 0; index < 8; ++index) {
    h.dim[index] = static_cast<std::int64_t>(get64(b, 16 + 8 * index, big));
    h.pixdim[index] = getDouble(b, 104 + 8 * index, big);
  }
  h.offset = get64(b, 168, big);
  h.slope = getDouble(b, 176, big);
  h.intercept = getDouble(b, 184, big);
  h.qform = static_cast<int>(get32(b, 344, big));
  h.sform = static_cast<int>(get32(b, 348, big));
  for (std::size_t index = 0; index < 6; ++index) h.quaternion[index] = getDouble(b, 352 + 8 * index, big);
  for (std::size_t index = 0; index < 12; ++index) h.rows[index] = getDouble(b, 400 + 8 * index, big);
  h.unit = static_cast<int>(get32(b, 500, big)) & 7;
  return h;
}

NiftiHeader readNiftiHeader(const SourceFile& file, ByteView bytes) {
  for (const bool big : {false, true}) {
    const int size = sizeofHeader(bytes, big);
    if (size == 348 && bytes.size() >= 348) return parse1(bytes, big);
    if (size == 540 && bytes.size() >= 540) return parse2(bytes, big);
  }
  file.refuse("its NIfTI or Analyze header is damaged");
}

/// The type's word and, for RGB24, three channels.
std::string typeOf(const SourceFile& file, int code, int& channels) {
  switch (code) {
    case 2: return "uint8";
    case 4: return "int16";
    case 8: return "int32";
    case 16: return "float32";
    case 64: return "float64";
    case 128: channels = 3; return "uint8";
    case 256: return "int8";
    case 512: return "uint16";
    case 768: return "uint32";
    case 1024: return "int64";
    case 1280: return "uint64";
    default: file.refuse("its numbers are of a type that cannot be read (NIfTI code " + std::to_string(code) + ")");
  }
}

RawLayout layoutOf(const SourceFile& file, const NiftiHeader& header) {
  RawLayout layout{.bigEndian = header.bigEndian, .offset = header.offset};
  layout.type = typeOf(file, header.type, layout.channels);
  const std::int64_t dimensions = header.dim[0];
  if (dimensions < 1 || dimensions > 7) file.refuse("its header states " + std::to_string(dimensions) + " dimensions");
  const auto side = [&](std::size_t axis) { return static_cast<std::int64_t>(axis) <= dimensions ? header.dim[axis] : 1; };
  layout.size = {side(1), side(2), side(3)};
  std::int64_t volumes = 1;
  for (std::size_t axis = 4; axis <= 7; ++axis) {
    const std::int64_t more = side(axis) == 0 ? 1 : side(axis);
    if (more < 1 || more > 1'000'000 || volumes * more > 1'000'000) file.refuse("its header asks for an image beyond reason");
    volumes *= more;
  }
  layout.volumes = static_cast<int>(volumes);
  return layout;
}

/// nifti1.h "METHOD 2": rotation from the quaternion; pixdim[0] below 0 mirrors the z axis. RAS.
std::array<double, 9> quaternionAxes(const NiftiHeader& h) {
  const double b = h.quaternion[0], c = h.quaternion[1], d = h.quaternion[2];
  const double rest = 1 - (b * b + c * c + d * d);
  const double a = rest > 1e-7 ? std::sqrt(rest) : 0;
  const double norm = rest > 1e-7 ? 1 : 1 / std::sqrt(b * b + c * c + d * d);
  const double B = b * norm, C = c * norm, D = d * norm;
  const double x = h.pixdim[1], y = h.pixdim[2], z = h.pixdim[0] < 0 ? -h.pixdim[3] : h.pixdim[3];
  return {(a * a + B * B - C * C - D * D) * x, 2 * (B * C - a * D) * y, 2 * (B * D + a * C) * z, 2 * (B * C + a * D) * x,
          (a * a + C * C - B * B - D * D) * y, 2 * (C * D - a * B) * z, 2 * (B * D - a * C) * x, 2 * (C * D + a * B) * y,
          (a * a + D * D - B * B - C * C) * z};
}

Geometry geometryOf(const NiftiHeader& h, const Size& size, std::vector<Warning>& warnings) {
  Geometry geometry{.size = size};
  std::array<double, 9> axes{};
  std::array<double, 3> origin{};
  bool known = true;
  const auto usable = [](double value) { return std::isfinite(value) && value != 0; };
  if (h.kind != Kind::Analyze && h.sform > 0) {
    for (std::size_t row = 0; row < 3; ++row) {
      for (std::size_t column = 0; column < 3; ++column) axes[3 * row + column] = h.rows[4 * row + column];
      origin[row] = h.rows[4 * row + 3];
    }
  } else if (h.kind != Kind::Analyze && h.qform > 0) {
    axes = quaternionAxes(h);
    origin = {h.quaternion[3], h.quaternion[4], h.quaternion[5]};
  } else {
    // No orientation stated: spacing alone, axes as they lie. Analyze's own orientation code means something else to each program.
    known = false;
    axes = {h.pixdim[1], 0, 0, 0, h.pixdim[2], 0, 0, 0, h.pixdim[3]};
    for (const std::size_t axis : {std::size_t{0}, std::size_t{4}, std::size_t{8}})
      axes[axis] = usable(axes[axis]) ? std::abs(axes[axis]) : 1;
    warnings.push_back({.code = "no-orientation",
                        .caseName = {},
                        .message = "The file does not say how it lies in the patient; left and right are not known."});
  }
  if (known)
    for (std::size_t index = 0; index < 6; ++index) axes[index] = -axes[index];  // RAS to LPS: x and y change sign
  if (!splitAxes(geometry, axes)) {
    warnings.push_back(
        {.code = "bad-geometry", .caseName = {}, .message = "The file's spacing or orientation is damaged; lengths are in pixels."});
    return Geometry{.size = size};
  }
  const double toMm = h.unit == 1 ? 1000 : h.unit == 3 ? 0.001 : 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    geometry.spacingMm[axis] *= toMm;
    const double place = std::isfinite(origin[axis]) ? origin[axis] * toMm : 0;
    geometry.originMm[axis] = known ? (axis < 2 ? -place : place) : 0;
  }
  // No unit and ones all over is what writers leave that know no spacing.
  const bool ones = h.unit == 0 && geometry.spacingMm == std::array<double, 3>{1, 1, 1};
  geometry.spacingSource = !ones && (usable(h.pixdim[1]) || h.sform > 0) ? SpacingSource::FileHeader : SpacingSource::None;
  return geometry;
}

/// The other file of a pair: .hdr for .img and the reverse, plain or gzip, in the letter case of the one that was chosen.
std::filesystem::path sibling(const std::filesystem::path& path, const std::string& extension) {
  std::filesystem::path plain = path;
  const bool packed = plain.extension() == ".gz";
  if (packed) plain.replace_extension();
  std::string wanted = extension;
  if (plain.extension() == ".HDR" || plain.extension() == ".IMG")
    std::transform(wanted.begin(), wanted.end(), wanted.begin(),
                   [](char letter) { return letter == '.' ? letter : static_cast<char>(letter - 32); });
  plain.replace_extension(wanted);
  std::filesystem::path gz = plain;
  gz += ".gz";
  std::error_code failure;
  return std::filesystem::exists(plain, failure) || !std::filesystem::exists(gz, failure) ? plain : gz;
}

NiftiHeader headerOfFile(const SourceFile& file) {
  if (!looksLikeGzip(file.bytes())) return readNiftiHeader(file, file.bytes());
  const Bytes head = inflateUpTo(file, file.bytes(), 540);
  return readNiftiHeader(file, head);
}

bool isImg(const std::filesystem::path& path) {
  std::filesystem::path plain = path;
  if (plain.extension() == ".gz") plain.replace_extension();
  return plain.extension() == ".img" || plain.extension() == ".IMG";
}

/// Whether the header says how the grid lies in the patient.
bool isOriented(const NiftiHeader& header, const std::vector<Warning>& warnings) {
  return header.kind != Kind::Analyze && (header.sform > 0 || header.qform > 0) && warnings.empty();
}

Json sourceOf(const NiftiHeader& header, bool oriented) {
  return {{"oriented", oriented},
          {"format", header.kind == Kind::Analyze ? "analyze" : "nifti"},
          {"version", header.kind == Kind::Nifti2 ? 2 : 1},
          {"sform_code", header.sform},
          {"qform_code", header.qform}};
}

}  // namespace

bool looksLikeNifti(ByteView bytes) {
  for (const bool big : {false, true}) {
    if (sizeofHeader(bytes, big) == 540 && (hasMagic(bytes, 4, "n+2") || hasMagic(bytes, 4, "ni2"))) return true;
    if (sizeofHeader(bytes, big) != 348 || bytes.size() < 348) continue;
    const int dimensions = static_cast<std::int16_t>(get16(bytes, 40, big));
    if (hasMagic(bytes, 344, "n+1") || hasMagic(bytes, 344, "ni1") || (dimensions >= 1 && dimensions <= 7)) return true;
  }
  return false;
}

DecodedImage readNifti(const SourceFile& chosen, const DecodeContext& context) {
  if (isImg(chosen.path())) return readNifti(SourceFile(sibling(chosen.path(), ".hdr")), context);
  const NiftiHeader header = headerOfFile(chosen);
  RawLayout layout = layoutOf(chosen, header);
  DecodedImage decoded{.format = header.kind == Kind::Analyze ? "analyze" : "nifti", .volumes = layout.volumes};
  std::optional<SourceFile> beside;
  if (header.pair) beside.emplace(sibling(chosen.path(), ".img"));
  else layout.offset = std::max<std::uint64_t>(layout.offset, header.kind == Kind::Nifti2 ? 540 : 348);
  const SourceFile& data = beside ? *beside : chosen;
  layout.compressed = looksLikeGzip(data.bytes());
  StoredImage& image = decoded.image;
  setValues(image, readRaw(data, context, layout), layout);
  image.geometry = geometryOf(header, layout.size, decoded.warnings);
  image.source = sourceOf(header, isOriented(header, decoded.warnings));
  if (std::isfinite(header.slope) && header.slope != 0 && std::isfinite(header.intercept) && (header.slope != 1 || header.intercept != 0) &&
      layout.channels == 1)
    image.modality = Rescale{.slope = header.slope, .intercept = header.intercept};
  if (layout.volumes > 1)
    decoded.warnings.push_back({.code = "several-volumes",
                                .caseName = {},
                                .message = "The file holds " + std::to_string(layout.volumes) + " volumes; this is number " +
                                           std::to_string(context.volume + 1) + "."});
  decoded.patient = patientOfFolder(context.salt, chosen.path());
  return decoded;
}

ImageProbe probeNifti(const SourceFile& chosen, const DecodeContext& context) {
  if (isImg(chosen.path())) return probeNifti(SourceFile(sibling(chosen.path(), ".hdr")), context);
  const NiftiHeader header = headerOfFile(chosen);
  const RawLayout layout = layoutOf(chosen, header);
  std::vector<Warning> ignored;
  const Geometry geometry = geometryOf(header, layout.size, ignored);
  return probeOf(header.kind == Kind::Analyze ? "analyze" : "nifti", layout, geometry, isOriented(header, ignored),
                 patientOfFolder(context.salt, chosen.path()));
}

}  // namespace roundel
