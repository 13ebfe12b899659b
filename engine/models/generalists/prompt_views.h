#pragma once
#include <torch/torch.h>

#include <functional>
#include <span>
#include <vector>

#include "models/generalists/prompt_crop.h"
#include "nn/promptable.h"

namespace roundel {

/// How a promptable network is asked about pieces of a picture or a volume.
struct PieceAsking {
  torch::Device device = torch::kCPU;
  torch::ScalarType products = torch::kFloat;
  int views = 1;  ///< of every piece, averaged: the first as it is; bit 0 mirrors along x, bit 1 along y, bit 2 along z
};

/// Prompts as the network takes them.
using PointsOf = std::function<nn::PromptPoints(std::span<const CropPrompt>)>;

struct ViewedAnswer {
  torch::Tensor logits;  ///< [B, 1, side ...] float32, on the processor
  torch::Tensor iou;     ///< [B] float32, on the processor: predicted
};

/// Answers about pieces [B, channels, side ...], all views in one pass. Prompts are in places of their pieces; a mask prompt is drawn
/// already, `masked` says that there is one.
ViewedAnswer answerInViews(const nn::PromptableNetwork& network, const torch::Tensor& pieces, const std::vector<CropPrompt>& prompts,
                           const PointsOf& points, bool masked, const PieceAsking& asking);

}  // namespace roundel
