#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/job.h"
#include "train/generalist_plan.h"

namespace roundel {

struct PreparedBatch;  // train/generalist_batches.h

struct GeneralistTraining {
  std::filesystem::path weights;  ///< folder / "model.safetensors", half precision
  std::int64_t steps = 0;
  double loss = 0;                    ///< mean of the last steps
  std::map<std::string, double> iou;  ///< mean IoU from the true box, a family; scenes that were not trained on
  Json curve = Json::array();
  Json environment = Json::object();
};

/// What a broken-off training goes on from; not needed once it has ended.
inline constexpr const char* kGeneralistState = "training-state.safetensors";

/// What a generalist learns from instead of the families, and where it begins: how one is adapted to a study.
struct GeneralistLesson {
  std::vector<PromptableScene> scenes = {};  ///< labelled pictures; empty: the plan's families
  std::filesystem::path start = {};          ///< weights of the same form to begin with; empty: none
  /// Who makes the batch of a step, called from many threads: where several networks learn from the same batches, they are made once. None:
  /// the training itself. It must give what the plan and the scenes would.
  std::function<std::shared_ptr<const PreparedBatch>(std::int64_t step)> batches = {};
};

/// Trains a promptable network of crops (nn/crop_network.h) on scenes and writes folder/model.safetensors with its card, and curve.json.
///
/// Scenes, prompts and clicks are a function of (seed, step, sample); same plan, build, instruction set and number of threads give the same
/// bytes (not on a GPU, whose sums come in any order). State is written to `folder` at least every minute (checkpoint_seconds); started
/// again, the training goes on there and ends with the bytes of an uninterrupted one. With more steps than before too, if the learning rate
/// had not begun to fall. Progress and curve go to `job`; a request to stop is obeyed at the next step, after the state is written, with
/// Cancelled.
///
/// With a lesson's scenes the families are neither learnt from nor looked at. `makers`: threads that make scenes meanwhile. Throws as
/// train() does (train/trainer.h).
GeneralistTraining trainGeneralist(const GeneralistPlan& plan, const std::filesystem::path& folder, const std::string& device, int threads,
                                   int makers, Job& job, const GeneralistLesson& lesson = {});

}  // namespace roundel
