#include "nn/sam_3d.h"

namespace roundel::nn {

const std::vector<std::string>& sam3dNames() {
  static const std::vector<std::string> names = {"sam_med3d_vit_b_ori"};
  return names;
}

std::optional<Sam3dOptions> sam3dOptions(const std::string& name) {
  return name == sam3dNames().front() ? std::optional(Sam3dOptions{}) : std::nullopt;
}

Sam3d::Sam3d(ParameterSource& source, const Sam3dOptions& options)
    : m_encoder(Scope(source) / "image_encoder", options.encoder),
      m_decoder(Scope(source) / "prompt_encoder", options.prompts, Scope(source) / "mask_decoder", options.decoder) {}

}  // namespace roundel::nn
