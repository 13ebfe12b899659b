#pragma once
#include <torch/torch.h>

#include <string>

#include "core/image.h"
#include "raster/byte_image.h"

namespace roundel {

/// How a 2-D SAM wants its pictures.
enum class SamFraming {
  LongestSide,  ///< SAM, MobileSAM: longest side to the frame, the rest of the frame black after normalisation (ALGORITHMS.md 8.4)
  Stretched,    ///< MedSAM: both sides to the frame, whatever the proportions (9.3)
  Centred,      ///< SAM-Med2D: a smaller picture as it is, in the middle of the frame, the rest zero after normalisation; another one
                ///< stretched (9.2; its train_transforms. Its predictor class stretches small ones too, training never did)
};

/// What kind of resizing and scaling of grey values goes with a framing.
enum class SamNormalisation {
  MeanAndDeviation,  ///< Pillow's bilinear, then SAM's mean and standard deviation of 0 ... 255
  NearestDeviation,  ///< OpenCV's nearest, then the same (SAM-Med2D)
  MinMaxSkimage,     ///< scikit-image's cubic, then minimum and maximum to [0, 1] (MedSAM upstream)
  MinMaxOpenCv,      ///< OpenCV's cubic, then the same (SAM Carries the Burden's MedSAM)
};

/// Preprocessing of a network by its name (nn/sam_options.h).
struct SamPreprocessing {
  SamFraming framing = SamFraming::LongestSide;
  SamNormalisation normalisation = SamNormalisation::MeanAndDeviation;
  int side = 1024;  ///< of the frame
};

/// The published one of "sam_vit_b", "sam_vit_l", "sam_vit_h", "mobile_sam", "sam_med2d_vit_b_256" and "medsam"; SAM's for another name.
SamPreprocessing samPreprocessing(const std::string& network);

/// Cells [first, first + count) along one axis of a grid that covers the frame.
struct GridCells {
  std::int64_t first = 0, count = 0;
};

/// A picture inside the frame that the encoder sees.
struct SamPlacement {
  int imageWidth = 0, imageHeight = 0;  ///< of the picture
  int width = 0, height = 0;            ///< of the picture inside the frame
  int side = 1024;                      ///< of the frame
  int left = 0, top = 0;                ///< of the picture inside the frame

  /// Pixel coordinates of the picture to those of the frame, each axis by its own factor.
  double frameX(double x) const { return left + x * width / imageWidth; }
  double frameY(double y) const { return top + y * height / imageHeight; }
  /// The cells of a grid of `grid` x `grid` over the frame whose larger part lies on the picture, at least one.
  GridCells columns(std::int64_t grid) const;
  GridCells rows(std::int64_t grid) const;
};

/// Throws Error(BadInput, "bad-image") on an empty picture.
SamPlacement samPlacement(int imageWidth, int imageHeight, const SamPreprocessing& preprocessing);

/// Grey values in [0, 1] as 8 bits, one channel. The picture is 2-D.
ByteImage greyBytes(const Image& image);

/// The picture at its size inside the frame, still 8 bits.
ByteImage samResized(const ByteImage& image, const SamPlacement& placement, const SamPreprocessing& preprocessing);

/// The encoder's input [1, 3, side, side], float32; a grey picture is repeated three times.
torch::Tensor samInput(const ByteImage& image, const SamPlacement& placement, const SamPreprocessing& preprocessing);

/// Low-resolution logits [B, M, h, w] to the picture's own size, [B, M, imageHeight, imageWidth]: bilinear to the frame, cut to the
/// picture's part of it, bilinear to the picture. A mask is where they are above zero.
torch::Tensor samMaskLogits(const torch::Tensor& lowRes, const SamPlacement& placement);

/// MedSAM's way: sigmoid first, then bilinear straight to the picture's size. A mask is where it is above one half.
torch::Tensor medSamProbabilities(const torch::Tensor& lowRes, const SamPlacement& placement);

/// Pixels above `offset` as a share of those above -`offset`, for each mask [B, M] of logits [B, M, H, W]: near one where the mask's edge
/// is sharp. One where nothing is above -`offset`.
torch::Tensor stabilityScore(const torch::Tensor& logits, double offset = 1.0);

}  // namespace roundel
