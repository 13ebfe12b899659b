#pragma once
#include <torch/torch.h>

namespace roundel {

/// Signed distances of masks [N, C, (D,) H, W] uint8, as DTC learns them (ALGORITHMS.md 5.4): outside, the distance to the mask over the
/// largest such distance of the map; inside, minus the distance to the ground likewise normalised; 0 on the mask's inner edge. In [-1, 1],
/// float32. Distances are Euclidean, in pixels, and end at the map. `ofNothing` everywhere where the mask is empty; -1 where it is full.
torch::Tensor signedDistances(const torch::Tensor& masks, float ofNothing = 0.0f);

}  // namespace roundel
