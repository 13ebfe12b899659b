#include "train/neighbour_refinement.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/random.h"
#include "device/torch_errors.h"
#include "raster/distance_map.h"

namespace roundel {
namespace {

using torch::Tensor;

double entropyOfOne(float probability) {
  const double p = std::clamp(static_cast<double>(probability), 1e-8, 1 - 1e-8);
  return -(p * std::log(p) + (1 - p) * std::log(1 - p));
}

/// Pixels of one class near its foreground, with their entropies.
struct Near {
  std::vector<std::int64_t> pixels;
  std::vector<double> entropies;
  double quantile(double share) const {
    if (entropies.empty()) return 0;
    std::vector<double> sorted = entropies;
    const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(at), sorted.end());
    return sorted[at];
  }
};

Near nearForeground(std::span<const float> map, Size size, double reach) {
  std::vector<std::uint8_t> foreground(map.size());
  std::transform(map.begin(), map.end(), foreground.begin(), [](float p) { return static_cast<std::uint8_t>(p > 0.5f); });
  Near near;
  if (std::none_of(foreground.begin(), foreground.end(), [](std::uint8_t v) { return v != 0; })) return near;
  const auto distance = squaredDistanceTo(size, foreground);
  for (std::size_t at = 0; at < map.size(); ++at)
    if (distance[at] <= reach * reach)
      near.pixels.push_back(static_cast<std::int64_t>(at)), near.entropies.push_back(entropyOfOne(map[at]));
  return near;
}

/// Unit vectors [pixels, channels] at some pixels, linearly interpolated.
Tensor vectorsAt(const FeatureMap& features, Size size, const std::vector<std::int64_t>& pixels) {
  const Tensor map = torch::from_blob(const_cast<float*>(features.values.data()), {1, features.channels, features.size.y, features.size.x});
  const Tensor wide = torch::upsample_bilinear2d(map, {size.y, size.x}, false).flatten(2)[0];
  const Tensor chosen = wide.index_select(1, torch::tensor(pixels, torch::kLong)).t().contiguous();
  return chosen / chosen.norm(2, 1, true).clamp_min(1e-6);
}

/// At most `most` of them, drawn evenly without putting back.
std::vector<std::int64_t> drawn(std::vector<std::int64_t> from, std::size_t most, Random random) {
  for (std::size_t i = 0; i < std::min(most, from.size()); ++i)
    std::swap(from[i], from[i + static_cast<std::size_t>(random.below(static_cast<std::int64_t>(from.size() - i)))]);
  if (from.size() > most) from.resize(most);
  return from;
}

}  // namespace

