#pragma once
#include <torch/torch.h>

#include <optional>
#include <span>
#include <vector>

#include "nn/layers.h"

namespace roundel::nn {

/// What a point of a prompt is; the numbers are the published labels.
enum class PointLabel { Filler = -2, Padding = -1, Negative = 0, Positive = 1, TopLeft = 2, BottomRight = 3 };

/// Pixel coordinates in the frame that the encoder sees (0 ... imageSize), before the prompt encoder's own half pixel.
struct FramePoint {
  double x = 0, y = 0;
  PointLabel label = PointLabel::Positive;
};

struct FrameBox {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

/// Points and box of one prompt.
struct FramePrompt {
  std::vector<FramePoint> points = {};
  std::optional<FrameBox> box = {};
};

/// Points of a batch of prompts: [B, T, 2] float32 ([B, T, 3] in volumes) and [B, T] int64 (PointLabel). A box is its two corners.
struct PromptPoints {
  torch::Tensor places, labels;
  bool hasFillers = false;
};

/// Which tokens stand for a prompt, in which order.
enum class PromptForm {
  Sam,  ///< points, then the box's corners or, without a box, a padding point
  Sam2  ///< the box's corners, then points, then always a padding point
};

/// Prompts with any numbers of points in one batch; shorter
/// prompts are filled up with `Filler` points, which the decoder leaves out of every attention, so that the result is that of separate
/// calls.
PromptPoints promptPoints(std::span<const FramePrompt> prompts, PromptForm form = PromptForm::Sam);
/// Prompts of equal form as published code has them: points [B, P, 2 or 3] with labels [B, P] and boxes [B, 4]; either may be undefined.
PromptPoints promptPoints(const torch::Tensor& points, const torch::Tensor& labels, const torch::Tensor& boxes,
                          PromptForm form = PromptForm::Sam);

/// Form of the prompt encoder.
struct PromptEncoderOptions {
  int dim = 256;
  int imageSize = 1024;
  int grid = 64;          ///< tokens along a side of the embedding
  int maskChannels = 16;  ///< between the convolutions that shrink a mask
  int axes = 2;           ///< 3: prompts in a volume (ALGORITHMS.md 9.1)
  int pointKinds = 4;     ///< negative, positive, and, where it takes boxes, their two corners
  bool swapsGrid = true;  ///< whether gridPositions() swaps the first two axes in a volume, as SAM-Med3D does
};

/// SAM's prompt encoder (ALGORITHMS.md 8.2), keys as below "prompt_encoder.". In a volume (SAM-Med3D, 9.1) places are in the order of
/// the tensor's axes, the encoding is [sin, cos, sin], and all grids below have a third axis.
class PromptEncoder {
 public:
  PromptEncoder(const Scope& scope, const PromptEncoderOptions& options);

  struct Sparse {
    torch::Tensor tokens;  ///< [B, T, dim]
    torch::Tensor filler;  ///< [B, T] bool; undefined where no token is a filler
  };
  Sparse sparse(const PromptPoints& points) const;
  /// Low-resolution logits [B, 1, 4 grid, 4 grid] to [B, dim, grid, grid].
  torch::Tensor dense(const torch::Tensor& masks) const;
  /// What stands for "no mask": [1, dim, 1, 1], the same everywhere.
  torch::Tensor noMask() const;
  /// Position encoding of the embedding's grid, [1, dim, grid, grid]: of (column, row), in a volume of (axis 1, axis 0, axis 2), which is
  /// not the order of the points' axes but what SAM-Med3D's weights were trained with (swapsGrid), or of the axes as they are.
  torch::Tensor gridPositions() const;

  const PromptEncoderOptions& options() const { return m_options; }

 private:
  /// Places in [0, 1]^axes, [..., axes] to [..., dim].
  torch::Tensor encoded(const torch::Tensor& places) const;

  PromptEncoderOptions m_options;
  torch::Tensor m_gaussian;  ///< [axes, dim / axes]
  std::vector<torch::Tensor> m_pointEmbeddings;
  torch::Tensor m_notAPoint;
  Conv m_down0;
  ChannelNorm m_down1;
  Conv m_down3;
  ChannelNorm m_down4;
  Conv m_down6;
  torch::Tensor m_noMask;
};

}  // namespace roundel::nn
