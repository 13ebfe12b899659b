#pragma once
#include <torch/torch.h>

#include <cstdint>

namespace roundel {

// What surrounds SAM 2 in image mode (ALGORITHMS.md 9.5; sam2/utils/transforms.py): the picture is stretched to a square frame,
// its aspect is not kept; places are stretched likewise; masks are stretched back in one step.

/// Side of the frame, in pixels.
constexpr std::int64_t kSam2Frame = 1024;

/// A picture [C, H, W] at the frame's size, [1, C, 1024, 1024]: in floating point, bilinear, antialiased when shrinking.
torch::Tensor sam2Resized(const torch::Tensor& picture);

/// A picture [3, H, W] of values in [0, 1], red, green, blue, or a grey one [1, H, W], as the network takes it: [1, 3, 1024, 1024],
/// resized and normalised with ImageNet's mean and deviation.
torch::Tensor sam2Input(const torch::Tensor& picture);

/// Places [..., 2] (x, y) in pixels of a picture of `height` x `width` as places in the frame.
torch::Tensor sam2Places(const torch::Tensor& places, std::int64_t height, std::int64_t width);

/// Low-resolution logits [B, M, h, w] as logits of a picture, [B, M, height, width]: bilinear, one step. Above 0 is inside.
torch::Tensor sam2MaskLogits(const torch::Tensor& lowRes, std::int64_t height, std::int64_t width);

/// Low-resolution logits as a later call takes them for its mask prompt: clamped to +-32.
torch::Tensor sam2MaskPrompt(const torch::Tensor& lowRes);

}  // namespace roundel
