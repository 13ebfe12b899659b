#include "imaging/image_writer.h"

#include <png.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <csetjmp>
#include <cstring>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/files.h"
#include "imaging/decoded_image.h"
#include "imaging/gzip.h"

namespace roundel {
namespace {

[[noreturn]] void unfit(const std::string& what) {
  throw Error(ErrorKind::Defect, "bad-image", "An image could not be written: " + what + ".");
}

void requireCount(std::int64_t width, std::int64_t height, std::size_t channels, std::size_t given) {
  if (width < 1 || height < 1 || width > 1'000'000 || height > 1'000'000) unfit("its size is not between 1 and 1000000 pixels");
  if (given != static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * channels) unfit("its values do not fit its size");
}

void appendBytes(png_structp png, png_bytep bytes, std::size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(bytes), count);
}
void flushNothing(png_structp) {}
void leaveWriter(png_structp png, png_const_charp) { png_longjmp(png, 1); }
void ignoreWarning(png_structp, png_const_charp) {}

struct PngEncoder {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, leaveWriter, ignoreWarning);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  PngEncoder() = default;
  ~PngEncoder() { png_destroy_write_struct(&png, &info); }
  PngEncoder(const PngEncoder&) = delete;
  PngEncoder& operator=(const PngEncoder&) = delete;
};

struct PngPlan {
  std::int64_t width = 0, height = 0;
  int depth = 8, colour = PNG_COLOR_TYPE_GRAY;
  const png_color* palette = nullptr;
  int colours = 0;
};

