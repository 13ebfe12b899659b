#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/image.h"
#include "core/label_set.h"
#include "core/mask.h"
#include "core/prompt.h"

namespace roundel {

/// A colour picture for people: 8-bit RGB, row-major.
struct RgbPicture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;
};

/// The grey image with its long side brought to `longSide`; small pictures are enlarged threefold at most.
RgbPicture greyPicture(const Image& image, int longSide);

/// Draws a mask of the image's own grid: its outline in the colour, its inside tinted by `fill` (0 none .. 1 opaque).
void drawMask(RgbPicture& picture, const Mask& mask, std::array<std::uint8_t, 3> colour, double fill);

/// Draws a prompt given in pixels of a grid of that size: box as a frame, positive points as +, negative ones as x.
void drawPrompt(RgbPicture& picture, const Prompt& prompt, Size grid, std::array<std::uint8_t, 3> colour);

}  // namespace roundel
