#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "device/device.h"
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
  torch::Tensor pieces;  ///< [B, 5, side, side], or with a third side; float32 or bfloat16
  torch::Tensor masked;  ///< [B] bool
  nn::PromptPoints points;
};

/// Form of the pieces of a training.
struct PieceForm {
  int side = 96;
  int dimensions = 2;
  torch::ScalarType type = torch::kFloat;

  std::int64_t places() const;  ///< of a piece
};
/// `device` decides the type where the plan leaves it open.
PieceForm pieceForm(const GeneralistPlan& plan, const ComputeChoice& device);

/// What draws the pieces: the thread that asks (makers, of which there are many), or all of LibTorch's.
enum class DrawnBy { OneThread, AllThreads };
AskedBatch askedBatch(const SampleBatch& batch, const PieceForm& form, DrawnBy drawnBy);

/// A batch as a step takes it, made ahead of it: what is asked first, and what is right.
struct PreparedBatch {
  SampleBatch samples;
  AskedBatch question;
  torch::Tensor truth;    ///< [B, places] float32
  torch::Tensor outside;  ///< [B] float32: of the structures, beyond their pieces
};
PreparedBatch preparedBatch(SampleBatch samples, const PieceForm& form);

/// The network of a plan, its tensors taken from `source`.
std::unique_ptr<nn::PromptableNetwork> promptableNetwork(nn::ParameterSource& source, const Json& params);

}  // namespace roundel
