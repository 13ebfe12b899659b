#pragma once
#include <torch/torch.h>

#include "train/losses.h"

namespace roundel {

/// Cross-entropy of softmax logits where labels may be partial: at a pixel all outputs that the labels allow count together (background
/// and the classes that the case does not annotate, where no annotated class is), and a pixel that says nothing stays out. With all classes
/// annotated it is the plain mean cross-entropy.
torch::Tensor softmaxCrossEntropy(const torch::Tensor& logits, const LossTarget& target);

/// diceLoss on softmax probabilities, background included, over known pixels; classes of which nothing is known leave the average, and
/// background with them.
torch::Tensor softmaxDice(const torch::Tensor& logits, const LossTarget& target);

}  // namespace roundel
