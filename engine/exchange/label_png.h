#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/geometry.h"

namespace roundel {

/// A picture whose values are numbers of classes, not brightness.
struct LabelPixels {
  Size size;
  std::vector<std::uint32_t> values;  ///< x fastest, then y, then z; a colour is red * 65536 + green * 256 + blue
  bool colours = false;               ///< the values are colours
};

/// Reads a PNG as numbers: palette indices, grey levels at 1 to 16 bits, or colours (alpha is passed over); interlaced too.
///
/// Own code above zlib, because picture readers turn palettes into colours and because labels inside JSON are no files. Sizes
/// are checked against requireLabelSize before anything is allocated, checksums are verified, and the data must fill the picture.
/// Throws Error(BadInput, "unreadable-image"); `name` is how the message calls the file.
LabelPixels labelsFromPng(std::string_view bytes, const std::string& name);

using Palette = std::vector<std::array<std::uint8_t, 3>>;

/// An indexed PNG of 8 bits; values and palette up to 256 entries. Throws Error(BadInput, "bad-image") on a larger value.
std::string indexedPng(const LabelPixels& pixels, const Palette& palette);
/// A grey PNG of 8 or 16 bits.
std::string greyPng(const LabelPixels& pixels, int bits);

}  // namespace roundel
