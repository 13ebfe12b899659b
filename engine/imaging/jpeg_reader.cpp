#include <algorithm>
#include <array>

#include "imaging/codestream.h"
#include "imaging/dicom_facts.h"
#include "imaging/jpeg_codec.h"
#include "imaging/picture_readers.h"

namespace roundel {
namespace {

Codestream header(const SourceFile& file) {
  const auto stream = readCodestream(file.bytes());
  if (!stream) file.refuse("its JPEG header is damaged");
  if (stream->kind != Codestream::Kind::JpegBaseline)
    file.refuse("it is a JPEG of a kind that only DICOM files hold (lossless or more than 8 bits)");
  if (stream->components != 1 && stream->components != 3)
    file.refuse("it is a JPEG with " + std::to_string(stream->components) + " colour components; grey and RGB can be read",
                "Save it as PNG.");
  return *stream;
}

/// The EXIF orientation (1: as stored; 2 to 8: turned or mirrored by viewers); 1 where none is stated.
int exifOrientation(ByteView bytes) {
  static constexpr std::array<std::uint8_t, 6> kExif{'E', 'x', 'i', 'f', 0, 0};
  std::size_t at = 2;
  while (at + 4 <= bytes.size() && bytes[at] == 0xFF && bytes[at + 1] >= 0xE0 && bytes[at + 1] <= 0xEF) {
    const std::size_t length = get16(bytes, at + 2, true);
    if (length < 2 || at + 2 + length > bytes.size()) return 1;
    const ByteView segment = bytes.subspan(at + 4, length - 2);
    at += 2 + length;
    if (segment.size() < 20 || !std::equal(kExif.begin(), kExif.end(), segment.begin())) continue;
    const ByteView tiff = segment.subspan(6);
    const bool big = tiff[0] == 'M';
    const std::size_t directory = get32(tiff, 4, big);
    if (directory + 2 > tiff.size()) return 1;
    const std::size_t count = get16(tiff, directory, big);
    for (std::size_t entry = 0; entry < count; ++entry) {
      const std::size_t place = directory + 2 + 12 * entry;
      if (place + 12 > tiff.size()) return 1;
      if (get16(tiff, place, big) == 0x0112) return get16(tiff, place + 8, big);
    }
  }
  return 1;
}

}  // namespace

bool looksLikeJpeg(ByteView bytes) { return bytes.size() > 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF; }

DecodedImage readJpeg(const SourceFile& file, const DecodeContext& context) {
  header(file);
  JpegPicture picture = decodeJpeg(file, context, file.bytes(), JpegColour::ByMarkers);
  DecodedImage decoded{.format = "jpeg"};
  StoredImage& image = decoded.image;
  image.geometry.size = {picture.width, picture.height, 1};
  image.channels = picture.channels;
  image.photometric = picture.channels == 3 ? Photometric::Rgb : Photometric::Monochrome2;
  image.values = std::move(picture.values);
  const int orientation = exifOrientation(file.bytes());
  image.source = {{"format", "jpeg"}, {"exif_orientation", orientation}};
  if (asksToBeTurned(orientation)) decoded.warnings.push_back(rotationIgnored());
  decoded.patient = patientOfFolder(context.salt, file.path());
  return decoded;
}

ImageProbe probeJpeg(const SourceFile& file, const DecodeContext& context) {
  const Codestream stream = header(file);
  return {.format = "jpeg",
          .size = {stream.width, stream.height, 1},
          .channels = stream.components,
          .turned = asksToBeTurned(exifOrientation(file.bytes())),
          .patient = patientOfFolder(context.salt, file.path())};
}

}  // namespace roundel
