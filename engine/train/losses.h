#pragma once
#include <torch/torch.h>

#include "train/batch_share.h"

namespace roundel {

/// What a batch of logits [B, C, H, W] is compared with. Losses look at pictures: a volume [B, C, D, H, W] is one whose rows are those of
/// all its slices (asPictures).
struct LossTarget {
  torch::Tensor planes;       ///< [B, P, H, W] uint8, P = ceil(C / 8): bit b of plane p is 1 where class 8 p + b is
  torch::Tensor classWeight;  ///< [B, C] float32: 0 where the class is not annotated in the case
  torch::Tensor ignored;      ///< [B, 1, H, W] uint8: 1 where nobody may judge; undefined: nowhere
  BatchShare share = {};      ///< of which whole batch this is a part; sums are those of the whole

  torch::Tensor labels() const;  ///< [B, C, H, W] uint8: 1 where the class is
};

/// Volumes [B, C, D, H, W] as pictures [B, C, D * H, W]; pictures as they are.
inline torch::Tensor asPictures(const torch::Tensor& maps) { return maps.dim() == 5 ? maps.flatten(2, 3) : maps; }
/// The same for all that a target holds.
LossTarget asPictures(const LossTarget& target);

/// Labels [B, C, H, W] uint8 (0 or 1) as bit planes.
torch::Tensor bitPlanes(const torch::Tensor& labels);

/// Binary cross-entropy with logits, every class on its own, positives weighted by posWeight [C] (ALGORITHMS.md 6.2): the mean over all
/// known elements, each times its class weight. Known: annotated (weight above 0) and not ignored. 0 where nothing is known. Computed in
/// float32 whatever the type of the logits.
torch::Tensor binaryCrossEntropy(const torch::Tensor& logits, const LossTarget& target, const torch::Tensor& posWeight);

/// 1 - (2 sum(p y) + 1e-5) / (sum(p^2) + sum(y^2) + 1e-5) a class, sums over batch and space (SSL4MIS; ALGORITHMS.md 2.2), averaged
/// with `weights` [C] (undefined: all 1). p, y: [B, C, ...].
torch::Tensor diceLoss(const torch::Tensor& probabilities, const torch::Tensor& labels, const torch::Tensor& weights = {},
                       const BatchShare& share = {});

/// The terms of that mean: one a class, [C].
torch::Tensor diceTerms(const torch::Tensor& probabilities, const torch::Tensor& labels, const BatchShare& share = {});

/// The same on sigmoid probabilities over known elements; classes of which nothing is known leave the average.
torch::Tensor knownDiceLoss(const torch::Tensor& logits, const LossTarget& target);

}  // namespace roundel
