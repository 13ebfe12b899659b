#include "phantom/detector.h"

#include <array>

namespace roundel::phantom {
namespace {

constexpr std::size_t kLanes = 16;

/// Columns of a map, kLanes at a time: what runs down the columns reads whole rows.
using Lanes = std::array<float, kLanes>;

/// Each value becomes the kernel's sum over its neighbours along `count` values, the edge repeated; kLanes lines at once.
void convolveLines(const std::vector<Lanes>& in, std::vector<Lanes>& out, int count, const std::vector<float>& kernel) {
  const int reach = static_cast<int>(kernel.size()) / 2;
  for (int i = 0; i < count; ++i) {
    Lanes sum{};
    for (int k = -reach; k <= reach; ++k) {
      const float weight = kernel[static_cast<std::size_t>(k + reach)];
      const Lanes& value = in[static_cast<std::size_t>(std::clamp(i + k, 0, count - 1))];
      for (std::size_t l = 0; l < kLanes; ++l) sum[l] += weight * value[l];
    }
    out[static_cast<std::size_t>(i)] = sum;
  }
}

/// A running mean over 2 reach + 1 values, the edge repeated.
void boxLines(const std::vector<Lanes>& in, std::vector<Lanes>& out, int count, int reach) {
  const auto value = [&](int i) -> const Lanes& { return in[static_cast<std::size_t>(std::clamp(i, 0, count - 1))]; };
  std::array<double, kLanes> sum{};
  for (int k = -reach; k <= reach; ++k) {
    const Lanes& next = value(k);
    for (std::size_t l = 0; l < kLanes; ++l) sum[l] += static_cast<double>(next[l]);
  }
  for (int i = 0; i < count; ++i) {
    Lanes& mean = out[static_cast<std::size_t>(i)];
    const Lanes &enters = value(i + reach + 1), &leaves = value(i - reach);
    for (std::size_t l = 0; l < kLanes; ++l) {
      mean[l] = static_cast<float>(sum[l] / (2 * reach + 1));
      sum[l] += static_cast<double>(enters[l]) - static_cast<double>(leaves[l]);
    }
  }
}

/// `lines` takes (in, out, count).
template <class Line>
void alongBothAxes(Map& map, int width, int height, Line&& lines) {
  std::vector<Lanes> in(static_cast<std::size_t>(std::max(width, height))), out(in.size());
  const auto w = static_cast<std::size_t>(width), h = static_cast<std::size_t>(height);
  for (std::size_t y = 0; y < h; y += kLanes) {
    const std::size_t rows = std::min(kLanes, h - y);
    for (std::size_t l = 0; l < rows; ++l) {
      const float* const row = map.data() + (y + l) * w;
      for (std::size_t x = 0; x < w; ++x) in[x][l] = row[x];
    }
    lines(in, out, width);
    for (std::size_t l = 0; l < rows; ++l) {
      float* const row = map.data() + (y + l) * w;
      for (std::size_t x = 0; x < w; ++x) row[x] = out[x][l];
    }
  }
  for (std::size_t x = 0; x < w; x += kLanes) {
    const std::size_t columns = std::min(kLanes, w - x);
    for (std::size_t y = 0; y < h; ++y) std::copy_n(map.data() + y * w + x, columns, in[y].begin());
    lines(in, out, height);
    for (std::size_t y = 0; y < h; ++y) std::copy_n(out[y].begin(), columns, map.data() + y * w + x);
  }
}

/// Poisson for means above about 10 is as good as normal; below, the square root's stabilised form keeps it above zero.
double noisyCount(double mean, double noise) {
  if (mean > 10) return std::max(0.0, mean + std::sqrt(mean) * noise);
  return square(std::max(0.0, std::sqrt(mean) + 0.5 * noise));
}

/// Values at two quantiles of the whole picture.
std::pair<float, float> quantiles(const Map& map, double low, double high) {
  Map sorted = map;
  const auto rank = [&](double q) { return static_cast<std::ptrdiff_t>(q * static_cast<double>(sorted.size() - 1)); };
  const auto lowAt = sorted.begin() + rank(low), highAt = sorted.begin() + rank(high);
  std::nth_element(sorted.begin(), lowAt, sorted.end());
  const float lowValue = *lowAt;
  std::nth_element(lowAt, highAt, sorted.end());
  return {lowValue, *highAt};
}

void sharpen(Map& density, const Plane& plane, double amount) {
  Map smooth = density;
  blur(smooth, plane.width, plane.height, std::max(1.0, 1.2 / plane.mmPerPixel));
  for (std::size_t i = 0; i < density.size(); ++i) density[i] += static_cast<float>(amount) * (density[i] - smooth[i]);
}

}  // namespace

float grain(Random& random) {
  const std::uint64_t word = random.next();
  const auto part = [&](int shift) { return static_cast<float>((word >> shift) & 0xFFFF); };
  return (part(0) + part(16) + part(32) + part(48) - 131070.0F) * (1.0F / 37836.0F);
}

Json toJson(const Exposure& exposure) {
  return {{"quanta_per_mm2", exposure.quantaPerMm2},
          {"scatter_fraction", exposure.scatterFraction},
          {"scatter_sigma_mm", exposure.scatterSigmaMm},
          {"blur_sigma_mm", exposure.blurSigmaMm},
          {"sharpening", exposure.sharpening},
          {"window_quantiles", {exposure.windowLow, exposure.windowHigh}},
          {"gamma", exposure.gamma},
          {"contrast", exposure.contrast}};
}

void blur(Map& map, int width, int height, double sigmaPixels) {
  if (sigmaPixels < 0.15) return;
  if (sigmaPixels < 2.5) {
    const int reach = static_cast<int>(std::ceil(3 * sigmaPixels));
    std::vector<float> kernel;
    double sum = 0;
    for (int k = -reach; k <= reach; ++k) sum += bell(k, 0, sigmaPixels);
    for (int k = -reach; k <= reach; ++k) kernel.push_back(static_cast<float>(bell(k, 0, sigmaPixels) / sum));
    alongBothAxes(map, width, height, [&](const auto& in, auto& out, int count) { convolveLines(in, out, count, kernel); });
    return;
  }
  // Three boxes of variance (n^2 - 1) / 12 each; widths are odd, so some passes take the next one to come near the sigma.
  const auto variance = [](int reach) { return (square(2 * reach + 1) - 1) / 12; };
  const int reach = static_cast<int>(0.5 * (std::sqrt(4 * sigmaPixels * sigmaPixels + 1) - 1));
  const double missing = square(sigmaPixels) - 3 * variance(reach);
  const int wider = static_cast<int>(std::lround(missing / (variance(reach + 1) - variance(reach))));
  for (int pass = 0; pass < 3; ++pass) {
    const int passReach = reach + (pass < wider ? 1 : 0);
    alongBothAxes(map, width, height, [&](const auto& in, auto& out, int count) { boxLines(in, out, count, passReach); });
  }
}

Map expose(const Plane& plane, const Map& lineIntegral, const Exposure& exposure, Random& random) {
  Map primary(lineIntegral.size());
  for (std::size_t i = 0; i < primary.size(); ++i) primary[i] = std::exp(-lineIntegral[i]);
  Map scatter = primary;
  blur(scatter, plane.width, plane.height, exposure.scatterSigmaMm / plane.mmPerPixel);
  blur(primary, plane.width, plane.height, exposure.blurSigmaMm / plane.mmPerPixel);

  const double quanta = exposure.quantaPerMm2 * square(plane.mmPerPixel);
  const double share = exposure.scatterFraction / (1 - exposure.scatterFraction);
  Map density(primary.size());
  for (std::size_t i = 0; i < density.size(); ++i) {
    const double mean = quanta * (primary[i] + share * scatter[i]);
    // Read-out noise of two quanta keeps the darkest rays from being noiseless.
    if (exposure.quickNoise) {
      const double counted = noisyCount(mean, static_cast<double>(grain(random))) + 2 * static_cast<double>(grain(random));
      density[i] = -std::log(static_cast<float>(std::max(counted, 1.0) / quanta));
      continue;
    }
    const double noise = random.normal();
    const double counted = noisyCount(mean, noise) + 2 * random.normal();
    density[i] = static_cast<float>(-std::log(std::max(counted, 1.0) / quanta));
  }
  if (exposure.sharpening > 0) sharpen(density, plane, exposure.sharpening);

  const auto [low, high] = quantiles(density, exposure.windowLow, exposure.windowHigh);
  const double range = std::max(1e-3, static_cast<double>(high) - low);
  for (auto& value : density) {
    const double linear = std::clamp((static_cast<double>(value) - low) / range, 0.0, 1.0);
    const double curved = exposure.gamma == 1 ? linear : std::pow(linear, exposure.gamma);
    value =
        static_cast<float>(std::clamp((1 - exposure.contrast) * curved + exposure.contrast * curved * curved * (3 - 2 * curved), 0.0, 1.0));
  }
  return density;
}

}  // namespace roundel::phantom
