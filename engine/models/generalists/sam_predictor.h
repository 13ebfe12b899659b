#pragma once
#include <memory>
#include <string>
#include <vector>

#include "models/generalists/image_predictor.h"
#include "models/generalists/sam_network.h"

namespace roundel {

/// The first Segment Anything and what shares its decoder: SAM, MobileSAM, SAM-Med2D, MedSAM (ALGORITHMS.md 8.4, 9.2, 9.3).
class SamPredictor : public ImagePredictor {
 public:
  /// `architecture` says how pictures are prepared (samPreprocessing()).
  SamPredictor(std::shared_ptr<const nn::Sam> network, const nn::SamOptions& options, const std::string& architecture);

  std::string version() const override;
  SamPlacement placement(Size picture) const override;
  Image view(const Image& picture) const override;
  torch::Tensor input(const Image& picture) const override;
  std::vector<FeatureShape> featureShapes() const override;
  std::vector<torch::Tensor> encode(const torch::Tensor& input, nn::Trace* trace = nullptr) const override;
  PreparedPicture prepare(const std::vector<torch::Tensor>& features) const override;
  nn::DecodedMasks predict(const PreparedPicture& picture, std::span<const nn::FramePrompt> prompts, const torch::Tensor& masks,
                           MaskRule rule) const override;
  FullMask atFullSize(const torch::Tensor& lowRes, const SamPlacement& placement) const override;
  std::uint64_t workingBytes() const override;

 private:
  std::shared_ptr<const nn::Sam> m_network;
  SamPreprocessing m_preprocessing;
  bool m_sigmoidFirst;  ///< MedSAM resizes probabilities, the others logits
  int m_width;          ///< channels of a token in the encoder's widest place
};

}  // namespace roundel
