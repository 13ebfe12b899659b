#pragma once
#include <torch/torch.h>

#include <vector>

#include "nn/hiera.h"
#include "nn/layers.h"
#include "nn/trace.h"

namespace roundel::nn {

/// The image encoder of SAM 2: a Hiera trunk and a pyramid of features with 256 channels (ALGORITHMS.md 9.5, "FPN").
class Sam2ImageEncoder {
 public:
  static constexpr std::int64_t kChannels = 256;

  /// `scope`: where "trunk" and "neck" are.
  Sam2ImageEncoder(const Scope& scope, const HieraOptions& options);

  /// image [N, 3, H, W], normalised, both sides multiples of 32. Levels 0 to 2, finest first: [N, 256, H / 4 / 2^l, W / 4 / 2^l]; only
  /// level 2 has a part that comes from above. In the type of `image` (Hiera).
  /// Traces what the trunk does and "fpn0" to "fpn3".
  std::vector<torch::Tensor> forward(const torch::Tensor& image, Trace* trace = nullptr) const;

 private:
  Hiera m_trunk;
  std::vector<Conv> m_laterals;  ///< finest first; in the checkpoint the coarsest is number 0
};

}  // namespace roundel::nn
