#pragma once
#include <torch/torch.h>

#include <variant>

#include "nn/prompted_decoder.h"
#include "nn/sam_options.h"

namespace roundel::nn {

/// A 2-D Segment Anything network: image encoder, prompt encoder, mask decoder, with the published checkpoints' keys ("image_encoder.",
/// "prompt_encoder.", "mask_decoder."). An image is embedded once and asked often.
///
/// Prompts are in pixels of the frame that the encoder sees; the models' own pre- and postprocessing is not the network's matter.
class Sam {
 public:
  Sam(ParameterSource& source, const SamOptions& options);

  /// Normalised images [N, 3, S, S] to embeddings [N, C, g, g], float32; a bfloat16 image asks for products in bfloat16.
  torch::Tensor embed(const torch::Tensor& image, Trace* trace = nullptr) const;

  /// What all prompts of one image [1, C, g, g] that carry no mask share; to be kept beside the embedding. A bfloat16 embedding
  /// asks for products in bfloat16 from here on.
  TwoWayImage prepare(const torch::Tensor& embedding) const { return m_decoder.prepare(embedding); }
  /// B prompts at once.
  DecodedMasks segment(const TwoWayImage& prepared, const PromptPoints& prompts, MaskChoice choice) const {
    return m_decoder.segment(prepared, prompts, choice);
  }
  /// B prompts with a mask prompt each: logits [B, 1, 4 g, 4 g] as an earlier call gave them.
  DecodedMasks segment(const torch::Tensor& embedding, const PromptPoints& prompts, const torch::Tensor& masks, MaskChoice choice) const {
    return m_decoder.segment(embedding, prompts, masks, choice);
  }

  /// Pixels a side of the encoder's frame.
  int imageSize() const { return promptEncoder().options().imageSize; }
  const PromptEncoder& promptEncoder() const { return m_decoder.promptEncoder(); }

 private:
  std::variant<VitEncoder, TinyVit> m_encoder;
  PromptedDecoder m_decoder;
};

}  // namespace roundel::nn
