#include "exchange/exported_picture.h"

#include <algorithm>
#include <cmath>

#include "exchange/label_png.h"

namespace roundel {

std::string picturePng(const Image& image) {
  const auto exact = [](float grey) { return std::abs(grey * 255.0F - std::round(grey * 255.0F)) < 1e-3F; };
  const int bits = std::all_of(image.values.begin(), image.values.end(), exact) ? 8 : 16;
  const float scale = bits == 8 ? 255.0F : 65535.0F;
  LabelPixels pixels{.size = image.geometry.size, .values = {}};
  pixels.values.reserve(image.values.size());
  for (const float grey : image.values)
    pixels.values.push_back(static_cast<std::uint32_t>(std::lround(std::clamp(grey, 0.0F, 1.0F) * scale)));
  return greyPng(pixels, bits);
}

}  // namespace roundel
