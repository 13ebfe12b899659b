#pragma once
#include "train/training_strategy.h"

namespace roundel {

/// Mean Teacher as SAM Carries the Burden compares with (ALGORITHMS.md 6.7): student and teacher start alike; batches are an even
/// mix of labelled and unlabelled; each sees the pictures under its own affine map; logits are warped back and compared by their plain mean
/// squared difference, beside BCE on what is labelled. The teacher is the moving average of the student's parameters and the result.
RegistryEntry<TrainingStrategy> meanTeacherStrategy();

}  // namespace roundel
