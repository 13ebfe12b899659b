#include <algorithm>
#include <bit>
#include <cstdlib>

#include "imaging/dicom_facts.h"
#include "imaging/picture_readers.h"

namespace roundel {
namespace {

/// BITMAPINFOHEADER and its successors.
struct BmpHeader {
  std::int64_t width = 0, height = 0;
  bool topDown = false;
  int bits = 0;
  std::uint32_t packing = 0;
  std::size_t pixelsAt = 0, paletteAt = 0, colours = 0;
  std::array<std::uint32_t, 3> masks{};  ///< red, green, blue of 16 and 32 bits
};

BmpHeader readHeader(const SourceFile& file) {
  const ByteView b = file.bytes();
  if (b.size() < 54) file.refuse("its BMP header is damaged");
  const std::size_t size = get32(b, 14);
  if (size < 40 || size > 200 || 14 + size > b.size()) file.refuse("its BMP header is damaged");
  const auto height = static_cast<std::int32_t>(get32(b, 22));
  BmpHeader h{.width = static_cast<std::int32_t>(get32(b, 18)),
              .height = std::abs(static_cast<std::int64_t>(height)),
              .topDown = height < 0,
              .bits = get16(b, 28),
              .packing = get32(b, 30),
              .pixelsAt = get32(b, 10),
              .paletteAt = 14 + size};
  const bool known = h.bits == 1 || h.bits == 4 || h.bits == 8 || h.bits == 16 || h.bits == 24 || h.bits == 32;
  if (!known || (h.packing != 0 && h.packing != 3)) file.refuse("it is a BMP that is packed, which cannot be read", "Save it as PNG.");
  if (h.bits == 16) h.masks = {0x7C00, 0x03E0, 0x001F};
  if (h.bits == 32) h.masks = {0xFF0000, 0x00FF00, 0x0000FF};
  if (h.packing == 3) {
    if (h.bits != 16 && h.bits != 32) file.refuse("its BMP header is damaged");
    if (54 + 12 > b.size()) file.refuse("its BMP header is damaged");
    for (std::size_t channel = 0; channel < 3; ++channel) h.masks[channel] = get32(b, 54 + 4 * channel);
  }
  if (h.bits <= 8) {
    const std::size_t stated = get32(b, 46), most = std::size_t{1} << h.bits;
    h.colours = stated == 0 ? most : std::min(stated, most);
    if (h.paletteAt + 4 * h.colours > b.size()) file.refuse("its colour table is damaged");
  }
  return h;
}

std::size_t rowBytes(const BmpHeader& h) { return (static_cast<std::size_t>(h.width) * static_cast<std::size_t>(h.bits) + 31) / 32 * 4; }

/// A palette of equal reds, greens and blues is a grey picture.
bool isGrey(const BmpHeader& h, ByteView b) {
  for (std::size_t index = 0; index < h.colours; ++index) {
    const std::size_t at = h.paletteAt + 4 * index;
    if (b[at] != b[at + 1] || b[at] != b[at + 2]) return false;
  }
  return h.bits <= 8;
}

std::uint8_t scaled(std::uint32_t word, std::uint32_t mask) {
  if (mask == 0) return 0;
  const std::uint64_t most = mask >> std::countr_zero(mask);
  return static_cast<std::uint8_t>(((word & mask) >> std::countr_zero(mask)) * std::uint64_t{255} / most);
}

std::size_t indexAt(ByteView row, std::size_t x, int bits) {
  const std::size_t bit = x * static_cast<std::size_t>(bits);
  return (row[bit / 8] >> (8 - bits - static_cast<int>(bit % 8))) & ((1U << bits) - 1);
}

void readRow(const BmpHeader& h, ByteView b, ByteView row, int channels, PaletteUse palette, std::uint8_t* out) {
  for (std::size_t x = 0; x < static_cast<std::size_t>(h.width); ++x) {
    if (h.bits <= 8) {
      const std::size_t index = std::min(indexAt(row, x, h.bits), h.colours - 1);
      const std::size_t at = h.paletteAt + 4 * index;
      if (palette == PaletteUse::Indices) out[x] = static_cast<std::uint8_t>(index);
      else if (channels == 1) out[x] = b[at];
      else
        for (std::size_t channel = 0; channel < 3; ++channel) out[3 * x + channel] = b[at + 2 - channel];
    } else if (h.bits == 24) {
      for (std::size_t channel = 0; channel < 3; ++channel) out[3 * x + channel] = row[3 * x + 2 - channel];
    } else {
      const std::uint32_t word = h.bits == 16 ? get16(row, 2 * x) : get32(row, 4 * x);
      for (std::size_t channel = 0; channel < 3; ++channel) out[3 * x + channel] = scaled(word, h.masks[channel]);
    }
  }
}

}  // namespace

bool looksLikeBmp(ByteView bytes) { return bytes.size() > 18 && bytes[0] == 'B' && bytes[1] == 'M' && get32(bytes, 14) <= 200; }

DecodedImage readBmp(const SourceFile& file, const DecodeContext& context) {
  const BmpHeader header = readHeader(file);
  const ByteView bytes = file.bytes();
  const int channels = header.bits <= 8 && (context.palette == PaletteUse::Indices || isGrey(header, bytes)) ? 1 : 3;
  const std::int64_t sides[] = {header.width, header.height};
  const std::uint64_t need = requirePlausible(file, context, sides, static_cast<std::uint64_t>(channels), 24);
  const std::size_t stride = rowBytes(header), height = static_cast<std::size_t>(header.height);
  if (header.pixelsAt > bytes.size() || stride > (bytes.size() - header.pixelsAt) / height)
    file.refuse("its pixels end too early", "Copy the file again from where it came.");
  std::vector<std::uint8_t> values(need);
  for (std::size_t row = 0; row < height; ++row) {
    const std::size_t from = header.topDown ? row : height - 1 - row;
    readRow(header, bytes, bytes.subspan(header.pixelsAt + from * stride, stride), channels, context.palette,
            values.data() + row * static_cast<std::size_t>(header.width) * static_cast<std::size_t>(channels));
  }
  DecodedImage decoded{.format = "bmp"};
  StoredImage& image = decoded.image;
  image.geometry.size = {header.width, header.height, 1};
  image.channels = channels;
  image.photometric = channels == 3 ? Photometric::Rgb : Photometric::Monochrome2;
  image.values = std::move(values);
  image.source = {{"format", "bmp"}, {"bits", header.bits}};
  if (header.bits <= 8 && context.palette == PaletteUse::Indices) {
    Json palette = Json::array();
    for (std::size_t index = 0; index < header.colours; ++index) {
      const std::size_t at = header.paletteAt + 4 * index;
      palette.push_back({bytes[at + 2], bytes[at + 1], bytes[at]});
    }
    image.source["palette"] = std::move(palette);
  }
  decoded.patient = patientOfFolder(context.salt, file.path());
  return decoded;
}

ImageProbe probeBmp(const SourceFile& file, const DecodeContext& context) {
  const BmpHeader header = readHeader(file);
  return {.format = "bmp",
          .size = {header.width, header.height, 1},
          .channels = isGrey(header, file.bytes()) ? 1 : 3,
          .patient = patientOfFolder(context.salt, file.path())};
}

}  // namespace roundel
