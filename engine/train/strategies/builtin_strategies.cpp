#include "train/strategies/mean_teacher.h"
#include "train/strategies/semisam_plus.h"
#include "train/strategies/supervised.h"
#include "train/strategies/unlabelled_terms.h"
#include "train/training_strategies.h"

namespace roundel {

const Registry<TrainingStrategy>& trainingStrategies() {
  static const Registry<TrainingStrategy> registry(
      "training-strategy", {supervisedStrategy(), meanTeacherStrategy(), uncertaintyAwareStrategy(), adversarialStrategy(),
                            dualTaskStrategy(), pyramidStrategy(), semisamPlusStrategy()});
  return registry;
}

std::string headsNeeded(const std::string& name, const Json& values) {
  const std::string strategy = name == "semisam-plus" ? values.value("semisam_base", "") : name;
  return strategy == "dtc" ? "distance" : strategy == "urpc" ? "pyramid" : "plain";
}

}  // namespace roundel
