#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "nn/promptable.h"
#include "nn/two_way_transformer.h"

namespace roundel::nn {

/// Form of a promptable network of crops.
struct CropNetworkOptions {
  int side = 96;   ///< pixels of a crop
  int width = 16;  ///< channels at full resolution; doubled at every level
  int levels = 3;  ///< halvings; a multiple of 2^levels is the side
  int deep = 1;    ///< double convolutions at the coarsest level
  int depth = 2;   ///< layers of the two-way transformer there
  int heads = 4;
  int mlpDim = 256;

  int grid() const { return side >> levels; }
  std::int64_t dim() const { return std::int64_t{width} << levels; }
};

/// What the channels of a crop are.
enum class CropChannel {
  Grey,      ///< of mean 0 and deviation 1
  Box,       ///< 1 in the box, -1 outside of it, 0 everywhere without one
  Positive,  ///< spots on the positive clicks
  Negative,
  Mask  ///< a mask prompt as 2 p - 1; 0 everywhere without one
};
inline constexpr std::int64_t kCropChannels = 5;

/// A promptable segmentation network that looks at a crop around its prompt: SAM's prompt encoder and two-way transformer (ALGORITHMS.md
/// 8.2, 8.3) at the coarsest level of a convolutional encoder, whose finer levels the mask is drawn with, up to the crop's own pixels.
///
/// Encoder: double convolutions of 3x3 with instance norm and 2x2 maxima (UNet2d's). Prompt: tokens as SAM's, and drawn into the crop's
/// channels. Decoder: the image's tokens after the transformer, doubled and joined with the encoder's levels; the mask's logits are their
/// product with a vector that the mask token became. The IoU's token, with what the finished mask says of itself, predicts its IoU with
/// the whole object, beyond the crop too.
class CropNetwork : public PromptableNetwork {
 public:
  CropNetwork(ParameterSource& source, const CropNetworkOptions& options);

  /// Crops [B, 5, side, side], float32, or bfloat16 for convolutions in it. `masked` [B] bool: which of them bring a mask prompt.
  PromptedAnswer forward(const torch::Tensor& crops, const PromptPoints& points, const torch::Tensor& masked) const override;

  /// What the encoder sees in pictures [B, 5, H, W], sides multiples of 2^levels: the finest level first.
  std::vector<torch::Tensor> encode(const torch::Tensor& pictures) const;

  const CropNetworkOptions& options() const { return m_options; }

 private:
  struct Block {
    torch::Tensor weight0, gain0, bias0, weight1, gain1, bias1;
    Block(const Scope& scope, std::int64_t in, std::int64_t out);
    torch::Tensor operator()(const torch::Tensor& x, const torch::Tensor& second = {}) const;
  };
  struct Up {
    torch::Tensor weight, bias;
    Block block;
    Up(const Scope& scope, std::int64_t in, std::int64_t out);
  };
  struct Perceptron {
    Linear first, second;
    Perceptron(const Scope& scope, std::int64_t in, std::int64_t hidden, std::int64_t out);
    torch::Tensor operator()(const torch::Tensor& x) const;
  };

  CropNetworkOptions m_options;
  std::vector<Block> m_down;  ///< finest first; the last has `deep` - 1 more behind it
  std::vector<Block> m_deep;
  PromptEncoder m_prompts;
  TwoWayTransformer m_transformer;
  torch::Tensor m_iouToken, m_maskToken;
  std::vector<Up> m_up;  ///< coarsest first
  Perceptron m_maskVector, m_iouHead;
};

/// The tensors of a network that is to be trained, float32, filled as a function of (seed, name): the same numbers on every device and in
/// any order. Those of position encodings are not trained.
class ParameterMaker : public ParameterSource {
 public:
  explicit ParameterMaker(std::uint64_t seed, torch::Device device = torch::kCPU) : m_seed(seed), m_device(device) {}
  torch::Tensor take(const ParameterShape& wanted) override;

  struct Made {
    std::string key;
    torch::Tensor value;
    bool trained;
  };
  const std::vector<Made>& made() const { return m_made; }

 private:
  std::uint64_t m_seed;
  torch::Device m_device;
  std::vector<Made> m_made;
};

}  // namespace roundel::nn
