#include <tiffio.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>

#include "imaging/dicom_facts.h"
#include "imaging/picture_readers.h"

namespace roundel {
namespace {

/// The file as libtiff's input stream; no writing.
struct TiffInput {
  ByteView bytes;
  toff_t at = 0;
};

tmsize_t readBytes(thandle_t handle, void* out, tmsize_t count) {
  auto& input = *static_cast<TiffInput*>(handle);
  if (count <= 0 || input.at >= input.bytes.size()) return 0;
  const auto take = std::min<std::size_t>(static_cast<std::size_t>(count), input.bytes.size() - static_cast<std::size_t>(input.at));
  std::memcpy(out, input.bytes.data() + input.at, take);
  input.at += take;
  return static_cast<tmsize_t>(take);
}
tmsize_t writeNothing(thandle_t, void*, tmsize_t) { return 0; }
toff_t seek(thandle_t handle, toff_t offset, int from) {
  auto& input = *static_cast<TiffInput*>(handle);
  input.at = from == SEEK_CUR ? input.at + offset : from == SEEK_END ? input.bytes.size() + offset : offset;
  return input.at;
}
int closeNothing(thandle_t) { return 0; }
toff_t sizeOf(thandle_t handle) { return static_cast<TiffInput*>(handle)->bytes.size(); }

struct TiffCloser {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};

struct TiffFile {
  TiffInput input;
  std::unique_ptr<TIFF, TiffCloser> tiff;
};

std::unique_ptr<TiffFile> openTiff(const SourceFile& file) {
  TIFFSetErrorHandler(nullptr);
  TIFFSetWarningHandler(nullptr);
  auto opened = std::make_unique<TiffFile>();
  opened->input.bytes = file.bytes();
  // "m": no mapping of its own.
  opened->tiff.reset(TIFFClientOpen("image", "rm", &opened->input, readBytes, writeNothing, seek, closeNothing, sizeOf, nullptr, nullptr));
  if (!opened->tiff) file.refuse("its TIFF header is damaged");
  return opened;
}

struct TiffLayout {
  std::int64_t width = 0, height = 0;
  std::uint16_t bits = 1, samples = 1, format = SAMPLEFORMAT_UINT, photometric = PHOTOMETRIC_MINISBLACK, planar = PLANARCONFIG_CONTIG,
                packing = 1, orientation = ORIENTATION_TOPLEFT;
  double mmX = 0, mmY = 0;  ///< 0: not stated

  int channels() const { return samples >= 3 ? 3 : 1; }
  bool direct() const {
    const bool grey = photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE;
    const bool wholeBytes = bits == 8 || bits == 16 || bits == 32 || (bits == 64 && format == SAMPLEFORMAT_IEEEFP);
    return (grey || (photometric == PHOTOMETRIC_RGB && samples >= 3)) && wholeBytes;
  }
};

int pagesOf(TIFF* tiff) { return std::max(1, static_cast<int>(TIFFNumberOfDirectories(tiff))); }

void readResolution(TIFF* tiff, TiffLayout& layout) {
  float x = 0, y = 0;
  std::uint16_t unit = RESUNIT_INCH;
  if (TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x) != 1 || TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y) != 1) return;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
  if (unit != RESUNIT_INCH && unit != RESUNIT_CENTIMETER) return;
  if (!(x > 0) || !(y > 0) || !std::isfinite(x) || !std::isfinite(y)) return;
  // 72 and 96 dots an inch are what programs write that know nothing.
  const bool screen = unit == RESUNIT_INCH && x == y && (x == 72.0F || x == 96.0F);
  const double perMm = unit == RESUNIT_INCH ? 25.4 : 10;
  if (screen) return;
  layout.mmX = perMm / static_cast<double>(x);
  layout.mmY = perMm / static_cast<double>(y);
}

std::string typeOf(const SourceFile& file, const TiffLayout& layout) {
  if (layout.format == SAMPLEFORMAT_IEEEFP && (layout.bits == 32 || layout.bits == 64)) return "float" + std::to_string(layout.bits);
  if (layout.format == SAMPLEFORMAT_INT) return "int" + std::to_string(layout.bits);
  if (layout.format == SAMPLEFORMAT_UINT || layout.format == SAMPLEFORMAT_VOID) return "uint" + std::to_string(layout.bits);
  file.refuse("its numbers are of a type that cannot be read");
}

