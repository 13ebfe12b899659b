#pragma once
#include <memory>
#include <string>
#include <vector>

#include "models/generalists/image_predictor.h"
#include "models/generalists/sam2_network.h"

namespace roundel {

/// SAM 2 and 2.1 in image mode (ALGORITHMS.md 9.5): pictures stretched to the frame in floating point, features of three resolutions,
/// the single mask replaced by the best of three where it is not stable.
class Sam2Predictor : public ImagePredictor {
 public:
  Sam2Predictor(std::shared_ptr<const nn::Sam2> network, const nn::HieraOptions& trunk);

  std::string version() const override { return "sam2 1"; }
  SamPlacement placement(Size picture) const override;
  Image view(const Image& picture) const override;
  torch::Tensor input(const Image& picture) const override;
  std::vector<FeatureShape> featureShapes() const override;
  std::vector<torch::Tensor> encode(const torch::Tensor& input, nn::Trace* trace = nullptr) const override;
  PreparedPicture prepare(const std::vector<torch::Tensor>& features) const override;
  nn::DecodedMasks predict(const PreparedPicture& picture, std::span<const nn::FramePrompt> prompts, const torch::Tensor& masks,
                           MaskRule rule) const override;
  FullMask atFullSize(const torch::Tensor& lowRes, const SamPlacement& placement) const override;
  torch::Tensor asMaskPrompt(const torch::Tensor& lowRes) const override;
  std::uint64_t workingBytes() const override;

  const nn::Sam2& network() const { return *m_network; }

 private:
  std::shared_ptr<const nn::Sam2> m_network;
  std::int64_t m_width;  ///< channels of the trunk's first stage
};

}  // namespace roundel
