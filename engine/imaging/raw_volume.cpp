#include "imaging/raw_volume.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "imaging/gzip.h"

namespace roundel {
namespace {

/// 64-bit integers, which label maps of numpy users have, become 32-bit ones where every value fits.
template <class Wide, class Narrow>
PixelValues narrowed(const SourceFile& file, std::span<const std::byte> bytes) {
  std::vector<Narrow> out(bytes.size() / sizeof(Wide));
  for (std::size_t index = 0; index < out.size(); ++index) {
    Wide value{};
    std::memcpy(&value, bytes.data() + index * sizeof(Wide), sizeof(Wide));
    if (value > static_cast<Wide>(std::numeric_limits<Narrow>::max()) || value < static_cast<Wide>(std::numeric_limits<Narrow>::min()))
      file.refuse("it holds 64-bit numbers that do not fit 32 bits");
    out[index] = static_cast<Narrow>(value);
  }
  return out;
}

}  // namespace

std::string HeaderFields::text(const std::string& name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second;
}

std::size_t typeBytes(const std::string& type) {
  if (type == "uint8" || type == "int8") return 1;
  if (type == "uint16" || type == "int16") return 2;
  if (type == "uint32" || type == "int32" || type == "float32") return 4;
  if (type == "uint64" || type == "int64" || type == "float64") return 8;
  return 0;
}

PixelValues readRaw(const SourceFile& data, const DecodeContext& context, const RawLayout& layout) {
  const std::size_t width = typeBytes(layout.type);
  if (width == 0) data.refuse("its numbers are of a type that cannot be read");
  if (context.volume < 0 || context.volume >= layout.volumes)
    data.refuse("it holds " + std::to_string(layout.volumes) + " volumes; there is no number " + std::to_string(context.volume + 1));
  const std::int64_t sides[] = {layout.size.x, layout.size.y, layout.size.z};
  const std::uint64_t need =
      requirePlausible(data, context, sides, width * static_cast<std::size_t>(layout.channels), layout.compressed ? kDeflateExpansion : 1);
  const auto before = static_cast<std::uint64_t>(context.volume);
  if (before > (std::numeric_limits<std::uint64_t>::max() / 4 - layout.offset) / need)
    data.refuse("its header asks for an image beyond reason");
  const std::uint64_t begin = layout.offset + before * need, end = begin + need;
  Bytes unpacked;
  const std::uint64_t whole = before * need + need;
  const std::uint64_t start =
      layout.atEnd ? (data.size() > whole ? data.size() - whole : 0) : std::min<std::uint64_t>(layout.begin, data.size());
  ByteView bytes = data.bytes().subspan(static_cast<std::size_t>(start));
  const auto requireWhole = [&](std::uint64_t there) {
    if (there < need)
      data.refuse("its header asks for " + std::to_string(need) + " bytes of pixels, but only " + std::to_string(there) + " are there",
                  "The file is incomplete; copy it again from where it came.");
  };
  const bool wide = width == 8 && layout.type != "float64";
  if (layout.compressed && end > context.limits.largestImageBytes) data.refuse("what lies before its pixels is larger than the limit");
  if (layout.compressed && !wide) {
    PixelValues values = makeValues(layout.type, static_cast<std::size_t>(need / width));
    requireWhole(inflateInto(data, bytes, begin, valueBytes(values)));
    if (layout.bigEndian && width > 1) swapBytes(valueBytes(values), width);
    return values;
  }
  if (layout.compressed) {
    unpacked = inflateUpTo(data, bytes, end + 1);  // one more, so that the checksum behind the last volume is looked at
    bytes = unpacked;
  }
  requireWhole(bytes.size() > begin ? std::min<std::uint64_t>(bytes.size() - begin, need) : 0);
  const auto payload = bytes.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(need));
  if (wide) {
    std::vector<std::byte> numbers(payload.size());
    std::memcpy(numbers.data(), payload.data(), payload.size());
    if (layout.bigEndian) swapBytes(numbers, width);
    return layout.type == "int64" ? narrowed<std::int64_t, std::int32_t>(data, numbers)
                                  : narrowed<std::uint64_t, std::uint32_t>(data, numbers);
  }
  PixelValues values = makeValues(layout.type, static_cast<std::size_t>(need / width));
  const auto target = valueBytes(values);
  std::memcpy(target.data(), payload.data(), target.size());
  if (layout.bigEndian && width > 1) swapBytes(target, width);
  return values;
}

std::filesystem::path besideFile(const SourceFile& header, const std::string& name) {
  if (name.starts_with("LIST") || name.find('%') != std::string::npos)
    header.refuse("it spreads its pixels over several files, which cannot be read");
  const std::filesystem::path wanted(name);
  if (name.empty() || wanted.is_absolute() || wanted.has_parent_path() || name == "..")
    header.refuse("it names a file outside its own folder for its pixels");
  return header.path().parent_path() / wanted;
}

ImageProbe probeOf(const std::string& format, const RawLayout& layout, const Geometry& geometry, bool oriented,
                   const PatientFacts& patient) {
  return {.format = format,
          .size = layout.size,
          .channels = layout.channels,
          .volumes = layout.volumes,
          .spacingSource = geometry.spacingSource,
          .spacingMm = geometry.spacingMm,
          .originMm = geometry.originMm,
          .direction = geometry.direction,
          .oriented = oriented,
          .patient = patient};
}

void setValues(StoredImage& image, PixelValues values, const RawLayout& layout) {
  image.values = std::move(values);
  image.geometry.size = layout.size;
  image.channels = layout.channels;
  image.photometric = layout.channels == 3 ? Photometric::Rgb : Photometric::Monochrome2;
  image.bitsStored = static_cast<int>(8 * std::min<std::size_t>(typeBytes(layout.type), isFloat(image.values) ? 8 : 4));
}

bool splitAxes(Geometry& geometry, const std::array<double, 9>& axes) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double length = std::hypot(axes[axis], axes[3 + axis], axes[6 + axis]);
    if (!std::isfinite(length) || !(length > 0)) return false;
    geometry.spacingMm[axis] = length;
    for (std::size_t row = 0; row < 3; ++row) geometry.direction[3 * row + axis] = axes[3 * row + axis] / length;
  }
  return true;
}

}  // namespace roundel
