#include "nn/sam2.h"

#include <algorithm>
#include <map>

namespace roundel::nn {
namespace {

using torch::Tensor;

constexpr int kDim = Sam2ImageEncoder::kChannels;

const std::map<std::string, HieraOptions>& forms() {
  static const std::map<std::string, HieraOptions> table = {
      {"sam2.1_hiera_tiny",
       {.width = 96, .heads = 1, .blocks = {1, 2, 7, 2}, .windows = {8, 4, 14, 7}, .globalBlocks = {5, 7, 9}, .positions = 7}},
      {"sam2.1_hiera_small",
       {.width = 96, .heads = 1, .blocks = {1, 2, 11, 2}, .windows = {8, 4, 14, 7}, .globalBlocks = {7, 10, 13}, .positions = 7}},
      {"sam2.1_hiera_base_plus",
       {.width = 112, .heads = 2, .blocks = {2, 3, 16, 3}, .windows = {8, 4, 14, 7}, .globalBlocks = {12, 16, 20}, .positions = 14}},
      {"sam2.1_hiera_large",
       {.width = 144, .heads = 2, .blocks = {2, 6, 36, 4}, .windows = {8, 4, 16, 8}, .globalBlocks = {23, 33, 43}, .positions = 7}},
  };
  return table;
}

}  // namespace

const std::vector<std::string>& sam2Names() {
  static const std::vector<std::string> names = {"sam2.1_hiera_tiny", "sam2.1_hiera_small", "sam2.1_hiera_base_plus", "sam2.1_hiera_large"};
  return names;
}

std::optional<HieraOptions> sam2Options(const std::string& name) {
  const auto found = forms().find(name);
  return found != forms().end() ? std::optional(found->second) : std::nullopt;
}

bool sam2ImageModeUses(const std::string& key) {
  return key == "no_mem_embed" || key.starts_with("image_encoder.") || key.starts_with("sam_prompt_encoder.") ||
         key.starts_with("sam_mask_decoder.");
}

Sam2::Sam2(ParameterSource& source, const HieraOptions& options)
    : m_encoder(Scope(source) / "image_encoder", options),
      m_no_mem_embed(Scope(source).take("no_mem_embed", {1, 1, kDim})),
      m_decoder(Scope(source) / "sam_prompt_encoder", {.dim = kDim}, Scope(source) / "sam_mask_decoder",
                {.transformer = {.dim = kDim, .mlpNames = {"layers.0", "layers.1"}}, .objectScore = ObjectScore::Yes}),
      m_conv_s0(Scope(source) / "sam_mask_decoder" / "conv_s0", {.in = kDim, .out = kDim / 8, .kernel = 1}),
      m_conv_s1(Scope(source) / "sam_mask_decoder" / "conv_s1", {.in = kDim, .out = kDim / 4, .kernel = 1}) {}

Sam2Features Sam2::embed(const Tensor& image, Trace* trace) const {
  const std::vector<Tensor> levels = m_encoder.forward(image, trace);
  const Tensor embedding = levels[2].to(torch::kFloat) + m_no_mem_embed.view({1, kDim, 1, 1});
  const Tensor highRes0 = m_conv_s0(levels[0]).to(torch::kFloat), highRes1 = m_conv_s1(levels[1]).to(torch::kFloat);
  offer(trace, "image_embed", [&] { return embedding; });
  offer(trace, "high_res_s0", [&] { return highRes0; });
  offer(trace, "high_res_s1", [&] { return highRes1; });
  return {embedding, highRes0, highRes1};
}

Sam2Image Sam2::prepare(const Sam2Features& features) const {
  return {features.embedding, MaskDecoder::details(features.highRes1, features.highRes0), m_decoder.prepare(features.embedding)};
}

DecodedMasks Sam2::segment(const Sam2Image& image, const PromptPoints& prompts, MaskChoice choice) const {
  return m_decoder.segment(image.unmasked, prompts, choice, image.details);
}

DecodedMasks Sam2::segment(const Sam2Image& image, const PromptPoints& prompts, const Tensor& masks, MaskChoice choice) const {
  return m_decoder.segment(image.embedding, prompts, masks, choice, image.details);
}

Tensor stability(const Tensor& logits, double delta) {
  const Tensor flat = logits.flatten(2);
  const Tensor inside = flat.gt(delta).sum(-1).to(torch::kFloat), around = flat.gt(-delta).sum(-1).to(torch::kFloat);
  return torch::where(around.gt(0), inside / around, 1.0);
}

DecodedMasks chosenByStability(const DecodedMasks& all, const StabilityRule& rule) {
  const std::int64_t others = all.iou.size(1) - 1;
  const Tensor stable = stability(all.logits.narrow(1, 0, 1), rule.delta).ge(rule.threshold).squeeze(1);
  const Tensor best = all.iou.narrow(1, 1, others).argmax(1) + 1;
  const Tensor chosen = torch::where(stable, torch::zeros_like(best), best).unsqueeze(1);  // [B, 1]
  auto shape = all.logits.sizes().vec();
  shape[1] = 1;
  return {all.logits.gather(1, chosen.view({-1, 1, 1, 1}).expand(shape)), all.iou.gather(1, chosen), all.objectScore};
}

}  // namespace roundel::nn
