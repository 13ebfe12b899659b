#include "phantom/detector.h"

namespace roundel::phantom {
namespace {

std::size_t at(int x, int y, int width) {
  return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
}

void convolveLine(const std::vector<float>& in, std::vector<float>& out, int count, const std::vector<float>& kernel) {
  const int reach = static_cast<int>(kernel.size()) / 2;
  for (int i = 0; i < count; ++i) {
    float sum = 0;
    for (int k = -reach; k <= reach; ++k)
      sum += kernel[static_cast<std::size_t>(k + reach)] * in[static_cast<std::size_t>(std::clamp(i + k, 0, count - 1))];
    out[static_cast<std::size_t>(i)] = sum;
  }
}

/// A running mean over 2 reach + 1 values, the edge repeated.
void boxLine(const std::vector<float>& in, std::vector<float>& out, int count, int reach) {
  const auto value = [&](int i) { return static_cast<double>(in[static_cast<std::size_t>(std::clamp(i, 0, count - 1))]); };
  double sum = 0;
  for (int k = -reach; k <= reach; ++k) sum += value(k);
  for (int i = 0; i < count; ++i) {
    out[static_cast<std::size_t>(i)] = static_cast<float>(sum / (2 * reach + 1));
    sum += value(i + reach + 1) - value(i - reach);
  }
}

template <class Line>
void alongBothAxes(Map& map, int width, int height, Line&& line) {
  std::vector<float> in(static_cast<std::size_t>(std::max(width, height))), out(in.size());
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) in[static_cast<std::size_t>(x)] = map[at(x, y, width)];
    line(in, out, width);
    for (int x = 0; x < width; ++x) map[at(x, y, width)] = out[static_cast<std::size_t>(x)];
  }
  for (int x = 0; x < width; ++x) {
    for (int y = 0; y < height; ++y) in[static_cast<std::size_t>(y)] = map[at(x, y, width)];
    line(in, out, height);
    for (int y = 0; y < height; ++y) map[at(x, y, width)] = out[static_cast<std::size_t>(y)];
  }
}

/// Poisson for means above about 10 is as good as normal; below, the square root's stabilised form keeps it above zero.
double noisyCount(double mean, Random& random) {
  const double noise = random.normal();
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
  std::nth_element(sorted.begin(), highAt, sorted.end());
  return {lowValue, *highAt};
}

void sharpen(Map& density, const Plane& plane, double amount) {
  Map smooth = density;
  blur(smooth, plane.width, plane.height, std::max(1.0, 1.2 / plane.mmPerPixel));
  for (std::size_t i = 0; i < density.size(); ++i) density[i] += static_cast<float>(amount) * (density[i] - smooth[i]);
}

}  // namespace

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
    alongBothAxes(map, width, height, [&](const auto& in, auto& out, int count) { convolveLine(in, out, count, kernel); });
    return;
  }
  // Three boxes of variance (n^2 - 1) / 12 each; widths are odd, so some passes take the next one to come near the sigma.
  const auto variance = [](int reach) { return (square(2 * reach + 1) - 1) / 12; };
  const int reach = static_cast<int>(0.5 * (std::sqrt(4 * sigmaPixels * sigmaPixels + 1) - 1));
  const double missing = square(sigmaPixels) - 3 * variance(reach);
  const int wider = static_cast<int>(std::lround(missing / (variance(reach + 1) - variance(reach))));
  for (int pass = 0; pass < 3; ++pass) {
    const int passReach = reach + (pass < wider ? 1 : 0);
    alongBothAxes(map, width, height, [&](const auto& in, auto& out, int count) { boxLine(in, out, count, passReach); });
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
    const double counted = noisyCount(mean, random) + 2 * random.normal();
    density[i] = static_cast<float>(-std::log(std::max(counted, 1.0) / quanta));
  }
  if (exposure.sharpening > 0) sharpen(density, plane, exposure.sharpening);

  const auto [low, high] = quantiles(density, exposure.windowLow, exposure.windowHigh);
  const double range = std::max(1e-3, static_cast<double>(high) - low);
  for (auto& value : density) {
    const double linear = std::clamp((static_cast<double>(value) - low) / range, 0.0, 1.0);
    const double curved = std::pow(linear, exposure.gamma);
    value =
        static_cast<float>(std::clamp((1 - exposure.contrast) * curved + exposure.contrast * curved * curved * (3 - 2 * curved), 0.0, 1.0));
  }
  return density;
}

}  // namespace roundel::phantom
