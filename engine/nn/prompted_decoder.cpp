#include "nn/prompted_decoder.h"

#include <algorithm>
#include <vector>

namespace roundel::nn {
namespace {

using torch::Tensor;

/// Prompts with masks have an image each; so many of those exist at a time.
constexpr std::int64_t kMaskedPrompts = 4;

}  // namespace

PromptedDecoder::PromptedDecoder(const Scope& prompts, const PromptEncoderOptions& promptOptions, const Scope& decoder,
                                 const MaskDecoderOptions& decoderOptions)
    : m_prompts(prompts, promptOptions), m_decoder(decoder, decoderOptions) {}

TwoWayImage PromptedDecoder::prepare(const Tensor& embedding) const {
  return m_decoder.prepare(embedding + m_prompts.noMask().to(embedding.scalar_type()), m_prompts.gridPositions());
}

DecodedMasks PromptedDecoder::segment(const TwoWayImage& prepared, const PromptPoints& prompts, MaskChoice choice,
                                      const ImageDetails& details) const {
  const auto [tokens, filler] = m_prompts.sparse(prompts);
  return m_decoder.forward(prepared, tokens, filler, choice, details);
}

DecodedMasks PromptedDecoder::segment(const Tensor& embedding, const PromptPoints& prompts, const Tensor& masks, MaskChoice choice,
                                      const ImageDetails& details) const {
  const auto [tokens, filler] = m_prompts.sparse(prompts);
  const Tensor positions = m_prompts.gridPositions();
  std::vector<Tensor> logits, ious, scores;
  for (std::int64_t at = 0; at < tokens.size(0); at += kMaskedPrompts) {
    const std::int64_t here = std::min(kMaskedPrompts, tokens.size(0) - at);
    const Tensor dense = m_prompts.dense(masks.narrow(0, at, here)).to(embedding.scalar_type());
    const DecodedMasks decoded = m_decoder.forward(m_decoder.prepare(embedding + dense, positions), tokens.narrow(0, at, here),
                                                   filler.defined() ? filler.narrow(0, at, here) : filler, choice, details);
    logits.push_back(decoded.logits);
    ious.push_back(decoded.iou);
    if (decoded.objectScore.defined()) scores.push_back(decoded.objectScore);
  }
  return {torch::cat(logits, 0), torch::cat(ious, 0), scores.empty() ? Tensor() : torch::cat(scores, 0)};
}

}  // namespace roundel::nn
