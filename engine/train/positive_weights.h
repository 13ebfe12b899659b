#pragma once
#include "core/label_set.h"
#include "core/param_spec.h"
#include "train/case_tensors.h"

namespace roundel {

/// Positive weights [C] as the parameters say: given ones, computed ones, or all 1.
/// Throws Error(Usage, "bad-parameter") where given ones are not one positive number a class.
torch::Tensor chosenPositiveWeights(const CaseTensors& cases, const LabelSet& classes, const Params& params);

}  // namespace roundel
