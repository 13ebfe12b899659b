#include "train/strategies/mean_teacher.h"
#include "train/strategies/supervised.h"
#include "train/training_strategies.h"

namespace roundel {

const Registry<TrainingStrategy>& trainingStrategies() {
  static const Registry<TrainingStrategy> registry("training-strategy", {supervisedStrategy(), meanTeacherStrategy()});
  return registry;
}

}  // namespace roundel
