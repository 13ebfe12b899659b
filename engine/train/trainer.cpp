#include "train/trainer.h"

#include "device/torch_errors.h"
#include "train/training_run.h"

namespace roundel {

TrainResult train(const TrainingSet& set, const TrainPlan& plan, const TrainStart& start, const std::filesystem::path& folder, Job& job) {
  checkTrainingSet(set);
  TrainResult result;
  translatingTorchErrors("training the specialist", [&] { result = TrainingRun(set, plan, start, folder, job).run(); });
  return result;
}

}  // namespace roundel
