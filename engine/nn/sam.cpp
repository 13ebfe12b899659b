#include "nn/sam.h"

namespace roundel::nn {
namespace {

using torch::Tensor;

std::variant<VitEncoder, TinyVit> encoderOf(const Scope& scope, const SamOptions& options) {
  if (const auto* vit = std::get_if<VitOptions>(&options.encoder)) return VitEncoder(scope, *vit);
  return TinyVit(scope, std::get<TinyVitOptions>(options.encoder));
}

}  // namespace

Sam::Sam(ParameterSource& source, const SamOptions& options)
    : m_encoder(encoderOf(Scope(source) / "image_encoder", options)),
      m_decoder(Scope(source) / "prompt_encoder", options.prompts, Scope(source) / "mask_decoder", options.decoder) {}

Tensor Sam::embed(const Tensor& image, Trace* trace) const {
  return std::visit([&](const auto& encoder) { return encoder.forward(image, trace); }, m_encoder);
}

}  // namespace roundel::nn
