#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/mask.h"
#include "core/prompt.h"

namespace roundel {

// The piece of a picture that a network of crops (nn/crop_network.h) sees around a prompt, and the prompt drawn into it. Training and
// answering share this code, so that both see the same.

/// A stretch of a picture in pixels: pixel i covers i .. i + 1. It may reach beyond the picture.
struct CropWindow {
  double x0 = 0, y0 = 0, width = 1, height = 1;
};

/// Around a box with a margin on all four sides, a share of the mean of the box's sides; at most twice as long as wide and
/// `kSmallestWindow` pixels a side, so that a thin thing is seen with what lies beside it, and a small one not as a few pixels.
CropWindow windowAround(const PromptBox& box, double margin);
inline constexpr double kSmallestWindow = 16;

/// The picture [height][width] in the window at side x side places, each the mean of what it covers (a triangle as wide as a place, one
/// pixel at least); beyond the picture its edge goes on.
std::vector<float> resampled(std::span<const float> picture, Size size, const CropWindow& window, int side);

/// The other way: values [side][side] of the window at the middle of every picture's pixel in `area`, bilinear, row by row; the crop's edge
/// goes on.
std::vector<float> spreadOut(std::span<const float> crop, int side, const CropWindow& window, const PixelBox& area);

/// The pixels whose middle lies in the window and in the picture.
PixelBox pixelsOf(const CropWindow& window, Size size);

/// A prompt in the places of a crop: 0 is the crop's left or upper edge, `side` the other.
struct CropPrompt {
  std::optional<PromptBox> box = {};
  std::vector<PromptPoint> points = {};
  std::vector<float> mask = {};  ///< probabilities [side][side], of a cube [side][side][side]; empty: none
};

/// A prompt of the picture in the window, without its mask.
CropPrompt inWindow(const Prompt& prompt, const CropWindow& window, int side);

/// Grey of mean 0 and deviation 1; flat where the picture is.
void standardise(std::span<float> grey);

/// The channels of nn::CropChannel, [5][side][side]; `grey` is standardised.
std::vector<float> drawnCrop(std::span<const float> grey, const CropPrompt& prompt, int side);

}  // namespace roundel
