#pragma once
#include <torch/torch.h>

#include <cstdint>

namespace roundel {

/// What a specialist's outputs mean.
enum class OutputForm {
  Sigmoid,  ///< one output a class, each on its own: classes may overlap (Roundel's own)
  Softmax   ///< background first, then one output a class; they exclude one another (the papers' form)
};

/// Outputs that a network needs for `classes` classes.
inline int outputsFor(OutputForm form, int classes) { return form == OutputForm::Softmax ? classes + 1 : classes; }

/// float32 probabilities [N, K, ...] of a network's logits.
torch::Tensor probabilitiesOf(const torch::Tensor& logits, OutputForm form);

/// Logits of every class against all the rest, [N, classes, ...]: their sigmoid is the class's probability in either form.
torch::Tensor classLogits(const torch::Tensor& logits, OutputForm form);

}  // namespace roundel
