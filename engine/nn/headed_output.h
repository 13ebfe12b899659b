#pragma once
#include <torch/torch.h>

#include <vector>

namespace roundel::nn {

/// What a network that learns says beside its logits at full resolution.
enum class ExtraHeads {
  None,
  SignedDistance,  ///< a map in (-1, 1) a class, negative inside (DTC)
  Pyramid          ///< logits of coarser decoder levels (URPC)
};

/// What such a network says of its input.
struct HeadedOutput {
  std::vector<torch::Tensor> logits;  ///< at the input's size first, then of coarser levels, in their own size or resized to the input's
  torch::Tensor distance = {};        ///< ExtraHeads::SignedDistance: [N, distances, ...]
};

}  // namespace roundel::nn
