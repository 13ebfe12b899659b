#pragma once
#include "core/registry.h"

namespace roundel {

class TrainingStrategy;

/// How a training step's loss is made (strategies/builtin_strategies.cpp): "supervised", "mean-teacher".
const Registry<TrainingStrategy>& trainingStrategies();

}  // namespace roundel
