#pragma once
#include <torch/torch.h>

#include <cstdint>

namespace roundel::nn {

/// The tokens of a picture of height x width tokens, in the order of windows: window by window, row by row in each, the windows
/// themselves row by row. A transformer's layers do not ask for the order of tokens; kept like this, a window's tokens lie
/// together, and attention in windows needs no copies for as long as the windows stay the same.
struct TokenGrid {
  torch::Tensor values;  ///< [N, height * width, C]
  std::int64_t height, width;
  std::int64_t window = 0;  ///< tokens along a side of a window, a divisor of both sides; 0: row by row over the whole picture

  /// Whether the picture is made of whole windows of that side.
  bool divides(std::int64_t side) const { return height % side == 0 && width % side == 0; }
  /// The same tokens in the order of windows of that side (0: row by row). A copy only where the order differs.
  TokenGrid ordered(std::int64_t side) const;
  /// [N, height, width, C].
  torch::Tensor image() const;
  /// [N * windows, side, side, C], in row order one window of the whole picture; a view.
  torch::Tensor windows() const;
  /// The maximum of every 2 x 2 tokens: half the sides, half the window. Sides and window are even.
  TokenGrid pooled() const;
};

/// Windows of `side` x `side` tokens over a picture whose sides they do not divide: the last of a row and of a column reach beyond it.
class RaggedWindows {
 public:
  RaggedWindows(std::int64_t height, std::int64_t width, std::int64_t side, const torch::Device& device);

  /// rows [N, height * width, C], row by row. [N * windows, side * side, C], with `beyond` [C] outside the picture. One copy.
  torch::Tensor cut(const torch::Tensor& rows, const torch::Tensor& beyond) const;
  /// The way back, row by row, without what lies outside. One copy.
  torch::Tensor joined(const torch::Tensor& windows) const;

 private:
  std::int64_t m_side, m_count;      ///< of the windows
  torch::Tensor m_source, m_target;  ///< token of every place in the windows (0 outside), place of every token
  torch::Tensor m_outside;           ///< places outside the picture
};

/// The maximum of every 2 x 2 places of x [B, H, W, C], which may be a view of something larger.
torch::Tensor pooled(const torch::Tensor& x);

}  // namespace roundel::nn
