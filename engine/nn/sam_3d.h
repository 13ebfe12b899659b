#pragma once
#include <torch/torch.h>

#include <optional>
#include <string>
#include <vector>

#include "nn/prompted_decoder.h"
#include "nn/vit_encoder_3d.h"

namespace roundel::nn {

/// Form of a Segment Anything network for volumes; the defaults are SAM-Med3D's `vit_b_ori` (ALGORITHMS.md 9.1).
struct Sam3dOptions {
  VitEncoder3dOptions encoder = {};
  PromptEncoderOptions prompts = {.dim = 384, .imageSize = 128, .grid = 8, .axes = 3, .pointKinds = 2};
  MaskDecoderOptions decoder = {.transformer = {.dim = 384}, .axes = 3};
};

/// The architectures with public weights: "sam_med3d_vit_b_ori", which SAM-Med3D, SAM-Med3D-turbo and SegAnyPET share.
const std::vector<std::string>& sam3dNames();
/// Their options; nothing for another name.
std::optional<Sam3dOptions> sam3dOptions(const std::string& name);

/// SAM-Med3D with the keys of its checkpoints ("image_encoder.", "prompt_encoder.", "mask_decoder."). Volumes are in the order of the
/// tensor's axes (D, H, W); points [B, P, 3] name voxels in that order, and there are no boxes.
class Sam3d {
 public:
  Sam3d(ParameterSource& source, const Sam3dOptions& options);

  /// Normalised volumes [N, 1, S, S, S] to embeddings [N, C, g, g, g], float32; a bfloat16 volume asks for products in bfloat16.
  torch::Tensor embed(const torch::Tensor& volume, Trace* trace = nullptr) const { return m_encoder.forward(volume, trace); }
  /// What answers prompts. Low-resolution logits [B, M, 4 g, 4 g, 4 g].
  const PromptedDecoder& decoder() const { return m_decoder; }

  const VitEncoder3dOptions& encoderOptions() const { return m_encoder.options(); }
  /// Voxels along a side of the encoder's frame.
  int volumeSize() const { return m_decoder.promptEncoder().options().imageSize; }

 private:
  VitEncoder3d m_encoder;
  PromptedDecoder m_decoder;
};

}  // namespace roundel::nn
