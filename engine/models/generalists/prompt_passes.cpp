#include "models/generalists/prompt_passes.h"

#include <algorithm>

namespace roundel {
namespace {

/// More prompts in one pass of the decoder win nothing.
constexpr std::uint64_t kMostAtOnce = 32;
/// What one takes at most, with a mask prompt, in float32.
constexpr std::uint64_t kBytesAPrompt = 33'000'000;

/// Which mask answers a prompt: one that leaves nothing open has the first; a lone click or two have the best of the three readings
/// (the published rule for one answer, ALGORITHMS.md 8.4).
bool isAmbiguous(const Prompt& prompt) { return !prompt.box && !prompt.mask && prompt.points.size() < 3; }

MaskRule ruleFor(const Prompt& prompt, const std::string& wish) {
  return wish == "best" || (wish == "automatic" && isAmbiguous(prompt)) ? MaskRule::Best : MaskRule::Single;
}

}  // namespace

std::vector<PromptPass> passesOf(std::span<const Prompt> prompts, const GeneralistTraits& can, const std::string& wish, int atOnce) {
  std::vector<PromptPass> passes;
  for (const bool masked : {false, true})
    for (const MaskRule rule : {MaskRule::Single, MaskRule::Best}) {
      bool open = false;  // whether the last pass is of this kind and has room
      for (std::size_t i = 0; i < prompts.size(); ++i) {
        if ((prompts[i].mask && can.takesMask) != masked || ruleFor(prompts[i], wish) != rule) continue;
        if (!open) passes.push_back({.masked = masked, .rule = rule, .prompts = {}});
        passes.back().prompts.push_back(i);
        open = static_cast<int>(passes.back().prompts.size()) < atOnce;
      }
    }
  return passes;
}

std::vector<PromptPass> halves(const PromptPass& pass) {
  const auto middle = pass.prompts.begin() + static_cast<std::ptrdiff_t>(pass.prompts.size() / 2);
  return {{.masked = pass.masked, .rule = pass.rule, .prompts = {pass.prompts.begin(), middle}},
          {.masked = pass.masked, .rule = pass.rule, .prompts = {middle, pass.prompts.end()}}};
}

int promptsAtOnce(std::uint64_t freeBytes) {
  return static_cast<int>(std::clamp<std::uint64_t>(freeBytes / kBytesAPrompt, 1, kMostAtOnce));
}

nn::FramePrompt inFrame(const Prompt& prompt, const SamPlacement& frame, const GeneralistTraits& can) {
  nn::FramePrompt result;
  if (can.takesPoints)
    for (const auto& point : prompt.points)
      result.points.push_back(
          {frame.frameX(point.x), frame.frameY(point.y), point.positive ? nn::PointLabel::Positive : nn::PointLabel::Negative});
  if (prompt.box) {
    const PromptBox& box = *prompt.box;
    result.box = nn::FrameBox{frame.frameX(box.x0), frame.frameY(box.y0), frame.frameX(std::max(box.x0, box.x1 - 1)),
                              frame.frameY(std::max(box.y0, box.y1 - 1))};
  }
  return result;
}

torch::Tensor atSide(const LowResLogits& given, std::int64_t side) {
  const torch::Tensor logits = torch::from_blob(const_cast<float*>(given.values.data()), {1, 1, given.height, given.width}, torch::kFloat);
  return given.height == side && given.width == side ? logits.clone() : at::upsample_bilinear2d(logits, {side, side}, false);
}

}  // namespace roundel
