#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>

#include "imaging/dicom_facts.h"
#include "imaging/picture_readers.h"

namespace roundel {
namespace {

/// What the IHDR chunk says.
struct PngHeader {
  std::int64_t width = 0, height = 0;
  int depth = 0, colour = 0;
};

PngHeader readPngHeader(const SourceFile& file) {
  const ByteView bytes = file.bytes();
  if (bytes.size() < 33 || get32(bytes, 12, true) != 0x49484452) file.refuse("its PNG header is damaged");
  PngHeader header{.width = get32(bytes, 16, true), .height = get32(bytes, 20, true), .depth = bytes[24], .colour = bytes[25]};
  const bool depthKnown = header.depth == 1 || header.depth == 2 || header.depth == 4 || header.depth == 8 || header.depth == 16;
  const bool colourKnown = header.colour == 0 || header.colour == 2 || header.colour == 3 || header.colour == 4 || header.colour == 6;
  if (!depthKnown || !colourKnown || header.width < 1 || header.height < 1 || header.width > 1'000'000 || header.height > 1'000'000)
    file.refuse("its PNG header is damaged");
  return header;
}

/// libpng leaves through longjmp: nothing with a destructor lives between setjmp and its callbacks.
struct PngInput {
  ByteView bytes;
  std::size_t at = 0;
};

void readBytes(png_structp png, png_bytep out, std::size_t count) {
  auto& input = *static_cast<PngInput*>(png_get_io_ptr(png));
  if (count > input.bytes.size() - input.at) png_error(png, "the file ends early");
  std::memcpy(out, input.bytes.data() + input.at, count);
  input.at += count;
}

void leave(png_structp png, png_const_charp) { png_longjmp(png, 1); }
void sayNothing(png_structp, png_const_charp) {}

struct PngDecoder {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, leave, sayNothing);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  ~PngDecoder() { png_destroy_read_struct(&png, &info, nullptr); }
  PngDecoder() = default;
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;
};

/// The pixels as they come once the transformations are set.
struct PngLayout {
  std::size_t rowBytes = 0;
  int channels = 0, depth = 0;
  bool opacityDropped = false;
};

/// Sets the transformations and reads up to the pixels.
bool begin(PngDecoder& decoder, PngInput& input, PaletteUse palette, PngLayout& layout) {
  if (setjmp(png_jmpbuf(decoder.png))) return false;
  png_set_read_fn(decoder.png, &input, readBytes);
  png_set_user_limits(decoder.png, 1'000'000, 1'000'000);
  png_set_chunk_malloc_max(decoder.png, 16U << 20);
  // Texts, times and profiles are passed over unread: they may be a gigabyte long, and may name a patient.
  png_set_keep_unknown_chunks(decoder.png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_read_info(decoder.png, decoder.info);
  const int colour = png_get_color_type(decoder.png, decoder.info);
  if (palette == PaletteUse::Indices) png_set_packing(decoder.png);
  else if (colour == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(decoder.png);
  else if (colour == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(decoder.png);
  // A palette's opacities (tRNS) become a channel too, when the palette becomes colours.
  layout.opacityDropped = palette != PaletteUse::Indices &&
                          ((colour & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(decoder.png, decoder.info, PNG_INFO_tRNS) != 0);
  if (layout.opacityDropped) png_set_strip_alpha(decoder.png);
  png_set_interlace_handling(decoder.png);
  png_read_update_info(decoder.png, decoder.info);
  layout.rowBytes = png_get_rowbytes(decoder.png, decoder.info);
  layout.channels = png_get_channels(decoder.png, decoder.info);
  layout.depth = png_get_bit_depth(decoder.png, decoder.info);
  return true;
}

bool readRows(PngDecoder& decoder, png_bytepp rows) {
  if (setjmp(png_jmpbuf(decoder.png))) return false;
  png_read_image(decoder.png, rows);
  png_read_end(decoder.png, nullptr);
  return true;
}

Json paletteOf(PngDecoder& decoder) {
  png_colorp colours = nullptr;
  int count = 0;
  if (png_get_PLTE(decoder.png, decoder.info, &colours, &count) == 0) return nullptr;
  Json list = Json::array();
  for (int index = 0; index < count; ++index) list.push_back({colours[index].red, colours[index].green, colours[index].blue});
  return list;
}

}  // namespace

bool looksLikePng(ByteView bytes) { return bytes.size() >= 8 && get64(bytes, 0, true) == 0x89504E470D0A1A0AULL; }

DecodedImage readPng(const SourceFile& file, const DecodeContext& context) {
  const PngHeader header = readPngHeader(file);
  const std::int64_t sides[] = {header.width, header.height};
  const std::uint64_t most = (header.colour == 0 || header.colour == 4 ? 1 : 3) * (header.depth == 16 ? 2 : 1);
  // Sub-byte pixels grow up to 24 times (a palette of one bit) beyond what deflate gives.
  requirePlausible(file, context, sides, most, kDeflateExpansion * (header.depth < 8 ? 24 : 3));

  PngDecoder decoder;
  PngInput input{.bytes = file.bytes()};
  PngLayout layout;
  if (!decoder.info || !begin(decoder, input, context.palette, layout)) file.refuse("its PNG header is damaged");
  const auto [rowBytes, channels, depth, opacityDropped] = layout;
  const auto height = static_cast<std::size_t>(header.height), width = static_cast<std::size_t>(header.width);
  if ((channels != 1 && channels != 3) || rowBytes != width * static_cast<std::size_t>(channels) * (depth == 16 ? 2 : 1))
    file.refuse("its PNG header is damaged");

  DecodedImage decoded{.format = "png"};
  StoredImage& image = decoded.image;
  image.values = makeValues(depth == 16 ? "uint16" : "uint8", width * height * static_cast<std::size_t>(channels));
  const auto target = valueBytes(image.values);
  std::vector<png_bytep> rows(height);
  for (std::size_t row = 0; row < height; ++row) rows[row] = reinterpret_cast<png_bytep>(target.data()) + row * rowBytes;
  if (!readRows(decoder, rows.data())) file.refuse("its PNG data are damaged or end too early", "Copy the file again from where it came.");
  if (depth == 16) swapBytes(target, 2);
  image.geometry.size = {header.width, header.height, 1};
  image.channels = channels;
  image.photometric = channels == 3 ? Photometric::Rgb : Photometric::Monochrome2;
  image.bitsStored = depth == 16 ? 16 : 8;
  image.source = {{"format", "png"}, {"bits", header.depth}};
  if (header.colour == PNG_COLOR_TYPE_PALETTE && context.palette == PaletteUse::Indices) image.source["palette"] = paletteOf(decoder);
  if (opacityDropped)
    decoded.warnings.push_back(
        {.code = "opacity-dropped", .caseName = {}, .message = "The picture is transparent in parts; that is left out."});
  decoded.patient = patientOfFolder(context.salt, file.path());
  return decoded;
}

ImageProbe probePng(const SourceFile& file, const DecodeContext& context) {
  const PngHeader header = readPngHeader(file);
  return {.format = "png",
          .size = {header.width, header.height, 1},
          .channels = header.colour == 0 || header.colour == 4 ? 1 : 3,
          .patient = patientOfFolder(context.salt, file.path())};
}

}  // namespace roundel
