#pragma once
#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace roundel {

/// How overlapping answers are averaged.
enum class WindowWeights {
  Uniform,  ///< all alike (SSL4MIS, SemiSAM, O1)
  Gaussian  ///< the middle of a window counts more: sigma an eighth of its side (nnU-Net)
};

/// Windows that cover a volume. Along an axis of `size` voxels there are ceil((size - patch) / stride) + 1 of them, the last one flush with
/// the end; a volume smaller than the patch is padded with zeros, the smaller half first (ALGORITHMS.md 2.4).
struct SlidingWindow {
  std::array<std::int64_t, 3> patch{};   ///< depth, height, width
  std::array<std::int64_t, 3> stride{};  ///< likewise; 0: half the patch
  WindowWeights weights = WindowWeights::Gaussian;
  std::int64_t batch = 1;  ///< windows asked about together
};

/// Asks `answer` ([B, C, d, h, w] -> [B, K, d, h, w] float32) about every window of `volume` [C, D, H, W] and hands over the averages slab
/// by slab, first slice first: emit(first slice, [K, slices, H, W] on the processor). Memory beside the volume: the slab that windows of
/// one depth touch. `padded` hands over the padding too, in slices of the padded volume.
///
/// Throws what `answer` throws; `proceed` is asked before every batch and may throw.
struct SlidingWindowRun {
  std::function<torch::Tensor(const torch::Tensor&)> answer;
  std::function<void(std::int64_t, const torch::Tensor&)> emit;
  std::function<void(std::int64_t done, std::int64_t all)> proceed = {};
  bool padded = false;
};
void slideOver(const torch::Tensor& volume, const SlidingWindow& windows, const SlidingWindowRun& run);

/// The same, whole: [K, D, H, W].
torch::Tensor slidOver(const torch::Tensor& volume, const SlidingWindow& windows,
                       const std::function<torch::Tensor(const torch::Tensor&)>& answer);

}  // namespace roundel
