#pragma once
#include <torch/torch.h>

#include <optional>
#include <vector>

#include "nn/layers.h"
#include "nn/two_way_transformer.h"

namespace roundel::nn {

/// Which of the decoder's masks are wanted.
enum class MaskChoice {
  Single,  ///< mask 0, for prompts that leave nothing open ("multimask_output = False")
  Multi,   ///< masks 1 ..., three readings of an ambiguous prompt ("multimask_output = True")
  All      ///< mask 0 and those
};

/// What SAM 2's decoder has more than SAM's: a token in front that says whether the object is there at all, and predicted IoUs that have
/// passed a sigmoid. Its images may bring details of higher resolution.
enum class ObjectScore { No, Yes };

/// Form of the mask decoder; the defaults are those of all published SAMs.
struct MaskDecoderOptions {
  TwoWayOptions transformer = {};
  int multiMasks = 3;
  int iouDepth = 3;
  int iouHidden = 256;
  int axes = 2;  ///< 3: masks in a volume
  ObjectScore objectScore = ObjectScore::No;
};

/// Low-resolution logits [B, M, 4 grid, 4 grid] and predicted IoU [B, M], float32.
struct DecodedMasks {
  torch::Tensor logits, iou;
  torch::Tensor objectScore = {};  ///< [B, 1] logit; undefined where the network has none
};

/// Features of an image at twice and at four times the embedding's resolution, which enter the up-scaling before its norm and before its
/// last activation (SAM 2); undefined: none. As rows, in the order in which the decoder makes them: MaskDecoder::details().
struct ImageDetails {
  torch::Tensor twice;  ///< [1, N, 4, dim / 4]
  torch::Tensor four;   ///< [1, N, 4, 4 * dim / 8]
};

/// SAM's mask decoder (ALGORITHMS.md 8.3), keys as below "mask_decoder.".
///
/// It keeps the image as rows of channels from beginning to end: a transposed convolution of 2x2 and stride 2 is one product of rows,
/// its norm and activation do not ask where a pixel lies, and only the finished masks are put into pixel order.
class MaskDecoder {
 public:
  MaskDecoder(const Scope& scope, const MaskDecoderOptions& options);

  /// An image embedding with its dense prompt added, [1 or B, dim, grid, grid], and the grid's positions [1, dim, grid, grid].
  /// Products with it run in its type, float32 or bfloat16.
  TwoWayImage prepare(const torch::Tensor& embedding, const torch::Tensor& positions) const;

  /// Details of one image: features [1, dim / 4, 2 grid, 2 grid] and [1, dim / 8, 4 grid, 4 grid].
  static ImageDetails details(const torch::Tensor& twice, const torch::Tensor& four);

  /// Prompt tokens [B, T, dim] with their fillers ([B, T] bool or undefined) on an image that is shared (1) or each prompt's own (B).
  DecodedMasks forward(const TwoWayImage& image, const torch::Tensor& sparse, const torch::Tensor& filler, MaskChoice choice,
                       const ImageDetails& details = {}) const;

 private:
  /// Linear layers with ReLU between them.
  struct Perceptron {
    std::vector<Linear> layers;
    Perceptron(const Scope& scope, std::int64_t in, std::int64_t hidden, std::int64_t out, int depth);
    torch::Tensor operator()(torch::Tensor x) const;
  };

  /// Image rows [B, N, dim] and one vector for every mask [B, M, dim / 8] to logits [B, M, 4 grid, 4 grid].
  torch::Tensor upscaled(const torch::Tensor& rows, const torch::Tensor& masks, const ImageDetails& details) const;

  MaskDecoderOptions m_options;
  TwoWayTransformer m_transformer;
  torch::Tensor m_iouToken, m_maskTokens, m_objectToken;
  ConvTranspose m_up0;
  LayerNorm m_up1;
  ConvTranspose m_up3;
  std::vector<Perceptron> m_hypernetworks;
  Perceptron m_iouHead;
  std::optional<Perceptron> m_objectHead;
};

}  // namespace roundel::nn
