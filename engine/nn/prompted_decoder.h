#pragma once
#include <torch/torch.h>

#include "nn/mask_decoder.h"
#include "nn/prompt_encoder.h"

namespace roundel::nn {

/// Prompt encoder and mask decoder together: what every network of the SAM family does once it has an image's embedding.
class PromptedDecoder {
 public:
  /// The keys of its two parts lie below `prompts` and `decoder`.
  PromptedDecoder(const Scope& prompts, const PromptEncoderOptions& promptOptions, const Scope& decoder,
                  const MaskDecoderOptions& decoderOptions);

  /// What all prompts of one image [1, C, grid ...] that carry no mask share; to be kept beside the embedding. A bfloat16 embedding
  /// asks for products in bfloat16 from here on.
  TwoWayImage prepare(const torch::Tensor& embedding) const;
  /// B prompts at once.
  DecodedMasks segment(const TwoWayImage& prepared, const PromptPoints& prompts, MaskChoice choice, const ImageDetails& details = {}) const;
  /// B prompts with a mask prompt each: logits [B, 1, 4 grid ...] as an earlier call gave them.
  DecodedMasks segment(const torch::Tensor& embedding, const PromptPoints& prompts, const torch::Tensor& masks, MaskChoice choice,
                       const ImageDetails& details = {}) const;

  const PromptEncoder& promptEncoder() const { return m_prompts; }

 private:
  PromptEncoder m_prompts;
  MaskDecoder m_decoder;
};

}  // namespace roundel::nn
