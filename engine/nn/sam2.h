#pragma once
#include <torch/torch.h>

#include <optional>
#include <string>
#include <vector>

#include "nn/prompted_decoder.h"
#include "nn/sam2_image_encoder.h"

namespace roundel::nn {

/// "sam2.1_hiera_tiny", "_small", "_base_plus", "_large".
const std::vector<std::string>& sam2Names();
/// The trunk of one of them, by which alone they differ; nothing for another name.
std::optional<HieraOptions> sam2Options(const std::string& name);
/// Whether image mode needs a key of a SAM 2 checkpoint; the others belong to the memory of videos.
bool sam2ImageModeUses(const std::string& key);

/// What SAM 2 remembers of an image, float32.
struct Sam2Features {
  torch::Tensor embedding;  ///< [1, 256, 64, 64], with `no_mem_embed` in it
  torch::Tensor highRes0;   ///< [1, 32, 256, 256]
  torch::Tensor highRes1;   ///< [1, 64, 128, 128]
};

/// The same as the decoder takes it, for all prompts of the image.
struct Sam2Image {
  torch::Tensor embedding;
  ImageDetails details;
  TwoWayImage unmasked;  ///< for prompts that carry no mask
};

/// SAM 2.1 in image mode (ALGORITHMS.md 9.5) with the keys of the published checkpoints. Prompts are in pixels of the 1024 frame and of
/// the form PromptForm::Sam2.
class Sam2 {
 public:
  Sam2(ParameterSource& source, const HieraOptions& options);

  /// One normalised image [1, 3, 1024, 1024]; bfloat16 asks for products in bfloat16. Traces what the encoder does, and "image_embed",
  /// "high_res_s0", "high_res_s1".
  Sam2Features embed(const torch::Tensor& image, Trace* trace = nullptr) const;
  /// bfloat16 features ask for products in bfloat16 from here on.
  Sam2Image prepare(const Sam2Features& features) const;

  /// B prompts at once: logits [B, M, 256, 256], IoU in [0, 1], object scores. Choose from MaskChoice::All with chosenByStability().
  DecodedMasks segment(const Sam2Image& image, const PromptPoints& prompts, MaskChoice choice) const;
  /// B prompts with a mask prompt each [B, 1, 256, 256].
  DecodedMasks segment(const Sam2Image& image, const PromptPoints& prompts, const torch::Tensor& masks, MaskChoice choice) const;

  const PromptEncoder& promptEncoder() const { return m_decoder.promptEncoder(); }

 private:
  Sam2ImageEncoder m_encoder;
  torch::Tensor m_no_mem_embed;  ///< [1, 1, 256]
  PromptedDecoder m_decoder;
  Conv m_conv_s0, m_conv_s1;
};

/// When a mask counts as stable.
struct StabilityRule {
  double delta = 0.05;
  double threshold = 0.98;
};

/// Share of the pixels above -delta that are above delta, [B, M]; 1 where there are none.
torch::Tensor stability(const torch::Tensor& logits, double delta);
/// The one answer of SAM 2 to a prompt, from MaskChoice::All ("dynamic multimask"): mask 0 where it is stable, else the one of the others
/// with the highest predicted IoU. [B, 1, ...].
DecodedMasks chosenByStability(const DecodedMasks& all, const StabilityRule& rule = {});

}  // namespace roundel::nn
