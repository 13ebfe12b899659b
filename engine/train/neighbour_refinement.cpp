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

/// Where a pixel of `side` lies among `cells`: the two cells around it, and how much the second counts.
struct Between {
  std::int64_t first = 0, second = 0;
  float share = 0;
};

Between between(std::int64_t at, std::int64_t side, std::int64_t cells) {
  const double place = std::clamp((static_cast<double>(at) + 0.5) * static_cast<double>(cells) / static_cast<double>(side) - 0.5, 0.0,
                                  static_cast<double>(cells - 1));
  const auto first = static_cast<std::int64_t>(place);
  return {first, std::min(first + 1, cells - 1), static_cast<float>(place - static_cast<double>(first))};
}

/// Vectors [pixels, channels] of a volume at some voxels alone: the whole at full size would not fit.
Tensor gathered(const FeatureMap& features, Size size, const std::vector<std::int64_t>& pixels) {
  const Size cells = features.size;
  Tensor vectors = torch::zeros({static_cast<std::int64_t>(pixels.size()), features.channels});
  float* out = vectors.mutable_data_ptr<float>();
  for (const std::int64_t pixel : pixels) {
    const Between x = between(pixel % size.x, size.x, cells.x), y = between(pixel / size.x % size.y, size.y, cells.y),
                  z = between(pixel / (size.x * size.y), size.z, cells.z);
    for (int corner = 0; corner < 8; ++corner) {
      const bool right = (corner & 1) != 0, below = (corner & 2) != 0, behind = (corner & 4) != 0;
      const float weight = (right ? x.share : 1 - x.share) * (below ? y.share : 1 - y.share) * (behind ? z.share : 1 - z.share);
      if (weight <= 0) continue;
      const std::int64_t cell =
          ((behind ? z.second : z.first) * cells.y + (below ? y.second : y.first)) * cells.x + (right ? x.second : x.first);
      for (std::int64_t c = 0; c < features.channels; ++c)
        out[c] += weight * features.values[static_cast<std::size_t>(c * cells.count() + cell)];
    }
    out += features.channels;
  }
  return vectors;
}

/// Unit vectors [pixels, channels] at some pixels, linearly interpolated.
Tensor vectorsAt(const FeatureMap& features, Size size, const std::vector<std::int64_t>& pixels) {
  if (size.z > 1) {
    const Tensor vectors = gathered(features, size, pixels);
    return vectors / vectors.norm(2, 1, true).clamp_min(1e-6);
  }
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

NeighbourRefinement::NeighbourRefinement(std::size_t caseCount, const NeighbourOptions& options, std::uint64_t seed)
    : m_options(options),
      m_seed(seed),
      m_each(std::max<std::size_t>(static_cast<std::size_t>(options.confident) / (2 * std::max<std::size_t>(caseCount, 1)), 32)) {}

NeighbourRefinement::NeighbourRefinement(std::span<const RefinementCase> cases, const NeighbourOptions& options, std::uint64_t seed)
    : NeighbourRefinement(cases.size(), options, seed) {
  for (const auto& one : cases) add(one);
}

void NeighbourRefinement::add(const RefinementCase& one) {
  if (m_added == 0) m_channels = one.features->channels, m_pools.resize(static_cast<std::size_t>(one.belief.classCount));
  const std::size_t number = m_added++;
  translatingTorchErrors("comparing features", [&] {
    for (std::size_t c = 0; c < m_pools.size(); ++c) {
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
        if (labelled || near.entropies[k] <= median) sides[map[static_cast<std::size_t>(near.pixels[k])] > 0.5f].push_back(near.pixels[k]);
      for (const int side : {0, 1}) {
        const auto pixels = drawn(std::move(sides[side]), labelled ? 4 * m_each : m_each,
                                  Random(m_seed, "confident", number * m_pools.size() + c, static_cast<std::uint64_t>(side)));
        if (pixels.empty()) continue;
        const Tensor vectors = vectorsAt(*one.features, one.belief.size, pixels);
        Pool& pool = m_pools[c];
        pool.vectors.insert(pool.vectors.end(), vectors.const_data_ptr<float>(), vectors.const_data_ptr<float>() + vectors.numel());
        for (const auto at : pixels) {
          pool.labels.push_back(static_cast<float>(side));
          pool.confidence.push_back(labelled ? 1.0f
                                             : static_cast<float>(1 - entropyOfOne(map[static_cast<std::size_t>(at)]) / std::numbers::ln2));
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
      constexpr std::size_t kBlock = 8192;  // uncertain pixels at once: all against the whole pool would not fit
      for (std::size_t first = 0; first < uncertain.size(); first += kBlock) {
        const std::size_t last = std::min(uncertain.size(), first + kBlock);
        const std::vector<std::int64_t> block(uncertain.begin() + static_cast<std::ptrdiff_t>(first),
                                              uncertain.begin() + static_cast<std::ptrdiff_t>(last));
        const Tensor cosines = vectorsAt(*one.features, result.size, block).matmul(vectors.t());
        const auto [nearest, which] = cosines.topk(std::min<std::int64_t>(m_options.neighbours, size), 1);
        const Tensor weight = nearest.clamp_min(0).pow(4) * confidence.index({which});
        const Tensor sum = weight.sum(1), vote = (weight * labels.index({which})).sum(1) / sum.clamp_min(1e-12);
        for (std::size_t k = 0; k < block.size(); ++k) {
          const auto at = static_cast<std::int64_t>(k);
          if (sum[at].item<float>() <= 0) continue;
          float& p = result.probabilities[c * pixels + static_cast<std::size_t>(block[k])];
          const float after =
              static_cast<float>((1 - m_options.blend) * static_cast<double>(p) + m_options.blend * vote[at].item<double>());
          counts[c].changed += (p > 0.5f) != (after > 0.5f);
          p = after;
        }
      }
    }
  });
  return result;
}

}  // namespace roundel
