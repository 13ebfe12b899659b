#include "report/overlay.h"

#include <algorithm>
#include <cmath>

#include "raster/resample.h"

namespace roundel {
namespace {

void put(RgbPicture& picture, std::int64_t x, std::int64_t y, std::array<std::uint8_t, 3> colour, double opacity) {
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) return;
  std::uint8_t* pixel = picture.rgb.data() + 3 * (y * picture.width + x);
  for (std::size_t c = 0; c < 3; ++c) pixel[c] = static_cast<std::uint8_t>(std::lround(pixel[c] * (1 - opacity) + colour[c] * opacity));
}

}  // namespace

RgbPicture greyPicture(const Image& image, int longSide) {
  const double scale = std::min(3.0, static_cast<double>(longSide) / static_cast<double>(std::max(image.width(), image.height())));
  const Size size{std::max<std::int64_t>(1, std::llround(static_cast<double>(image.width()) * scale)),
                  std::max<std::int64_t>(1, std::llround(static_cast<double>(image.height()) * scale)), 1};
  const std::vector<float> values = resampled(image.values, image.geometry.size, size, Interpolation::Antialiased);
  RgbPicture picture{static_cast<int>(size.x), static_cast<int>(size.y), {}};
  picture.rgb.reserve(values.size() * 3);
  for (const float value : values)
    picture.rgb.insert(picture.rgb.end(), 3, static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0f, 1.0f) * 255.0f)));
  return picture;
}

void drawMask(RgbPicture& picture, const Mask& mask, std::array<std::uint8_t, 3> colour, double fill) {
  if (mask.empty()) return;
  const Mask scaled = resampled(mask, {picture.width, picture.height, 1}, MaskInterpolation::Coverage);
  const auto inside = scaled.toBytes();
  const auto at = [&](std::int64_t x, std::int64_t y) {
    return x >= 0 && y >= 0 && x < picture.width && y < picture.height && inside[static_cast<std::size_t>(y * picture.width + x)] != 0;
  };
  for (std::int64_t y = 0; y < picture.height; ++y)
    for (std::int64_t x = 0; x < picture.width; ++x) {
      if (!at(x, y)) continue;
      const bool edge = !at(x - 1, y) || !at(x + 1, y) || !at(x, y - 1) || !at(x, y + 1);
      put(picture, x, y, colour, edge ? 1.0 : fill);
    }
}

void drawPrompt(RgbPicture& picture, const Prompt& prompt, Size grid, std::array<std::uint8_t, 3> colour) {
  const double sx = static_cast<double>(picture.width) / static_cast<double>(grid.x),
               sy = static_cast<double>(picture.height) / static_cast<double>(grid.y);
  if (prompt.box) {
    const auto x0 = std::llround(prompt.box->x0 * sx), x1 = std::llround(prompt.box->x1 * sx) - 1;
    const auto y0 = std::llround(prompt.box->y0 * sy), y1 = std::llround(prompt.box->y1 * sy) - 1;
    for (auto x = x0; x <= x1; ++x) put(picture, x, y0, colour, 0.8), put(picture, x, y1, colour, 0.8);
    for (auto y = y0; y <= y1; ++y) put(picture, x0, y, colour, 0.8), put(picture, x1, y, colour, 0.8);
  }
  for (const auto& point : prompt.points) {
    const auto x = std::llround((point.x + 0.5) * sx - 0.5), y = std::llround((point.y + 0.5) * sy - 0.5);
    for (int d = -3; d <= 3; ++d) {
      if (point.positive) put(picture, x + d, y, colour, 1), put(picture, x, y + d, colour, 1);
      else put(picture, x + d, y + d, {255, 255, 255}, 1), put(picture, x + d, y - d, {255, 255, 255}, 1);
    }
  }
}

}  // namespace roundel
