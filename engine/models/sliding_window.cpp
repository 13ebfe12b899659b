#include "models/sliding_window.h"

#include <algorithm>
#include <cmath>

namespace roundel {
namespace {

using torch::Tensor;

/// One axis: where windows start, what weighs a voxel of a window, and the sum of weights at every voxel.
struct Axis {
  std::int64_t before = 0, padded = 0, size = 0;
  std::vector<std::int64_t> starts;
  Tensor weight, total;
};

Axis axisOf(std::int64_t size, std::int64_t patch, std::int64_t stride, WindowWeights weights) {
  const std::int64_t pad = std::max<std::int64_t>(patch - size, 0);
  Axis axis{.before = pad / 2, .padded = size + pad, .size = size, .starts = {}, .weight = {}, .total = {}};
  const std::int64_t step = stride > 0 ? std::min(stride, patch) : std::max<std::int64_t>(patch / 2, 1), room = axis.padded - patch;
  for (std::int64_t i = 0; i <= (room + step - 1) / step; ++i) axis.starts.push_back(std::min(step * i, room));
  axis.weight = torch::ones({patch});
  if (weights == WindowWeights::Gaussian) {
    const double sigma = static_cast<double>(patch) / 8;
    const Tensor away = torch::arange(patch, torch::kFloat) - 0.5 * static_cast<double>(patch - 1);
    axis.weight = torch::exp(-0.5 * (away / sigma).square()).clamp_min(1e-3);
  }
  axis.total = torch::zeros({axis.padded});
  for (const std::int64_t start : axis.starts) axis.total.narrow(0, start, patch).add_(axis.weight);
  return axis;
}

/// The sums of one slab of slices, kept from one depth of windows to the next.
class Slab {
 public:
  Slab(const std::array<Axis, 3>& axes, const std::array<std::int64_t, 3>& patch, const SlidingWindowRun& run)
      : m_axes(axes), m_patch(patch), m_run(run) {}

  void add(std::int64_t y, std::int64_t x, const Tensor& weighted) {
    if (!m_sum.defined()) m_sum = torch::zeros({weighted.size(0), m_patch[0], m_axes[1].padded, m_axes[2].padded});
    m_sum.narrow(2, y, m_patch[1]).narrow(3, x, m_patch[2]).add_(weighted);
  }

  /// Hands over what no later window touches, and moves on by `slices`.
  void advance(std::int64_t first, std::int64_t slices) {
    const Tensor done = m_sum.narrow(1, 0, slices) / m_axes[0].total.narrow(0, first, slices).view({1, -1, 1, 1}) /
                        m_axes[1].total.view({1, 1, -1, 1}) / m_axes[2].total.view({1, 1, 1, -1});
    handOver(first, done);
    if (slices == m_patch[0]) {
      m_sum.zero_();
      return;
    }
    const Tensor rest = m_sum.narrow(1, slices, m_patch[0] - slices).clone();
    m_sum.zero_();
    m_sum.narrow(1, 0, rest.size(1)).copy_(rest);
  }

 private:
  void handOver(std::int64_t first, const Tensor& done) const {
    if (m_run.padded) return m_run.emit(first, done);
    const auto &z = m_axes[0], &y = m_axes[1], &x = m_axes[2];
    const std::int64_t from = std::max(first, z.before), to = std::min(first + done.size(1), z.before + z.size);
    if (from < to)
      m_run.emit(from - z.before,
                 done.narrow(1, from - first, to - from).narrow(2, y.before, y.size).narrow(3, x.before, x.size).contiguous());
  }

  const std::array<Axis, 3>& m_axes;
  const std::array<std::int64_t, 3>& m_patch;
  const SlidingWindowRun& m_run;
  Tensor m_sum;
};

/// The part of the padded volume that a window sees.
Tensor windowOf(const Tensor& volume, const std::array<Axis, 3>& axes, const std::array<std::int64_t, 3>& patch,
                const std::array<std::int64_t, 3>& start) {
  Tensor window = volume;
  std::vector<std::int64_t> padding;
  for (int a = 0; a < 3; ++a) {
    const auto i = static_cast<std::size_t>(a);
    const std::int64_t from = start[i] - axes[i].before, first = std::max<std::int64_t>(from, 0);
    const std::int64_t last = std::min(from + patch[i], axes[i].size);
    window = window.narrow(a + 1, first, last - first);
    padding.insert(padding.begin(), {first - from, from + patch[i] - last});
  }
  const bool whole = std::all_of(padding.begin(), padding.end(), [](std::int64_t side) { return side == 0; });
  return whole ? window : torch::constant_pad_nd(window, padding);
}

}  // namespace

void slideOver(const Tensor& volume, const SlidingWindow& windows, const SlidingWindowRun& run) {
  const torch::NoGradGuard guard;
  std::array<Axis, 3> axes;
  for (std::size_t a = 0; a < 3; ++a)
    axes[a] = axisOf(volume.size(static_cast<std::int64_t>(a) + 1), windows.patch[a], windows.stride[a], windows.weights);
  const Tensor weight = axes[0].weight.view({-1, 1, 1}) * axes[1].weight.view({1, -1, 1}) * axes[2].weight.view({1, 1, -1});
  std::vector<std::array<std::int64_t, 2>> places;
  for (const std::int64_t y : axes[1].starts)
    for (const std::int64_t x : axes[2].starts) places.push_back({y, x});
  const auto all = static_cast<std::int64_t>(places.size() * axes[0].starts.size());
  std::int64_t done = 0;
  Slab slab(axes, windows.patch, run);
  for (std::size_t depth = 0; depth < axes[0].starts.size(); ++depth) {
    const std::int64_t z = axes[0].starts[depth];
    for (std::size_t first = 0; first < places.size(); first += static_cast<std::size_t>(windows.batch)) {
      if (run.proceed) run.proceed(done, all);
      const std::size_t last = std::min(places.size(), first + static_cast<std::size_t>(windows.batch));
      std::vector<Tensor> seen;
      for (std::size_t i = first; i < last; ++i) seen.push_back(windowOf(volume, axes, windows.patch, {z, places[i][0], places[i][1]}));
      const Tensor answers = run.answer(torch::stack(seen)).to(torch::kCPU, torch::kFloat);
      for (std::size_t i = first; i < last; ++i)
        slab.add(places[i][0], places[i][1], answers[static_cast<std::int64_t>(i - first)] * weight);
      done += static_cast<std::int64_t>(last - first);
    }
    const bool lastDepth = depth + 1 == axes[0].starts.size();
    const std::int64_t ready = lastDepth ? windows.patch[0] : axes[0].starts[depth + 1] - z;
    if (ready > 0) slab.advance(z, ready);
  }
}

Tensor slidOver(const Tensor& volume, const SlidingWindow& windows, const std::function<Tensor(const Tensor&)>& answer) {
  std::vector<Tensor> slabs;
  slideOver(volume, windows, {.answer = answer, .emit = [&](std::int64_t, const Tensor& slab) { slabs.push_back(slab); }});
  return torch::cat(slabs, 1);
}

}  // namespace roundel
