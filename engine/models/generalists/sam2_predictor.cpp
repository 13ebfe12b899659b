#include "models/generalists/sam2_predictor.h"

#include "models/generalists/sam2_preprocessing.h"

namespace roundel {
namespace {

using torch::Tensor;

/// A grey picture as the pixel pipeline's 8 bits, in [0, 1]: [1, height, width].
Tensor greyOf(const Image& picture) {
  const ByteImage bytes = greyBytes(picture);
  return torch::from_blob(const_cast<std::uint8_t*>(bytes.values.data()), {1, bytes.height, bytes.width}, torch::kUInt8).to(torch::kFloat) /
         255;
}

nn::DecodedMasks threeReadings(const nn::DecodedMasks& all) {
  const std::int64_t count = all.iou.size(1) - 1;
  return {all.logits.narrow(1, 1, count), all.iou.narrow(1, 1, count), all.objectScore};
}

}  // namespace

Sam2Predictor::Sam2Predictor(std::shared_ptr<const nn::Sam2> network, const nn::HieraOptions& trunk)
    : m_network(std::move(network)), m_width(trunk.width) {}

SamPlacement Sam2Predictor::placement(Size picture) const {
  return samPlacement(static_cast<int>(picture.x), static_cast<int>(picture.y),
                      {.framing = SamFraming::Stretched, .side = static_cast<int>(kSam2Frame)});
}

Image Sam2Predictor::view(const Image& picture) const {
  const Tensor seen = sam2Resized(greyOf(picture)).contiguous();
  const float* values = seen.const_data_ptr<float>();
  return {.geometry = {.size = {kSam2Frame, kSam2Frame, 1}}, .values = {values, values + seen.numel()}};
}

Tensor Sam2Predictor::input(const Image& picture) const { return sam2Input(greyOf(picture)); }

std::vector<FeatureShape> Sam2Predictor::featureShapes() const {
  const auto& prompts = m_network->promptEncoder().options();
  const std::int64_t dim = prompts.dim, grid = prompts.grid;
  return {{.name = "features", .shape = {1, dim, grid, grid}},
          {.name = "high_res_0", .shape = {1, dim / 8, 4 * grid, 4 * grid}},
          {.name = "high_res_1", .shape = {1, dim / 4, 2 * grid, 2 * grid}}};
}

std::vector<Tensor> Sam2Predictor::encode(const Tensor& input, nn::Trace* trace) const {
  const nn::Sam2Features features = m_network->embed(input, trace);
  return {features.embedding, features.highRes0, features.highRes1};
}

PreparedPicture Sam2Predictor::prepare(const std::vector<Tensor>& features) const {
  nn::Sam2Image image = m_network->prepare({features.at(0), features.at(1), features.at(2)});
  return {.embedding = image.embedding, .details = image.details, .unmasked = image.unmasked};
}

nn::DecodedMasks Sam2Predictor::predict(const PreparedPicture& picture, std::span<const nn::FramePrompt> prompts, const Tensor& masks,
                                        MaskRule rule) const {
  const auto device = picture.embedding.device();
  nn::PromptPoints points = nn::promptPoints(prompts, nn::PromptForm::Sam2);
  points.places = points.places.to(device);
  points.labels = points.labels.to(device);
  const nn::Sam2Image image{picture.embedding, picture.details, picture.unmasked};
  const nn::DecodedMasks all = masks.defined() ? m_network->segment(image, points, masks.to(device), nn::MaskChoice::All)
                                               : m_network->segment(image, points, nn::MaskChoice::All);
  return rule == MaskRule::Best ? bestOf(threeReadings(all)) : nn::chosenByStability(all);
}

FullMask Sam2Predictor::atFullSize(const Tensor& lowRes, const SamPlacement& placement) const {
  const Tensor logits = sam2MaskLogits(lowRes, placement.imageHeight, placement.imageWidth);
  return {logits > 0, torch::sigmoid(logits)};
}

Tensor Sam2Predictor::asMaskPrompt(const Tensor& lowRes) const { return sam2MaskPrompt(lowRes); }

std::uint64_t Sam2Predictor::workingBytes() const {
  // The first stage has a place for every 4 x 4 pixels. Measured beside the weights and the program itself: 500, 600 and 920 MB for
  // tiny, base plus and large; the rest is room.
  constexpr std::int64_t kPlaces = (kSam2Frame / 4) * (kSam2Frame / 4);
  return static_cast<std::uint64_t>(26 * kPlaces * m_width) * sizeof(float);
}

}  // namespace roundel
