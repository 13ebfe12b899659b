#pragma once
#include <torch/torch.h>

#include "nn/prompt_encoder.h"

namespace roundel::nn {

/// A mask and what the network thinks of it.
struct PromptedAnswer {
  torch::Tensor logits;     ///< [B, 1, side, side] or [B, 1, side, side, side], float32
  torch::Tensor iouLogits;  ///< [B] float32
};

/// A network that looks at a piece of a picture or a volume around a prompt which is drawn into its channels (CropChannel).
class PromptableNetwork {
 public:
  virtual ~PromptableNetwork() = default;
  /// Pieces [B, 5, side ...], float32, or bfloat16 for convolutions in it. Places of points are (x, y) in a picture, and in a volume in the
  /// order of the tensor's axes (D, H, W). `masked` [B] bool: which of them bring a mask prompt.
  virtual PromptedAnswer forward(const torch::Tensor& pieces, const PromptPoints& points, const torch::Tensor& masked) const = 0;
};

}  // namespace roundel::nn
