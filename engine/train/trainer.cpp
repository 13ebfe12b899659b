#include "train/trainer.h"

#include "device/torch_errors.h"
#include "train/training_run.h"

namespace roundel {

TrainResult train(const TrainingSet& set, const TrainPlan& plan, const TrainStart& start, const std::filesystem::path& folder, Job& job) {
  TrainResult result;
  try {
    checkTrainingSet(set);
    translatingTorchErrors("training the specialist", [&] { result = TrainingRun(set, plan, start, folder, job).run(); });
  } catch (const std::exception& failure) {
    if (start.fabric) start.fabric->leave(failure.what());  // the others wait for this rank no longer
    throw;
  }
  return result;
}

}  // namespace roundel
