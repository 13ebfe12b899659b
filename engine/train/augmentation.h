#pragma once
#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "train/case_tensors.h"

namespace roundel {

/// How pictures are varied while training. Everything is off at 0.
struct AugmentationOptions {
  double affine = 0.03;   ///< theta = I + affine * N(0, 1), every entry, in coordinates of [-1, 1] (ALGORITHMS.md 6.2)
  double flip = 0;        ///< probability of a horizontal flip, the same for all streams of a sample; classes change to their mirrors
  double intensity = 0;   ///< strength of brightness, contrast and gamma; 1 is strong
  double noise = 0;       ///< largest deviation of added Gaussian noise, in deviations of the grey values
  double blur = 0;        ///< largest sigma of a Gaussian blur, pixels
  bool turns = true;      ///< volumes: a quarter turn or none in the plane of the slices, then one flip (ALGORITHMS.md 2.3)
  double foreground = 0;  ///< volumes: share of patches centred on a voxel of a class, where labels are known
};

/// How batches are made; the same for a whole training.
struct BatchRecipe {
  AugmentationOptions augmentation = {};
  std::vector<int> mirror = {};  ///< what class c becomes in a mirrored picture
  Normalisation normalisation = {};
  std::uint64_t seed = 1;
  torch::Device device = torch::kCPU;
  std::array<std::int64_t, 3> patch = {};  ///< of volumes: slices, rows, columns
  BatchShare share = {};                   ///< of every batch, this rank's part is made
};

/// A batch in which every picture, or patch of a volume, was varied on its own.
struct Batch {
  torch::Tensor images;  ///< [B, 1, (D,) H, W] float32
  LossTarget target;
  torch::Tensor thetas;   ///< pictures: [B, 2, 3] float64 on the processor, output coordinates to input coordinates, flips included
  torch::Tensor beliefs;  ///< [B, C, (D,) H, W] float32 in [0, 1], 0.5 outside; undefined: the cases have none
};

/// Of the batch of cases `indices` of `cases` what is this rank's, varied on the computing device. Randomness is a function of (seed,
/// stream, step, sample), a sample's number being that in the whole batch. Pictures bilinear, masks nearest, zeros outside, align_corners
/// False, after normalisation. Of a volume a patch, at a random place.
Batch makeBatch(const CaseTensors& cases, const std::vector<std::int64_t>& indices, const BatchRecipe& recipe, const std::string& stream,
                std::int64_t step);

/// One batch after another, in the same order.
Batch joined(const Batch& first, const Batch& second);

/// Bilinear warp of maps [B, C, H, W] by thetas [B, 2, 3] (affine_grid and grid_sample, zeros outside, align_corners False).
torch::Tensor warped(const torch::Tensor& maps, const torch::Tensor& thetas);
/// The inverse of each transform.
torch::Tensor inverted(const torch::Tensor& thetas);

}  // namespace roundel
