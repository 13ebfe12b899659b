#pragma once
#include "train/losses.h"

namespace roundel {

/// Both terms of the supervised loss of one head.
struct SegmentationLoss {
  torch::Tensor entropy;  ///< binaryCrossEntropy(logits, target, posWeight)
  torch::Tensor dice;     ///< knownDiceLoss(logits, target)
};

/// The same numbers as the two functions it names, with their gradients, from one walk over the logits forward and one back
/// instead of some thirty: on a processor the two losses of 32 classes otherwise take as long as the network. Logits of
/// float32 or bfloat16; on a GPU it calls the two functions.
SegmentationLoss segmentationLoss(const torch::Tensor& logits, const LossTarget& target, const torch::Tensor& posWeight);

}  // namespace roundel
