#include "edit/blur.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace roundel {
namespace {

/// One side of the kernel, its middle first; the whole sums to 1.
std::vector<float> halfKernel(double sigma) {
  const auto reach = static_cast<std::size_t>(std::ceil(3 * sigma));
  std::vector<double> half;
  double sum = 0;
  for (std::size_t i = 0; i <= reach; ++i) {
    half.push_back(std::exp(-0.5 * static_cast<double>(i * i) / (sigma * sigma)));
    sum += (i == 0 ? 1 : 2) * half.back();
  }
  std::vector<float> kernel;
  for (const double one : half) kernel.push_back(static_cast<float>(one / sum));
  return kernel;
}

/// Along an axis of `length` pixels that are `stride` apart, for `lines` neighbouring lines that begin at `first`: whole rows of lines are
/// added up at once, which the compiler turns into vectors.
void alongAxis(float* first, std::int64_t lines, std::int64_t length, std::int64_t stride, const std::vector<float>& kernel) {
  const auto reach = static_cast<std::int64_t>(kernel.size()) - 1;
  std::vector<float> source(static_cast<std::size_t>(lines * length));
  for (std::int64_t p = 0; p < length; ++p) std::copy_n(first + p * stride, lines, source.data() + p * lines);
  for (std::int64_t p = 0; p < length; ++p) {
    float* out = first + p * stride;
    const float* centre = source.data() + p * lines;
    for (std::int64_t l = 0; l < lines; ++l) out[l] = kernel[0] * centre[l];
    for (std::int64_t k = 1; k <= reach; ++k) {
      const float* before = source.data() + std::max<std::int64_t>(p - k, 0) * lines;
      const float* after = source.data() + std::min(p + k, length - 1) * lines;
      const float weight = kernel[static_cast<std::size_t>(k)];
      for (std::int64_t l = 0; l < lines; ++l) out[l] += weight * (before[l] + after[l]);
    }
  }
}

void alongRow(float* row, std::int64_t length, const std::vector<float>& kernel, std::vector<float>& padded) {
  const auto reach = static_cast<std::int64_t>(kernel.size()) - 1;
  padded.assign(static_cast<std::size_t>(length + 2 * reach), 0);
  std::fill_n(padded.begin(), reach, row[0]);
  std::copy_n(row, length, padded.begin() + reach);
  std::fill_n(padded.begin() + reach + length, reach, row[length - 1]);
  const float* centre = padded.data() + reach;
  for (std::int64_t x = 0; x < length; ++x) row[x] = kernel[0] * centre[x];
  for (std::int64_t k = 1; k <= reach; ++k)
    for (std::int64_t x = 0; x < length; ++x) row[x] += kernel[static_cast<std::size_t>(k)] * (centre[x - k] + centre[x + k]);
}

}  // namespace

void blur(std::vector<float>& values, const Size& size, const std::array<double, 3>& sigmaPx) {
  if (size.count() == 0) return;
  const std::int64_t plane = size.x * size.y;
  if (sigmaPx[0] > 0 && size.x > 1) {
    const auto kernel = halfKernel(sigmaPx[0]);
    std::vector<float> padded;
    for (std::int64_t row = 0; row < size.y * size.z; ++row) alongRow(values.data() + row * size.x, size.x, kernel, padded);
  }
  if (sigmaPx[1] > 0 && size.y > 1) {
    const auto kernel = halfKernel(sigmaPx[1]);
    for (std::int64_t z = 0; z < size.z; ++z) alongAxis(values.data() + z * plane, size.x, size.y, size.x, kernel);
  }
  if (sigmaPx[2] > 0 && size.z > 1) {
    const auto kernel = halfKernel(sigmaPx[2]);
    for (std::int64_t y = 0; y < size.y; ++y) alongAxis(values.data() + y * size.x, size.x, size.z, plane, kernel);
  }
}

}  // namespace roundel
