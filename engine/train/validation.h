#pragma once
#include "train/training_strategy.h"

namespace roundel {

/// Mean Dice of probabilities above 0.5 over cases and classes that are annotated and present; ignored pixels stay out. -1
/// where no case has a present class.
double validationDice(const SpecialistNetwork& network, const CaseTensors& cases, torch::Device device, torch::ScalarType type,
                      std::int64_t batch);

}  // namespace roundel