TiffLayout readLayout(const SourceFile& file, TIFF* tiff) {
  TiffLayout layout;
  std::uint32_t width = 0, height = 0;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
  layout.width = width;
  layout.height = height;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout.bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout.samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &layout.format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &layout.planar);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &layout.packing);
  if (TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout.photometric) != 1)
    layout.photometric = layout.samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &layout.orientation);
  if (layout.samples < 1 || layout.samples > 8) file.refuse("it holds " + std::to_string(layout.samples) + " numbers for a pixel");
  readResolution(tiff, layout);
  char reason[1024] = "";
  if (layout.direct()) typeOf(file, layout);
  else if (TIFFRGBAImageOK(tiff, reason) != 1) file.refuse("it is a TIFF of a kind that cannot be read", "Save it as PNG.");
  return layout;
}

/// Puts a rectangle of decoded samples into the image: contiguous (all samples) or one plane.
void placeBlock(const TiffLayout& layout, ByteView block, std::int64_t x0, std::int64_t y0, std::int64_t blockWidth, std::int64_t rows,
                int plane, std::span<std::byte> out) {
  const std::size_t width = layout.bits / 8U, channels = static_cast<std::size_t>(layout.channels());
  const bool separate = layout.planar == PLANARCONFIG_SEPARATE;
  const std::size_t stored = separate ? 1 : layout.samples;
  const std::int64_t columns = std::min(blockWidth, layout.width - x0), lines = std::min(rows, layout.height - y0);
  for (std::int64_t y = 0; y < lines; ++y)
    for (std::int64_t x = 0; x < columns; ++x) {
      const std::size_t from = static_cast<std::size_t>(y * blockWidth + x) * stored * width;
      const std::size_t to = static_cast<std::size_t>((y0 + y) * layout.width + x0 + x) * channels * width;
      if (separate) std::memcpy(out.data() + to + static_cast<std::size_t>(plane) * width, block.data() + from, width);
      else std::memcpy(out.data() + to, block.data() + from, channels * width);
    }
}

/// Strips and tiles alike, for samples of whole bytes.
void readBlocks(const SourceFile& file, TIFF* tiff, const TiffLayout& layout, std::span<std::byte> out) {
  const bool tiled = TIFFIsTiled(tiff) != 0;
  std::uint32_t blockWidth = static_cast<std::uint32_t>(layout.width), blockHeight = 0;
  if (tiled) {
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &blockWidth);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &blockHeight);
  } else {
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &blockHeight);
    blockHeight = static_cast<std::uint32_t>(std::min<std::int64_t>(blockHeight, layout.height));
  }
  const bool separate = layout.planar == PLANARCONFIG_SEPARATE;
  const std::size_t stored = separate ? 1 : layout.samples, width = layout.bits / 8U;
  if (blockWidth == 0 || blockHeight == 0 || blockWidth > 65536 + layout.width || blockHeight > 65536 + layout.height)
    file.refuse("its TIFF header is damaged");
  Bytes block(std::size_t{blockWidth} * blockHeight * stored * width);
  for (int plane = 0; plane < (separate ? layout.channels() : 1); ++plane)
    for (std::int64_t y = 0; y < layout.height; y += blockHeight)
      for (std::int64_t x = 0; x < layout.width; x += blockWidth) {
        const std::int64_t rows = tiled ? blockHeight : std::min<std::int64_t>(blockHeight, layout.height - y);
        const auto wanted = static_cast<tmsize_t>(static_cast<std::size_t>(rows) * blockWidth * stored * width);
        const auto sample = static_cast<std::uint16_t>(plane);
        const tmsize_t got =
            tiled
                ? TIFFReadEncodedTile(tiff, TIFFComputeTile(tiff, static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), 0, sample),
                                      block.data(), static_cast<tmsize_t>(block.size()))
                : TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, static_cast<std::uint32_t>(y), sample), block.data(), wanted);
        if (got < wanted) file.refuse("its TIFF data are damaged or end too early", "Copy the file again from where it came.");
        placeBlock(layout, block, x, y, blockWidth, rows, plane, out);
      }
}

/// Everything else (bits, palettes, YCbCr, CMYK) through libtiff's own conversion to 8-bit RGB.
std::vector<std::uint8_t> readAsRgb(const SourceFile& file, TIFF* tiff, const TiffLayout& layout, int channels) {
  const auto pixels = static_cast<std::size_t>(layout.width * layout.height);
  std::vector<std::uint32_t> raster(pixels);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);  // rows as they are stored, here as everywhere
  if (TIFFReadRGBAImageOriented(tiff, static_cast<std::uint32_t>(layout.width), static_cast<std::uint32_t>(layout.height), raster.data(),
                                ORIENTATION_TOPLEFT, 1) != 1)
    file.refuse("its TIFF data are damaged or of a kind that cannot be read", "Save it as PNG.");
  std::vector<std::uint8_t> values;
  values.reserve(pixels * static_cast<std::size_t>(channels));
  for (const std::uint32_t pixel : raster) {
    values.push_back(static_cast<std::uint8_t>(TIFFGetR(pixel)));
    if (channels == 1) continue;
    values.push_back(static_cast<std::uint8_t>(TIFFGetG(pixel)));
    values.push_back(static_cast<std::uint8_t>(TIFFGetB(pixel)));
  }
  return values;
}

