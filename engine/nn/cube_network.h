#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "nn/crop_network.h"

namespace roundel::nn {

/// Form of a promptable network of cubes.
struct CubeNetworkOptions {
  int side = 40;   ///< voxels of a cube; a multiple of 2^levels
  int width = 12;  ///< channels at full resolution; doubled at every level
  int levels = 3;  ///< halvings
  int depth = 2;   ///< layers of the two-way transformer at the coarsest level
  int heads = 4;   ///< `dim()` must be a multiple of them, and of 3
  int mlpDim = 192;

  int grid() const { return side >> levels; }
  std::int64_t dim() const { return std::int64_t{width} << levels; }
};

/// CropNetwork in a volume: a promptable segmentation network that looks at a cube around its prompt. SAM's prompt encoder with three axes
/// (ALGORITHMS.md 8.2, 9.1) and two-way transformer (8.3) at the coarsest level of a convolutional encoder, whose finer levels the mask is
/// drawn with, up to the cube's own voxels. Channels are CropChannel's.
class CubeNetwork : public PromptableNetwork {
 public:
  CubeNetwork(ParameterSource& source, const CubeNetworkOptions& options);

  /// Cubes [B, 5, side, side, side], float32, or bfloat16 for convolutions in it. Places of points are in the order of the tensor's axes
  /// (D, H, W). `masked` [B] bool: which of them bring a mask prompt.
  PromptedAnswer forward(const torch::Tensor& cubes, const PromptPoints& points, const torch::Tensor& masked) const override;

  /// What the encoder sees in volumes [B, 5, D, H, W], sides multiples of 2^levels: the finest level first.
  std::vector<torch::Tensor> encode(const torch::Tensor& volumes) const;

  const CubeNetworkOptions& options() const { return m_options; }

 private:
  struct Block {
    torch::Tensor weight0, gain0, bias0, weight1, gain1, bias1;
    Block(const Scope& scope, std::int64_t in, std::int64_t out);
    torch::Tensor operator()(const torch::Tensor& x) const;
  };
  struct Up {
    torch::Tensor weight, bias;
    Block block;
    Up(const Scope& scope, std::int64_t in, std::int64_t out);
  };
  struct Perceptron {
    Linear first, second;
    Perceptron(const Scope& scope, std::int64_t in, std::int64_t hidden, std::int64_t out);
    torch::Tensor operator()(const torch::Tensor& x) const { return second(torch::relu(first(x))); }
  };

  CubeNetworkOptions m_options;
  std::vector<Block> m_down;  ///< finest first
  PromptEncoder m_prompts;
  TwoWayTransformer m_transformer;
  torch::Tensor m_iouToken, m_maskToken;
  std::vector<Up> m_up;  ///< coarsest first
  Perceptron m_maskVector, m_iouHead;
};

}  // namespace roundel::nn
