#include "imaging/dicom_colour.h"

#include <algorithm>
#include <cmath>

namespace roundel {

void ybrToRgb(std::vector<std::uint8_t>& samples) {
  const auto byte = [](double value) { return static_cast<std::uint8_t>(std::clamp(std::floor(value + 0.5), 0.0, 255.0)); };
  for (std::size_t at = 0; at + 3 <= samples.size(); at += 3) {
    const double y = samples[at], blue = samples[at + 1] - 128.0, red = samples[at + 2] - 128.0;
    samples[at] = byte(y + 1.402 * red);
    samples[at + 1] = byte(y - (0.114 * 1.772 / 0.587) * blue - (0.299 * 1.402 / 0.587) * red);
    samples[at + 2] = byte(y + 1.772 * blue);
  }
}

Bytes ybr422ToFull(ByteView packed, std::size_t pixels) {
  Bytes full(3 * pixels);
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    const std::size_t from = 4 * (pixel / 2);
    full[3 * pixel] = packed[from + pixel % 2];
    full[3 * pixel + 1] = packed[from + 2];
    full[3 * pixel + 2] = packed[from + 3];
  }
  return full;
}

DicomPalette readPalette(const DicomDataset& data) {
  DicomPalette palette;
  for (DicomTag channel = 0; channel < 3; ++channel) {
    const auto descriptor = data.numbers(0x00281101 + channel, "US");
    const ByteView table = data.raw(0x00281201 + channel);
    if (descriptor.size() < 3 || table.empty()) return {};
    const std::size_t count = descriptor[0] < 1 ? 65536 : static_cast<std::size_t>(descriptor[0]);
    const bool bytes = table.size() < 2 * count;
    if (table.size() < count) return {};
    palette.first = static_cast<std::int64_t>(descriptor[1]);
    palette.colours.resize(count);
    const int shift = descriptor[2] > 8 ? 8 : 0;
    for (std::size_t index = 0; index < count; ++index)
      palette.colours[index][channel] =
          bytes ? table[index] : static_cast<std::uint8_t>(std::min(get16(table, 2 * index, data.encoding().bigEndian) >> shift, 255));
  }
  return palette;
}

std::vector<std::uint8_t> applyPalette(const PixelValues& indices, const DicomPalette& palette) {
  const auto last = static_cast<std::int64_t>(palette.colours.size()) - 1;
  return std::visit(
      [&](const auto& typed) {
        std::vector<std::uint8_t> out;
        out.reserve(3 * typed.size());
        for (const auto index : typed) {
          const auto& colour =
              palette
                  .colours[static_cast<std::size_t>(std::clamp<std::int64_t>(static_cast<std::int64_t>(index) - palette.first, 0, last))];
          out.insert(out.end(), colour.begin(), colour.end());
        }
        return out;
      },
      indices);
}

}  // namespace roundel
