#include "imaging/codestream.h"
#include "imaging/dicom_facts.h"
#include "imaging/jpeg_codec.h"
#include "imaging/picture_readers.h"

namespace roundel {
namespace {

Codestream header(const SourceFile& file) {
  const auto stream = readCodestream(file.bytes());
  if (!stream) file.refuse("its JPEG header is damaged");
  if (stream->kind != Codestream::Kind::JpegBaseline) file.refuse("it is a JPEG of a kind that only DICOM files hold (lossless or more than 8 bits)");
  return *stream;
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
  image.source = {{"format", "jpeg"}};
  decoded.patient = patientOfFolder(context.salt, file.path());
  return decoded;
}

ImageProbe probeJpeg(const SourceFile& file, const DecodeContext& context) {
  const Codestream stream = header(file);
  return {.format = "jpeg",
          .size = {stream.width, stream.height, 1},
          .channels = stream.components,
          .patient = patientOfFolder(context.salt, file.path())};
}

}  // namespace roundel
