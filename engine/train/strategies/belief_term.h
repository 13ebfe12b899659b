#pragma once
#include <memory>

#include "train/strategies/semi_supervised.h"

namespace roundel {

/// SemiSAM-O1's pseudo-labels (ALGORITHMS.md 5.3, 5.4b): cross-entropy and Dice of the unlabelled half against what an earlier round
/// believes, its weight rising over the first 30 % of the training to 1, every pixel weighed by 1 - H / ln 2 of the belief.
std::unique_ptr<UnlabelledTerm> beliefTerm();

}  // namespace roundel
