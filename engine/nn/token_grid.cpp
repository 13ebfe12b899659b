#include "nn/token_grid.h"

#include "core/error.h"

namespace roundel::nn {

using torch::Tensor;

Tensor pooled(const Tensor& x) { return x.unflatten(2, {x.size(2) / 2, 2}).unflatten(1, {x.size(1) / 2, 2}).amax({2, 4}); }

TokenGrid TokenGrid::ordered(std::int64_t side) const {
  if (side == window) return *this;
  const Tensor rows = image();
  if (side == 0) return {rows.flatten(1, 2), height, width, 0};
  if (!divides(side)) throw Error(ErrorKind::Defect, "bad-shape", "Tokens are to lie in windows that do not divide the picture.");
  const Tensor cut = rows.unflatten(2, {width / side, side}).unflatten(1, {height / side, side}).transpose(2, 3);
  return {cut.reshape({rows.size(0), height * width, rows.size(3)}), height, width, side};
}

Tensor TokenGrid::image() const {
  const auto count = values.size(0), channels = values.size(2);
  if (window == 0) return values.view({count, height, width, channels});
  return values.view({count, height / window, width / window, window, window, channels})
      .transpose(2, 3)
      .reshape({count, height, width, channels});
}

Tensor TokenGrid::windows() const {
  return window == 0 ? values.view({values.size(0), height, width, values.size(2)}) : values.view({-1, window, window, values.size(2)});
}

TokenGrid TokenGrid::pooled() const {
  if (height % 2 != 0 || width % 2 != 0 || window % 2 != 0) throw Error(ErrorKind::Defect, "bad-shape", "Pooling asks for even sides.");
  return {nn::pooled(windows()).view({values.size(0), height * width / 4, values.size(2)}), height / 2, width / 2, window / 2};
}

RaggedWindows::RaggedWindows(std::int64_t height, std::int64_t width, std::int64_t side, const torch::Device& device) : m_side(side) {
  const auto down = (height + side - 1) / side, across = (width + side - 1) / side;
  m_count = down * across;
  const auto options = torch::TensorOptions().device(device).dtype(torch::kLong);
  const Tensor y = torch::arange(down * side, options).view({down, 1, side, 1});
  const Tensor x = torch::arange(across * side, options).view({1, across, 1, side});
  const Tensor inside = torch::logical_and(y < height, x < width).flatten();
  m_source = torch::where(inside, (y * width + x).flatten(), 0);
  const Tensor places = inside.nonzero().squeeze(1);
  m_outside = inside.logical_not().nonzero().squeeze(1);
  m_target = torch::empty({height * width}, options);
  m_target.index_copy_(0, m_source.index_select(0, places), places);
}

Tensor RaggedWindows::cut(const Tensor& rows, const Tensor& beyond) const {
  Tensor windows = rows.index_select(1, m_source);
  if (m_outside.numel() > 0) windows.index_put_({torch::indexing::Slice(), m_outside}, beyond.to(rows.scalar_type()));
  return windows.view({rows.size(0) * m_count, m_side * m_side, rows.size(2)});
}

Tensor RaggedWindows::joined(const Tensor& windows) const {
  return windows.view({-1, m_count * m_side * m_side, windows.size(-1)}).index_select(1, m_target);
}

}  // namespace roundel::nn
