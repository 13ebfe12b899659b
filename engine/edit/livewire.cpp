#include "edit/livewire.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "edit/blur.h"
#include "raster/percentile.h"

namespace roundel {
namespace {

constexpr std::uint32_t kFar = std::numeric_limits<std::uint32_t>::max();
constexpr int kWorstCost = 128;
constexpr std::int64_t kMostPixels = std::int64_t{1} << 28;
constexpr std::uint8_t kSettled = 16, kDirection = 15;
// Steps to the eight neighbours; a step across a corner is 7/5 as long as one across a side.
constexpr std::array<int, 8> kX{1, -1, 0, 0, 1, -1, 1, -1}, kY{0, 0, 1, -1, 1, 1, -1, -1};
constexpr std::array<std::uint32_t, 8> kLength{5, 5, 5, 5, 7, 7, 7, 7};
constexpr std::size_t kBuckets = 1024;  ///< more than the longest step: 7 * 128
static_assert(kBuckets > 7 * kWorstCost);

/// Strength of the edge at every pixel: length of Sobel's gradient, with the edge's pixels going on beyond the image.
std::vector<float> gradients(std::span<const float> values, std::int64_t width, std::int64_t height) {
  const auto at = [&](std::int64_t x, std::int64_t y) {
    x = std::clamp<std::int64_t>(x, 0, width - 1);
    y = std::clamp<std::int64_t>(y, 0, height - 1);
    return values[static_cast<std::size_t>(y * width + x)];
  };
  std::vector<float> result;
  result.reserve(values.size());
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x) {
      const float dx = at(x + 1, y - 1) - at(x - 1, y - 1) + 2 * (at(x + 1, y) - at(x - 1, y)) + at(x + 1, y + 1) - at(x - 1, y + 1);
      const float dy = at(x - 1, y + 1) - at(x - 1, y - 1) + 2 * (at(x, y + 1) - at(x, y - 1)) + at(x + 1, y + 1) - at(x + 1, y - 1);
      const float strength = std::sqrt(dx * dx + dy * dy);
      result.push_back(std::isfinite(strength) ? strength : 0);
    }
  return result;
}

/// The strength that counts as a full edge: the 99th percentile of a sample, so that one bright screw does not hide all bones.
double fullEdge(const std::vector<float>& strengths) {
  constexpr std::size_t kSample = 100'000;
  const std::size_t step = std::max<std::size_t>(1, strengths.size() / kSample);
  std::vector<double> sample;
  for (std::size_t i = 0; i < strengths.size(); i += step) sample.push_back(strengths[i]);
  const double full = percentile(sample, 99);
  if (full > 0) return full;
  return *std::max_element(strengths.begin(), strengths.end());
}

}  // namespace

Livewire::Livewire(std::span<const float> values, std::int64_t width, std::int64_t height, const LivewireOptions& options)
    : m_width(width), m_height(height), m_buckets(kBuckets) {
  if (width < 1 || height < 1 || height > kMostPixels / width || static_cast<std::int64_t>(values.size()) != width * height)
    throw Error(ErrorKind::BadInput, "size-mismatch", "The image of a livewire does not have as many values as it has pixels.");
  std::vector<float> smooth(values.begin(), values.end());
  if (options.smoothingPx > 0) blur(smooth, {width, height, 1}, {options.smoothingPx, options.smoothingPx, 0});
  const std::vector<float> strengths = gradients(smooth, width, height);
  const double full = fullEdge(strengths);
  std::array<std::uint8_t, 256> costs{};
  for (std::size_t i = 0; i < costs.size(); ++i)
    costs[i] = static_cast<std::uint8_t>(
        1 + std::lround((kWorstCost - 1) * (options.sharpness > 0 ? std::pow(1 - static_cast<double>(i) / 255, options.sharpness) : 1)));
  for (std::size_t k = 0; k < kX.size(); ++k) m_offset[k] = static_cast<std::int32_t>(kY[k] * (width + 2) + kX[k]);
  m_cost.assign(static_cast<std::size_t>((width + 2) * (height + 2)), kWorstCost);
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x) {
      const float strength = strengths[static_cast<std::size_t>(y * width + x)];
      m_cost[indexOf(x, y)] = costs[full > 0 ? static_cast<std::size_t>(std::min(255.0, strength / full * 255)) : 0];
    }
}

std::uint32_t Livewire::indexOf(std::int64_t x, std::int64_t y) const {
  return static_cast<std::uint32_t>((std::clamp<std::int64_t>(y, 0, m_height - 1) + 1) * (m_width + 2) +
                                    std::clamp<std::int64_t>(x, 0, m_width - 1) + 1);
}

void Livewire::setSeed(std::int64_t x, std::int64_t y) {
  m_seed = indexOf(x, y);
  m_distance.assign(m_cost.size(), kFar);
  m_step.assign(m_cost.size(), 0);
  const std::int64_t wide = m_width + 2;
  std::fill_n(m_step.begin(), wide, kSettled);
  std::fill_n(m_step.end() - wide, wide, kSettled);
  for (std::int64_t row = 0; row < m_height + 2; ++row)
    m_step[static_cast<std::size_t>(row * wide)] = m_step[static_cast<std::size_t>(row * wide + wide - 1)] = kSettled;
  for (auto& bucket : m_buckets) bucket.clear();
  m_distance[*m_seed] = 0;
  m_buckets[0].push_back(*m_seed);
  m_reached = 0;
  m_waiting = 1;
  m_settled = 0;
}

void Livewire::relax(std::uint32_t from) {
  const std::uint32_t base = m_distance[from];
  for (std::size_t k = 0; k < m_offset.size(); ++k) {
    const std::uint32_t to = from + static_cast<std::uint32_t>(m_offset[k]);
    if ((m_step[to] & kSettled) != 0) continue;
    const std::uint32_t distance = base + kLength[k] * m_cost[to];
    if (distance >= m_distance[to]) continue;
    m_distance[to] = distance;
    m_step[to] = static_cast<std::uint8_t>(k);
    m_buckets[distance % kBuckets].push_back(to);
    ++m_waiting;
  }
}

std::vector<EditPoint> Livewire::pathTo(std::int64_t x, std::int64_t y) {
  if (!m_seed) throw Error(ErrorKind::Usage, "no-seed", "A livewire was asked for a path before it had a beginning.");
  const std::uint32_t target = indexOf(x, y);
  while ((m_step[target] & kSettled) == 0 && m_waiting > 0) {
    auto& bucket = m_buckets[m_reached % kBuckets];
    if (bucket.empty()) {
      ++m_reached;
      continue;
    }
    const std::uint32_t pixel = bucket.back();
    bucket.pop_back();
    --m_waiting;
    if ((m_step[pixel] & kSettled) != 0 || m_distance[pixel] != m_reached) continue;  // a longer way to a pixel that was found since
    m_step[pixel] |= kSettled;
    ++m_settled;
    relax(pixel);
  }
  std::vector<EditPoint> path;
  const std::int64_t wide = m_width + 2;
  for (std::uint32_t at = target;; at -= static_cast<std::uint32_t>(m_offset[m_step[at] & kDirection])) {
    path.push_back({static_cast<double>(at % wide - 1), static_cast<double>(at / wide - 1), 0});
    if (at == *m_seed) break;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace roundel
