#include "imaging/dicom_frames.h"

#include <algorithm>
#include <cstring>

#include "imaging/codestream.h"
#include "imaging/decoded_image.h"
#include "imaging/dicom_colour.h"
#include "imaging/dicom_rle.h"
#include "imaging/gdcm_codec.h"
#include "imaging/jpeg_codec.h"

namespace roundel {
namespace {

constexpr const char* kRle = "1.2.840.10008.1.2.5";

std::string typeName(const DicomLayout& layout) {
  if (layout.number == DicomLayout::Number::Float) return "float32";
  if (layout.number == DicomLayout::Number::Double) return "float64";
  return (layout.isSigned && layout.bitsAllocated > 1 ? "int" : "uint") + std::to_string(8 * layout.sampleBytes());
}

/// Frames of encapsulated pixels: one fragment each, or joined by the offset table, by where streams begin, or all for one frame.
std::vector<Bytes> splitFrames(const SourceFile& file, const DicomFile& dicom, std::int64_t frames) {
  const EncapsulatedPixels pixels = readFragments(*dicom.dataset.pixelElement());
  const auto count = static_cast<std::size_t>(frames);
  if (pixels.fragments.empty()) file.refuse("its packed pixels are missing");
  std::vector<Bytes> result;
  const auto begins = [&](std::size_t index) {
    if (index == 0) return true;
    if (frames == 1) return false;
    if (pixels.fragments.size() == count) return true;
    if (pixels.offsets.size() == count)
      return std::find(pixels.offsets.begin(), pixels.offsets.end(), pixels.positions[index]) != pixels.offsets.end();
    return beginsCodestream(pixels.fragments[index]);
  };
  for (std::size_t index = 0; index < pixels.fragments.size(); ++index) {
    if (begins(index)) result.emplace_back();
    result.back().insert(result.back().end(), pixels.fragments[index].begin(), pixels.fragments[index].end());
  }
  if (result.size() < count)
    file.refuse("it says that it holds " + std::to_string(frames) + " frames, but only " + std::to_string(result.size()) + " are there");
  result.resize(count);
  return result;
}

/// What the decoder of one frame gave: samples of so many bytes; whether colour is RGB already.
struct FrameSamples {
  int bytesPerSample = 1;
  Bytes values;
  bool isRgb = false;
};

JpegColour jpegColour(const DicomLayout& layout, ByteView frame) {
  if (layout.samples == 1) return JpegColour::ByMarkers;
  if (layout.isYbr()) return JpegColour::Ycc;
  // Photometric says RGB. Some writers still transform and leave their JFIF or Adobe marker as the only witness.
  // An Adobe marker that is too short to hold its transform says nothing.
  const bool adobe = frame.size() > 6 && frame[3] == 0xEE && get16(frame, 4, true) >= 14;
  const bool marked = frame.size() > 6 && frame[2] == 0xFF && (frame[3] == 0xE0 || adobe);
  return marked ? JpegColour::ByMarkers : JpegColour::Rgb;
}

FrameSamples decodeFrame(const SourceFile& file, const DecodeContext& context, const std::string& syntax, const DicomLayout& layout,
                         ByteView frame) {
  if (syntax == kRle) return {.bytesPerSample = layout.sampleBytes(), .values = decodeRle(file, layout, frame)};
  const auto stream = readCodestream(frame);
  if (!stream) file.refuse("its packed pixels do not begin as the transfer syntax " + syntax + " says");
  if (stream->width != layout.columns || stream->height != layout.rows || stream->components != layout.samples)
    file.refuse("its packed pixels are " + std::to_string(stream->width) + " x " + std::to_string(stream->height) + " with " +
                std::to_string(stream->components) + " samples, but its header says " + std::to_string(layout.columns) + " x " +
                std::to_string(layout.rows) + " with " + std::to_string(layout.samples));
  if (stream->precision > 16 || (stream->precision > 8 && layout.bitsAllocated <= 8))
    file.refuse("its packed pixels have " + std::to_string(stream->precision) + " bits, more than its header says");
  if (stream->kind == Codestream::Kind::JpegBaseline) {
    JpegPicture picture = decodeJpeg(file, context, frame, jpegColour(layout, frame));
    return {.bytesPerSample = 1, .values = std::move(picture.values), .isRgb = layout.samples == 3};
  }
  CodedFrame coded = decodeWithGdcm(file, syntax, layout, *stream, frame);
  const bool transformed = layout.photometric == "YBR_RCT" || layout.photometric == "YBR_ICT";
  return {.bytesPerSample = coded.bytesPerSample, .values = std::move(coded.values), .isRgb = transformed};
}

/// Copies decoded samples behind one another, widening bytes to the layout's own width (an 8-bit stream in a 16-bit object).
void place(const FrameSamples& frame, const DicomLayout& layout, std::span<std::byte> out) {
  const auto width = static_cast<std::size_t>(layout.sampleBytes()), from = static_cast<std::size_t>(frame.bytesPerSample);
  if (width == from) {
    std::memcpy(out.data(), frame.values.data(), std::min(out.size(), frame.values.size()));
    return;
  }
  for (std::size_t sample = 0; (sample + 1) * width <= out.size() && (sample + 1) * from <= frame.values.size(); ++sample)
    std::memcpy(out.data() + sample * width, frame.values.data() + sample * from, std::min(width, from));
}

/// r..r g..g b..b of every frame to r g b.
void interleave(PixelValues& values, const DicomLayout& layout) {
  const auto pixels = static_cast<std::size_t>(layout.pixelsPerFrame());
  std::visit(
      [&](auto& typed) {
        typename std::decay_t<decltype(typed)> frame(3 * pixels);
        for (std::size_t begin = 0; begin + 3 * pixels <= typed.size(); begin += 3 * pixels) {
          for (std::size_t pixel = 0; pixel < pixels; ++pixel)
            for (std::size_t channel = 0; channel < 3; ++channel) frame[3 * pixel + channel] = typed[begin + channel * pixels + pixel];
          std::copy(frame.begin(), frame.end(), typed.begin() + static_cast<std::ptrdiff_t>(begin));
        }
      },
      values);
}

PixelValues unpackBits(ByteView bytes, std::size_t count) {
  std::vector<std::uint8_t> values(count);
  for (std::size_t index = 0; index < count; ++index) values[index] = (bytes[index / 8] >> (index % 8)) & 1;
  return values;
}

/// Bytes that uncompressed pixels take in the file.
std::uint64_t nativeBytes(const DicomLayout& layout) {
  const auto pixels = static_cast<std::uint64_t>(layout.pixelsPerFrame() * layout.frames);
  if (layout.bitsAllocated == 1) return (pixels + 7) / 8;
  if (layout.photometric == "YBR_FULL_422" && layout.samples == 3 && layout.bitsAllocated == 8) return 4 * ((pixels + 1) / 2);
  return pixels * static_cast<std::uint64_t>(layout.samples * layout.sampleBytes());
}

PixelValues readNative(const SourceFile& file, const DicomFile& dicom, const DicomLayout& layout, std::vector<Warning>& warnings) {
  const DicomDataset& data = dicom.dataset;
  const ByteView bytes = data.pixelElement()->value;
  const std::uint64_t wanted = nativeBytes(layout);
  if (bytes.size() < wanted)
    file.refuse("it holds " + std::to_string(bytes.size()) + " bytes of pixels where its size needs " + std::to_string(wanted),
                "The file is incomplete; copy it again from where it came.");
  if (bytes.size() > wanted + 1)
    warnings.push_back(
        {.code = "more-pixels",
         .caseName = {},
         .message = "The file holds " + std::to_string(bytes.size() - wanted) + " bytes after its last pixel; they are left out."});
  const auto count = static_cast<std::size_t>(layout.pixelsPerFrame() * layout.frames) * static_cast<std::size_t>(layout.samples);
  if (layout.bitsAllocated == 1) return unpackBits(bytes, count);
  if (wanted != count * static_cast<std::size_t>(layout.sampleBytes())) return PixelValues(ybr422ToFull(bytes, count / 3));
  PixelValues values = makeValues(typeName(layout), count);
  const auto target = valueBytes(values);
  const bool words = data.encoding().bigEndian && data.pixelElement()->vr == std::array<char, 2>{'O', 'W'};
  if (words && layout.sampleBytes() == 1) {
    // Bytes packed into big-endian words; an odd last one sits behind its padding.
    for (std::size_t index = 0; index < target.size(); ++index)
      target[index] = static_cast<std::byte>(bytes[std::min(index ^ 1, bytes.size() - 1)]);
  } else {
    std::memcpy(target.data(), bytes.data(), target.size());
  }
  // Pixels of more than 8 bits are big-endian words of their own width: 32-bit objects of real writers are, whatever their VR.
  if (data.encoding().bigEndian && layout.sampleBytes() > 1) swapBytes(target, static_cast<std::size_t>(layout.sampleBytes()));
  if (layout.planar && layout.samples == 3) interleave(values, layout);
  return values;
}

PixelValues readCoded(const SourceFile& file, const DecodeContext& context, const DicomFile& dicom, const DicomLayout& layout,
                      bool& isRgb) {
  const auto frames = splitFrames(file, dicom, layout.frames);
  const auto perFrame = static_cast<std::size_t>(layout.pixelsPerFrame()) * static_cast<std::size_t>(layout.samples);
  PixelValues values = makeValues(typeName(layout), perFrame * frames.size());
  const auto target = valueBytes(values);
  const std::size_t frameBytes = perFrame * static_cast<std::size_t>(layout.sampleBytes());
  for (std::size_t index = 0; index < frames.size(); ++index) {
    const FrameSamples frame = decodeFrame(file, context, dicom.transferSyntax, layout, frames[index]);
    isRgb = frame.isRgb;
    place(frame, layout, target.subspan(index * frameBytes, frameBytes));
  }
  return values;
}

void turnIntoColour(const SourceFile& file, const DecodeContext& context, const DicomFile& dicom, const DicomLayout& layout, bool isRgb,
                    DicomPixels& pixels) {
  if (layout.samples == 3) {
    pixels.channels = 3;
    pixels.photometric = Photometric::Rgb;
    if (!layout.isYbr() || isRgb) return;
    auto* bytes = std::get_if<std::vector<std::uint8_t>>(&pixels.values);
    if (!bytes)
      file.refuse("its colours (" + layout.photometric + " with " + std::to_string(layout.bitsAllocated) +
                  " bits) cannot be turned into RGB");
    ybrToRgb(*bytes);
    return;
  }
  if (layout.photometric == "MONOCHROME1") pixels.photometric = Photometric::Monochrome1;
  if (!layout.isPalette()) return;
  const DicomPalette palette = readPalette(dicom.dataset);
  if (context.palette == PaletteUse::Indices) {
    if (!palette.colours.empty()) pixels.palette = palette.colours;
    return;
  }
  if (palette.colours.empty()) file.refuse("its colour table is missing or damaged");
  pixels.values = applyPalette(pixels.values, palette);
  pixels.channels = 3;
  pixels.bitsStored = 8;
  pixels.photometric = Photometric::Rgb;
}

}  // namespace

DicomPixels decodePixels(const SourceFile& file, const DecodeContext& context, const DicomFile& dicom, const DicomLayout& layout) {
  const bool encapsulated = dicom.dataset.pixelElement()->undefinedLength;
  if (!encapsulated && !isNative(dicom.transferSyntax) && !dicom.transferSyntaxAssumed)
    file.refuse("its transfer syntax " + dicom.transferSyntax + " asks for packed pixels, but they are not packed");
  if (!encapsulated && dicom.dataset.pixelsTruncated())
    file.refuse("its pixels end too early", "The file is incomplete; copy it again from where it came.");
  const std::int64_t sides[] = {layout.columns, layout.rows, layout.frames};
  // Native: at most eight values a byte (bits). RLE: 128 from 2. JPEG 2000 of a blank frame: no bound worth the name, so the
  // decoder's own size check and the limits stand alone below 64 MB.
  const auto bytesPerPixel = static_cast<std::uint64_t>(layout.samples * layout.sampleBytes());
  const auto total = static_cast<std::uint64_t>(layout.pixelsPerFrame()) * bytesPerPixel;
  const bool small = total <= (std::uint64_t{64} << 20) && layout.frames <= 4096;
  const std::uint64_t expansion = !encapsulated                  ? (dicom.inflated.empty() ? 8 : 0)
                                  : dicom.transferSyntax == kRle ? 64
                                  : small                        ? 100'000
                                                                 : 4096;
  requirePlausible(file, context, sides, bytesPerPixel, expansion);

  DicomPixels pixels{.bitsStored = layout.bitsStored};
  bool isRgb = false;
  pixels.values = encapsulated ? readCoded(file, context, dicom, layout, isRgb) : readNative(file, dicom, layout, pixels.warnings);
  if (layout.number == DicomLayout::Number::Integer && layout.bitsAllocated > 1)
    keepStoredBits(pixels.values, layout.bitsStored, layout.highBit);
  turnIntoColour(file, context, dicom, layout, isRgb, pixels);
  return pixels;
}

}  // namespace roundel
