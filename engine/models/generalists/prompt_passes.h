#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/prompt.h"
#include "models/generalist.h"
#include "models/generalists/image_predictor.h"

namespace roundel {

/// Prompts that go through the decoder together: of one kind, with or without a mask prompt, of one reading or three.
struct PromptPass {
  bool masked = false;
  MaskRule rule = MaskRule::Single;
  std::vector<std::size_t> prompts;  ///< their numbers
};

/// `wish`: SamGeneralist's parameter `mask`; `atOnce`: the most in one pass.
std::vector<PromptPass> passesOf(std::span<const Prompt> prompts, const GeneralistTraits& can, const std::string& wish, int atOnce);
/// The same prompts in two passes. Of two prompts or more.
std::vector<PromptPass> halves(const PromptPass& pass);
/// How many fit beside each other in so much memory: 1 to 32.
int promptsAtOnce(std::uint64_t freeBytes);

/// A prompt in the frame. Boxes are half-open here, inclusive there. Points stay away where the network takes none.
nn::FramePrompt inFrame(const Prompt& prompt, const SamPlacement& frame, const GeneralistTraits& can);

/// A mask prompt of another size at the side that the network takes, [1, 1, side, side].
torch::Tensor atSide(const LowResLogits& given, std::int64_t side);

}  // namespace roundel