NeighbourRefinement::NeighbourRefinement(std::span<const RefinementCase> cases, const NeighbourOptions& options, std::uint64_t seed)
    : m_options(options) {
  if (cases.empty()) return;
  m_channels = cases.front().features->channels;
  m_pools.resize(static_cast<std::size_t>(cases.front().belief.classCount));
  const auto count = std::max<std::size_t>(cases.size(), 1);
  const std::size_t each = std::max<std::size_t>(static_cast<std::size_t>(m_options.confident) / (2 * count), 32);
  translatingTorchErrors("comparing features", [&] {
    for (std::size_t i = 0; i < cases.size(); ++i)
      for (std::size_t c = 0; c < m_pools.size(); ++c) {
        const RefinementCase& one = cases[i];
        const bool labelled = !one.labels.empty();
        if (labelled && one.labels[c].state == ClassState::NotAnnotated) continue;
        std::vector<float> truth;
        if (labelled) {
          const auto bytes = one.labels[c].mask.empty() ? std::vector<std::uint8_t>(static_cast<std::size_t>(one.belief.size.count()))
                                                        : one.labels[c].mask.toBytes();
          truth.assign(bytes.begin(), bytes.end());
        }
        const std::span<const float> map = labelled ? std::span<const float>(truth) : one.belief.classMap(static_cast<int>(c));
        const Near near = nearForeground(map, one.belief.size, m_options.reach);
        const double median = near.quantile(0.5);
        std::vector<std::int64_t> sides[2];
        for (std::size_t k = 0; k < near.pixels.size(); ++k)
          if (labelled || near.entropies[k] <= median)
            sides[map[static_cast<std::size_t>(near.pixels[k])] > 0.5f].push_back(near.pixels[k]);
        for (const int side : {0, 1}) {
          const auto pixels = drawn(std::move(sides[side]), labelled ? 4 * each : each,
                                    Random(seed, "confident", i * m_pools.size() + c, static_cast<std::uint64_t>(side)));
          if (pixels.empty()) continue;
          const Tensor vectors = vectorsAt(*one.features, one.belief.size, pixels);
          Pool& pool = m_pools[c];
          pool.vectors.insert(pool.vectors.end(), vectors.const_data_ptr<float>(), vectors.const_data_ptr<float>() + vectors.numel());
          for (const auto at : pixels) {
            pool.labels.push_back(static_cast<float>(side));
            pool.confidence.push_back(
                labelled ? 1.0f : static_cast<float>(1 - entropyOfOne(map[static_cast<std::size_t>(at)]) / std::numbers::ln2));
          }
          (side == 1 ? pool.inside : pool.outside) += static_cast<std::int64_t>(pixels.size());
        }
      }
  });
}

Prediction NeighbourRefinement::refined(const RefinementCase& one, std::vector<RefinementCount>& counts) const {
  Prediction result = one.belief;
  counts.assign(m_pools.size(), {});
  const auto pixels = static_cast<std::size_t>(result.size.count());
  translatingTorchErrors("comparing features", [&] {
    const torch::NoGradGuard guard;
    for (std::size_t c = 0; c < m_pools.size(); ++c) {
      const Pool& pool = m_pools[c];
      if (std::min(pool.inside, pool.outside) < m_options.neighbours) continue;
      const Near near = nearForeground(one.belief.classMap(static_cast<int>(c)), result.size, m_options.reach);
      const double limit = near.quantile(m_options.quantile);
      std::vector<std::int64_t> uncertain;
      for (std::size_t k = 0; k < near.pixels.size(); ++k)
        if (near.entropies[k] > limit) uncertain.push_back(near.pixels[k]);
      counts[c].uncertain = static_cast<std::int64_t>(uncertain.size());
      if (uncertain.empty()) continue;
      const auto size = static_cast<std::int64_t>(pool.labels.size());
      const Tensor vectors = torch::from_blob(const_cast<float*>(pool.vectors.data()), {size, m_channels});
      const Tensor labels = torch::from_blob(const_cast<float*>(pool.labels.data()), {size});
      const Tensor confidence = torch::from_blob(const_cast<float*>(pool.confidence.data()), {size});
      const Tensor cosines = vectorsAt(*one.features, result.size, uncertain).matmul(vectors.t());
      const auto [nearest, which] = cosines.topk(std::min<std::int64_t>(m_options.neighbours, size), 1);
      const Tensor weight = nearest.clamp_min(0).pow(4) * confidence.index({which});
      const Tensor sum = weight.sum(1), vote = (weight * labels.index({which})).sum(1) / sum.clamp_min(1e-12);
      for (std::size_t k = 0; k < uncertain.size(); ++k) {
        const auto at = static_cast<std::int64_t>(k);
        if (sum[at].item<float>() <= 0) continue;
        float& p = result.probabilities[c * pixels + static_cast<std::size_t>(uncertain[k])];
        const float after = static_cast<float>((1 - m_options.blend) * static_cast<double>(p) + m_options.blend * vote[at].item<double>());
        counts[c].changed += (p > 0.5f) != (after > 0.5f);
        p = after;
      }
    }
  });
  return result;
}

}  // namespace roundel
