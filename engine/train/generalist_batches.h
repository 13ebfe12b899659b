#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "nn/promptable.h"
#include "train/generalist_training.h"

namespace roundel {

/// Structures that are asked for in one step.
using SampleBatch = std::vector<PromptSample>;

/// Batch `step` of a training: a function of the plan, the lesson and the step.
SampleBatch makeSampleBatch(const GeneralistPlan& plan, const GeneralistLesson& lesson, std::int64_t step);

/// Up to three structures of a scene, asked for with their true boxes.
SampleBatch trueBoxBatch(const GeneralistPlan& plan, const PromptableScene& scene);

/// Prompts of a round as the network takes them.
struct AskedBatch {
  torch::Tensor pieces;  ///< [B, 5, side, side], or with a third side
  torch::Tensor masked;  ///< [B] bool
  nn::PromptPoints points;
};
AskedBatch askedBatch(const SampleBatch& batch, int side, int dimensions);

/// Places of a piece.
std::int64_t placesOf(int side, int dimensions);

/// The network of a plan, its tensors taken from `source`.
std::unique_ptr<nn::PromptableNetwork> promptableNetwork(nn::ParameterSource& source, const Json& params);

}  // namespace roundel
