#include "models/generalists/sam_predictor.h"

#include "models/generalists/sam_preprocessing.h"

namespace roundel {
namespace {

using torch::Tensor;

int widestTokens(const nn::SamOptions& options) {
  const auto* vit = std::get_if<nn::VitOptions>(&options.encoder);
  // TinyViT begins with four times as many places a side and a fifth of the width.
  return vit != nullptr ? vit->dim : 16 * std::get<nn::TinyVitOptions>(options.encoder).dims[0];
}

}  // namespace

SamPredictor::SamPredictor(std::shared_ptr<const nn::Sam> network, const nn::SamOptions& options, const std::string& architecture)
    : m_network(std::move(network)),
      m_preprocessing(samPreprocessing(architecture)),
      m_sigmoidFirst(architecture == "medsam"),
      m_width(widestTokens(options)) {
  m_preprocessing.side = m_network->imageSize();
}

std::string SamPredictor::version() const {
  // SAM-Med2D stretched small pictures in its first version.
  return m_preprocessing.framing == SamFraming::Centred ? "sam-med2d 2" : "sam 1";
}

SamPlacement SamPredictor::placement(Size picture) const {
  return samPlacement(static_cast<int>(picture.x), static_cast<int>(picture.y), m_preprocessing);
}

Image SamPredictor::view(const Image& picture) const {
  const ByteImage seen = samResized(greyBytes(picture), placement(picture.geometry.size), m_preprocessing);
  Image result{.geometry = {.size = {seen.width, seen.height, 1}}};
  for (const std::uint8_t value : seen.values) result.values.push_back(static_cast<float>(value) / 255.0F);
  return result;
}

Tensor SamPredictor::input(const Image& picture) const {
  return samInput(greyBytes(picture), placement(picture.geometry.size), m_preprocessing);
}

std::vector<FeatureShape> SamPredictor::featureShapes() const {
  const auto& prompts = m_network->promptEncoder().options();
  return {{.name = "features", .shape = {1, prompts.dim, prompts.grid, prompts.grid}}};
}

std::vector<Tensor> SamPredictor::encode(const Tensor& input, nn::Trace* trace) const { return {m_network->embed(input, trace)}; }

PreparedPicture SamPredictor::prepare(const std::vector<Tensor>& features) const {
  return {.embedding = features.at(0), .details = {}, .unmasked = m_network->prepare(features.at(0))};
}

nn::DecodedMasks SamPredictor::predict(const PreparedPicture& picture, std::span<const nn::FramePrompt> prompts, const Tensor& masks,
                                       MaskRule rule) const {
  const auto device = picture.embedding.device();
  nn::PromptPoints points = nn::promptPoints(prompts);
  points.places = points.places.to(device);
  points.labels = points.labels.to(device);
  const auto choice = rule == MaskRule::Best ? nn::MaskChoice::Multi : nn::MaskChoice::Single;
  const nn::DecodedMasks decoded = masks.defined() ? m_network->segment(picture.embedding, points, masks.to(device), choice)
                                                   : m_network->segment(picture.unmasked, points, choice);
  return rule == MaskRule::Best ? bestOf(decoded) : decoded;
}

FullMask SamPredictor::atFullSize(const Tensor& lowRes, const SamPlacement& placement) const {
  if (m_sigmoidFirst) {
    const Tensor probability = medSamProbabilities(lowRes, placement);
    return {probability > 0.5, probability};
  }
  const Tensor logits = samMaskLogits(lowRes, placement);
  return {logits > 0, torch::sigmoid(logits)};
}

std::uint64_t SamPredictor::workingBytes() const {
  // What is held at the widest place between two layers: some forty values of the encoder's width for every token.
  const auto grid = static_cast<std::uint64_t>(m_network->promptEncoder().options().grid);
  return 40 * grid * grid * static_cast<std::uint64_t>(m_width) * sizeof(float);
}

}  // namespace roundel
