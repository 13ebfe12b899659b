#pragma once
#include <array>
#include <span>
#include <vector>

#include "models/generalists/prompt_crop.h"

namespace roundel {

// The piece of a volume that a network of cubes (nn/cube_network.h) sees around a prompt, and the prompt drawn into it: prompt_crop.h with
// a third axis. Pieces lie [z][y][x]; CropPrompt's mask is [side][side][side] here, and its box and points have a z.

/// A stretch of a volume in voxels, along x, y and z: voxel i covers i .. i + 1. It may reach beyond the volume.
struct CubeWindow {
  std::array<double, 3> start{}, length{1, 1, 1};
};

/// Around a box with a margin, a share of the mean of a side and the geometric mean of all three; no side shorter than 0.4 of the longest,
/// nor than kSmallestCube voxels.
CubeWindow cubeAround(const PromptBox& box, double margin);
inline constexpr double kSmallestCube = 8;

/// The volume [depth][height][width] in the window at side^3 places; beyond the volume its edge goes on.
std::vector<float> resampledCube(std::span<const float> volume, Size size, const CubeWindow& window, int side);
/// The voxels whose middle lies in the window and in the volume.
PixelBox voxelsOf(const CubeWindow& window, Size size);
/// The other way: values [side]^3 at the middle of every voxel in `area`, trilinear, [z][y][x].
std::vector<float> spreadOutCube(std::span<const float> cube, int side, const CubeWindow& window, const PixelBox& area);

/// A prompt of the volume in the window, without its mask.
CropPrompt inCube(const Prompt& prompt, const CubeWindow& window, int side);

/// The channels of nn::CropChannel, [5][side]^3; `grey` is standardised.
std::vector<float> drawnCube(std::span<const float> grey, const CropPrompt& prompt, int side);

}  // namespace roundel
