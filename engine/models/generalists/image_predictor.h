#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/image.h"
#include "models/generalists/model_folder.h"
#include "models/generalists/sam_preprocessing.h"
#include "nn/mask_decoder.h"
#include "nn/prompt_encoder.h"
#include "nn/trace.h"
#include "weights/state_dict.h"

namespace roundel {

/// A tensor that an image encoder gives: what a stored embedding calls it, and its shape.
struct FeatureShape {
  std::string name;
  std::vector<std::int64_t> shape;
};

/// A picture's features as the decoder takes them, the same for all prompts.
struct PreparedPicture {
  torch::Tensor embedding;   ///< [1, C, g, g]
  nn::ImageDetails details;  ///< SAM 2's; undefined: none
  nn::TwoWayImage unmasked;  ///< what prompts without a mask share
};

/// Which of the decoder's masks answers a prompt.
enum class MaskRule {
  Single,  ///< the one that the network gives where one is asked for
  Best,    ///< of the three readings of an ambiguous prompt the one with the highest predicted IoU
};

/// A mask at the picture's own size, [1, 1, height, width].
struct FullMask {
  torch::Tensor inside, probability;
};

/// A frozen network with what its publishers do before and after it (their SamPredictor, SAM2ImagePredictor): what differs among the 2-D
/// networks that SamGeneralist asks. Grey pictures in [0, 1]; places in pixels of the frame; tensors on the device of the weights.
/// Without state of its own: may be asked from several threads.
class ImagePredictor {
 public:
  virtual ~ImagePredictor() = default;

  /// Of the code around the weights: another text whenever the same weights would give other answers than before.
  virtual std::string version() const = 0;
  /// Where a picture lies in the frame.
  virtual SamPlacement placement(Size picture) const = 0;
  /// The picture as the encoder sees it, grey in [0, 1].
  virtual Image view(const Image& picture) const = 0;
  /// The encoder's input [1, 3, S, S], float32, on the processor.
  virtual torch::Tensor input(const Image& picture) const = 0;

  /// What encode() gives; the first is the embedding [1, C, g, g], low-resolution masks are 4 g x 4 g.
  virtual std::vector<FeatureShape> featureShapes() const = 0;
  /// In float32; a bfloat16 input asks for products in bfloat16. `trace` is offered what each block of the network makes.
  virtual std::vector<torch::Tensor> encode(const torch::Tensor& input, nn::Trace* trace = nullptr) const = 0;
  /// bfloat16 features ask for products in bfloat16 from here on.
  virtual PreparedPicture prepare(const std::vector<torch::Tensor>& features) const = 0;
  /// One mask a prompt, logits [B, 1, 4 g, 4 g] and predicted IoU [B, 1]. `masks`: the prompts' mask prompts, [B, 1, 4 g, 4 g];
  /// undefined: none of them has one.
  virtual nn::DecodedMasks predict(const PreparedPicture& picture, std::span<const nn::FramePrompt> prompts, const torch::Tensor& masks,
                                   MaskRule rule) const = 0;

  /// Logits [1, 1, 4 g, 4 g] as a mask of the picture.
  virtual FullMask atFullSize(const torch::Tensor& lowRes, const SamPlacement& placement) const = 0;
  /// Logits as a later call takes them for its mask prompt.
  virtual torch::Tensor asMaskPrompt(const torch::Tensor& lowRes) const { return lowRes; }

  /// What encode() holds at its peak beside the weights, in float32 (docs/PERFORMANCE.md has the measured peaks).
  virtual std::uint64_t workingBytes() const = 0;
};

/// The rows' best mask, from masks [B, M]: [B, 1].
nn::DecodedMasks bestOf(const nn::DecodedMasks& masks);

/// The predictor of an installed model's architecture with its weights on a device. Throws Error(BadInput, "bad-weights") where the
/// weights are not those of the architecture.
std::shared_ptr<const ImagePredictor> loadPredictor(const InstalledModel& model, const StateDict& weights, torch::Device device);

}  // namespace roundel
