#pragma once
#include "core/registry.h"

namespace roundel {

class TrainingStrategy;

/// How a training step's loss is made (strategies/builtin_strategies.cpp): "supervised", "mean-teacher", "ua-mt" ...
const Registry<TrainingStrategy>& trainingStrategies();

/// The specialist's parameter `heads` that a strategy learns with; `values`: parameters set by hand.
std::string headsNeeded(const std::string& name, const Json& values);

}  // namespace roundel
