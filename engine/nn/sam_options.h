#pragma once
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "nn/mask_decoder.h"
#include "nn/parameter_source.h"
#include "nn/prompt_encoder.h"
#include "nn/tiny_vit.h"
#include "nn/vit_encoder.h"

namespace roundel::nn {

/// Form of a whole 2-D Segment Anything network: which encoder, and the parts that all of them share.
struct SamOptions {
  std::variant<VitOptions, TinyVitOptions> encoder;
  PromptEncoderOptions prompts = {};
  MaskDecoderOptions decoder = {};
};

/// The architectures with public weights: "sam_vit_b", "sam_vit_l", "sam_vit_h", "mobile_sam", "sam_med2d_vit_b_256" and "medsam", which is
/// sam_vit_b with weights and preprocessing of its own.
const std::vector<std::string>& samNames();
/// Their options; nothing for another name.
std::optional<SamOptions> samOptions(const std::string& name);

/// The options that a list of keys and shapes speaks of, as a checkpoint holds them: sizes, depths, windows, which blocks are global,
/// adapters. What shapes cannot say (eight heads in the decoder, the image size of TinyViT) is as published. Nothing where the list is not
/// that of a 2-D SAM.
std::optional<SamOptions> samOptions(std::span<const ParameterShape> shapes);

}  // namespace roundel::nn
