#pragma once
#include "train/strategies/semi_supervised.h"

namespace roundel {

/// SemiSAM+ (ALGORITHMS.md 4): any of the other strategies, and frozen generalists that are prompted with the specialist's own masks of
/// unlabelled cases. What they answer teaches the specialist where their answers to several prompts agree.
RegistryEntry<TrainingStrategy> semisamPlusStrategy();

}  // namespace roundel
