#pragma once
#include "train/training_strategy.h"

namespace roundel {

/// Mean Dice of probabilities above 0.5 over cases and classes that are annotated and present; ignored pixels stay out. Volumes
/// are slid over in windows of the recipe's patch. -1
/// where no case has a present class.
double validationDice(const SpecialistNetwork& network, const CaseTensors& cases, const BatchRecipe& recipe, torch::ScalarType type,
                      std::int64_t batch);

}  // namespace roundel