/// Low values bright, in a format that has no other word for it than this: turned here, so that the pipeline meets it in DICOM only.
void invert(PixelValues& values) {
  std::visit(
      [](auto& typed) {
        using T = typename std::decay_t<decltype(typed)>::value_type;
        if constexpr (std::is_unsigned_v<T>)
          for (auto& value : typed) value = static_cast<T>(std::numeric_limits<T>::max() - value);
      },
      values);
}

}  // namespace

bool looksLikeTiff(ByteView bytes) {
  if (bytes.size() < 8) return false;
  const std::uint32_t magic = get32(bytes, 0, true);
  return magic == 0x49492A00 || magic == 0x4D4D002A || magic == 0x49492B00 || magic == 0x4D4D002B;
}

DecodedImage readTiff(const SourceFile& file, const DecodeContext& context) {
  const auto opened = openTiff(file);
  TIFF* tiff = opened->tiff.get();
  const TiffLayout layout = readLayout(file, tiff);
  const bool greyBits = layout.samples == 1 && layout.photometric != PHOTOMETRIC_PALETTE;
  const int channels = layout.direct() ? layout.channels() : greyBits ? 1 : 3;
  const std::int64_t sides[] = {layout.width, layout.height};
  const std::uint64_t expansion = layout.packing == COMPRESSION_NONE ? 24
                                  : layout.packing == COMPRESSION_ADOBE_DEFLATE || layout.packing == COMPRESSION_DEFLATE
                                      ? 24 * kDeflateExpansion
                                      : 30'000;
  const std::uint64_t need =
      requirePlausible(file, context, sides, static_cast<std::uint64_t>(channels) * (layout.direct() ? layout.bits / 8U : 1U), expansion);

  DecodedImage decoded{.format = "tiff"};
  StoredImage& image = decoded.image;
  if (layout.direct()) {
    image.values = makeValues(typeOf(file, layout), static_cast<std::size_t>(need / (layout.bits / 8U)));
    readBlocks(file, tiff, layout, valueBytes(image.values));
    image.bitsStored = layout.bits;
    if (layout.photometric == PHOTOMETRIC_MINISWHITE) invert(image.values);
  } else {
    image.values = readAsRgb(file, tiff, layout, channels);
  }
  image.channels = channels;
  image.photometric = channels == 3 ? Photometric::Rgb : Photometric::Monochrome2;
  image.geometry.size = {layout.width, layout.height, 1};
  if (layout.mmX > 0) {
    image.geometry.spacingMm = {layout.mmX, layout.mmY, 1};
    image.geometry.spacingSource = SpacingSource::FileHeader;
  }
  image.source = {{"format", "tiff"}, {"bits", layout.bits}, {"inverted", layout.photometric == PHOTOMETRIC_MINISWHITE}};
  if (asksToBeTurned(layout.orientation)) decoded.warnings.push_back(rotationIgnored());
  decoded.volumes = pagesOf(tiff);
  if (decoded.volumes > 1)
    decoded.warnings.push_back({.code = "more-pages",
                                .caseName = {},
                                .message = "The file holds " + std::to_string(decoded.volumes) + " pages; only the first one is read."});
  decoded.patient = patientOfFolder(context.salt, file.path());
  return decoded;
}

ImageProbe probeTiff(const SourceFile& file, const DecodeContext& context) {
  const auto opened = openTiff(file);
  const TiffLayout layout = readLayout(file, opened->tiff.get());
  const bool greyBits = layout.samples == 1 && layout.photometric != PHOTOMETRIC_PALETTE;
  ImageProbe probe{.format = "tiff",
                   .size = {layout.width, layout.height, 1},
                   .channels = layout.direct() ? layout.channels()
                               : greyBits      ? 1
                                               : 3,
                   .volumes = pagesOf(opened->tiff.get()),
                   .turned = asksToBeTurned(layout.orientation),
                   .patient = patientOfFolder(context.salt, file.path())};
  if (layout.width < 1 || layout.height < 1) file.refuse("its TIFF header is damaged");
  if (layout.mmX > 0) {
    probe.spacingSource = SpacingSource::FileHeader;
    probe.spacingMm = {layout.mmX, layout.mmY, 1};
  }
  return probe;
}

}  // namespace roundel