bool encode(PngEncoder& encoder, std::string& out, const PngPlan& plan, png_bytepp rows) {
  if (setjmp(png_jmpbuf(encoder.png))) return false;
  png_set_write_fn(encoder.png, &out, appendBytes, flushNothing);
  png_set_IHDR(encoder.png, encoder.info, static_cast<png_uint_32>(plan.width), static_cast<png_uint_32>(plan.height), plan.depth,
               plan.colour, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (plan.palette) png_set_PLTE(encoder.png, encoder.info, plan.palette, plan.colours);
  png_write_info(encoder.png, encoder.info);
  if (plan.depth == 16 && std::endian::native == std::endian::little) png_set_swap(encoder.png);
  png_write_image(encoder.png, rows);
  png_write_end(encoder.png, nullptr);
  return true;
}

std::string encodeRows(const PngPlan& plan, const void* pixels, std::size_t rowBytes) {
  PngEncoder encoder;
  std::string out;
  // libpng takes rows it may change, but does not change them without a transformation in place.
  auto* bytes = const_cast<png_bytep>(static_cast<const png_byte*>(pixels));
  std::vector<png_bytep> rows(static_cast<std::size_t>(plan.height));
  for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = bytes + row * rowBytes;
  if (!encoder.info || !encode(encoder, out, plan, rows.data())) unfit("the PNG library failed");
  return out;
}

template <class T>
void put(Bytes& bytes, std::size_t at, T value) {
  static_assert(std::endian::native == std::endian::little);
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

std::int16_t niftiType(const PixelValues& values) {
  static constexpr std::int16_t kCodes[] = {2, 256, 512, 4, 768, 8, 16, 64};
  return kCodes[values.index()];
}

std::string numberText(double value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

ByteView viewOf(const PixelValues& values) {
  const auto bytes = valueBytes(values);
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace

std::string encodeGreyPng(std::int64_t width, std::int64_t height, std::span<const std::uint8_t> pixels) {
  requireCount(width, height, 1, pixels.size());
  return encodeRows({.width = width, .height = height}, pixels.data(), static_cast<std::size_t>(width));
}

std::string encodeGreyPng16(std::int64_t width, std::int64_t height, std::span<const std::uint16_t> pixels) {
  requireCount(width, height, 1, pixels.size());
  return encodeRows({.width = width, .height = height, .depth = 16}, pixels.data(), 2 * static_cast<std::size_t>(width));
}

std::string encodeRgbPng(std::int64_t width, std::int64_t height, std::span<const std::uint8_t> pixels) {
  requireCount(width, height, 3, pixels.size());
  return encodeRows({.width = width, .height = height, .colour = PNG_COLOR_TYPE_RGB}, pixels.data(), 3 * static_cast<std::size_t>(width));
}

std::string encodeIndexedPng(std::int64_t width, std::int64_t height, std::span<const std::uint8_t> pixels,
                             std::span<const Colour> palette) {
  requireCount(width, height, 1, pixels.size());
  if (palette.empty() || palette.size() > 256) unfit("a palette has 1 to 256 colours");
  if (std::any_of(pixels.begin(), pixels.end(), [&](std::uint8_t index) { return index >= palette.size(); }))
    unfit("a pixel has an index that its palette does not have");
  std::vector<png_color> colours;
  for (const auto& colour : palette) colours.push_back({.red = colour[0], .green = colour[1], .blue = colour[2]});
  return encodeRows({.width = width,
                     .height = height,
                     .colour = PNG_COLOR_TYPE_PALETTE,
                     .palette = colours.data(),
                     .colours = static_cast<int>(colours.size())},
                    pixels.data(), static_cast<std::size_t>(width));
}

void writeGreyPng(const std::filesystem::path& path, std::int64_t width, std::int64_t height, std::span<const std::uint8_t> pixels) {
  writeFileAtomically(path, encodeGreyPng(width, height, pixels));
}

void writeGreyPng16(const std::filesystem::path& path, std::int64_t width, std::int64_t height, std::span<const std::uint16_t> pixels) {
  writeFileAtomically(path, encodeGreyPng16(width, height, pixels));
}

void writeRgbPng(const std::filesystem::path& path, std::int64_t width, std::int64_t height, std::span<const std::uint8_t> pixels) {
  writeFileAtomically(path, encodeRgbPng(width, height, pixels));
}

void writeIndexedPng(const std::filesystem::path& path, std::int64_t width, std::int64_t height, std::span<const std::uint8_t> pixels,
                     std::span<const Colour> palette) {
  writeFileAtomically(path, encodeIndexedPng(width, height, pixels, palette));
}

std::string encodeImagePng(const Image& image, GreyDepth depth, std::int64_t z) {
  const Size& size = image.geometry.size;
  const auto pixels = static_cast<std::size_t>(size.x * size.y);
  if (z < 0 || z >= size.z || image.values.size() != pixels * static_cast<std::size_t>(size.z)) unfit("its values do not fit its size");
  const auto slice = std::span(image.values).subspan(static_cast<std::size_t>(z) * pixels, pixels);
  // NaN has no grey: black.
  const auto grey = [](float value, double most) {
    return std::isnan(value) ? 0.0 : std::floor(std::clamp(static_cast<double>(value), 0.0, 1.0) * most + 0.5);
  };
  if (depth == GreyDepth::Sixteen) {
    std::vector<std::uint16_t> values(pixels);
    std::transform(slice.begin(), slice.end(), values.begin(), [&](float value) { return static_cast<std::uint16_t>(grey(value, 65535)); });
    return encodeGreyPng16(size.x, size.y, values);
  }
  std::vector<std::uint8_t> values(pixels);
  std::transform(slice.begin(), slice.end(), values.begin(), [&](float value) { return static_cast<std::uint8_t>(grey(value, 255)); });
  return encodeGreyPng(size.x, size.y, values);
}

void writeImagePng(const std::filesystem::path& path, const Image& image, GreyDepth depth, std::int64_t z) {
  writeFileAtomically(path, encodeImagePng(image, depth, z));
}

void writeNifti(const std::filesystem::path& path, const Geometry& geometry, const PixelValues& values, NiftiIntent intent) {
  const Size& size = geometry.size;
  if (size.x > 32767 || size.y > 32767 || size.z > 32767)
    throw Error(ErrorKind::BadInput, "bad-size", "The image is too large for NIfTI, which holds at most 32767 pixels a side.",
                {.path = displayPath(path)});
  if (valueCount(values) != static_cast<std::size_t>(size.count())) unfit("its values do not fit its size");
  Bytes bytes(352);
  put(bytes, 0, std::int32_t{348});
  const std::int16_t dim[] = {static_cast<std::int16_t>(size.z > 1 ? 3 : 2),
                              static_cast<std::int16_t>(size.x),
                              static_cast<std::int16_t>(size.y),
                              static_cast<std::int16_t>(size.z),
                              1,
                              1,
                              1,
                              1};
  for (std::size_t index = 0; index < 8; ++index) put(bytes, 40 + 2 * index, dim[index]);
  if (intent == NiftiIntent::Labels) put(bytes, 68, std::int16_t{1007});
  put(bytes, 70, niftiType(values));
  const std::size_t width = valueBytes(values).size() / std::max<std::size_t>(valueCount(values), 1);
  put(bytes, 72, static_cast<std::int16_t>(8 * width));
  put(bytes, 76, 1.0F);
  for (std::size_t axis = 0; axis < 3; ++axis) put(bytes, 80 + 4 * axis, static_cast<float>(geometry.spacingMm[axis]));
  put(bytes, 108, 352.0F);
  put(bytes, 112, 1.0F);
  bytes[123] = geometry.hasSpacing() ? 2 : 0;
  put(bytes, 254, std::int16_t{1});
  for (std::size_t row = 0; row < 3; ++row) {
    const double sign = row < 2 ? -1 : 1;  // LPS to RAS
    for (std::size_t axis = 0; axis < 3; ++axis)
      put(bytes, 280 + 16 * row + 4 * axis, static_cast<float>(sign * geometry.direction[3 * row + axis] * geometry.spacingMm[axis]));
    put(bytes, 292 + 16 * row, static_cast<float>(sign * geometry.originMm[row]));
  }
  std::memcpy(bytes.data() + 344, "n+1", 4);
  const std::array<ByteView, 2> parts{bytes, viewOf(values)};
  AtomicFile file(path);
  if (path.extension() == ".gz") writeGzipped(file, parts);
  else
    for (const ByteView part : parts) file.write(part.data(), part.size());
  file.finish();
}

void writeNrrd(const std::filesystem::path& path, const Geometry& geometry, const PixelValues& values) {
  const Size& size = geometry.size;
  if (valueCount(values) != static_cast<std::size_t>(size.count())) unfit("its values do not fit its size");
  static constexpr const char* kTypes[] = {"uint8", "int8", "uint16", "int16", "uint32", "int32", "float", "double"};
  std::string text = "NRRD0004\ntype: " + std::string(kTypes[values.index()]) +
                     "\ndimension: 3\nspace: left-posterior-superior\nsizes: " + std::to_string(size.x) + " " + std::to_string(size.y) +
                     " " + std::to_string(size.z) + "\nspace directions:";
  const auto vector = [](double x, double y, double z) { return "(" + numberText(x) + "," + numberText(y) + "," + numberText(z) + ")"; };
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double spacing = geometry.spacingMm[axis];
    text +=
        " " + vector(geometry.direction[axis] * spacing, geometry.direction[3 + axis] * spacing, geometry.direction[6 + axis] * spacing);
  }
  text += "\nkinds: domain domain domain\nendian: little\nencoding: gzip\nspace origin: " +
          vector(geometry.originMm[0], geometry.originMm[1], geometry.originMm[2]) + "\n\n";
  AtomicFile file(path);
  file.write(text.data(), text.size());
  const std::array<ByteView, 1> parts{viewOf(values)};
  writeGzipped(file, parts);
  file.finish();
}

}  // namespace roundel
