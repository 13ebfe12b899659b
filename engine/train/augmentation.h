#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "train/case_tensors.h"

namespace roundel {

/// How pictures are varied while training. Everything is off at 0.
struct AugmentationOptions {
  double affine = 0.03;  ///< theta = I + affine * N(0, 1), every entry, in coordinates of [-1, 1] (ALGORITHMS.md 6.2)
  double flip = 0;       ///< probability of a horizontal flip, the same for all streams of a sample; classes change to their mirrors
  double intensity = 0;  ///< strength of brightness, contrast and gamma; 1 is strong
  double noise = 0;      ///< largest deviation of added Gaussian noise, in deviations of the grey values
  double blur = 0;       ///< largest sigma of a Gaussian blur, pixels
};

/// A batch in which every picture was varied on its own.
struct Batch {
  torch::Tensor images;  ///< [B, 1, H, W] float32
  LossTarget target;
  torch::Tensor thetas;  ///< [B, 2, 3] float64 on the processor: output coordinates to input coordinates, flips included
};

/// Cases `indices` of `cases`, varied on the computing device. Randomness is a function of (seed, stream, step, sample).
/// Pictures bilinear, masks nearest, zeros outside, align_corners False, after normalisation. `mirror[c]`: what class c becomes.
Batch makeBatch(const CaseTensors& cases, const std::vector<std::int64_t>& indices, const AugmentationOptions& options,
                const std::vector<int>& mirror, const Normalisation& normalisation, std::uint64_t seed, const std::string& stream,
                std::int64_t step, torch::Device device);

/// Bilinear warp of maps [B, C, H, W] by thetas [B, 2, 3] (affine_grid and grid_sample, zeros outside, align_corners False).
torch::Tensor warped(const torch::Tensor& maps, const torch::Tensor& thetas);
/// The inverse of each transform.
torch::Tensor inverted(const torch::Tensor& thetas);

}  // namespace roundel
