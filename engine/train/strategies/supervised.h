#pragma once
#include "train/training_strategy.h"

namespace roundel {

/// True labels and pseudo-labels alike: batches of both, drawn evenly; BCE with positive weights and Dice (ALGORITHMS.md 6.2).
/// A network with coarser heads is supervised at every head.
RegistryEntry<TrainingStrategy> supervisedStrategy();

}  // namespace roundel
