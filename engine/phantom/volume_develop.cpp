// What lies between an anatomy and the volume that is seen of it.
#include "core/add_scaled.h"
#include "phantom/volume_canvas.h"

namespace roundel::phantom {
namespace {

/// Blurs along one axis with a Gaussian of so many voxels; the edge goes on.
void blurAxis(std::vector<float>& values, Size size, int axis, double sigma) {
  if (sigma < 0.15) return;
  const auto reach = static_cast<std::int64_t>(std::ceil(2.5 * sigma));
  std::vector<float> weights;
  float sum = 0;
  for (std::int64_t k = -reach; k <= reach; ++k)
    sum += weights.emplace_back(static_cast<float>(std::exp(-0.5 * square(static_cast<double>(k) / sigma))));
  for (auto& weight : weights) weight /= sum;
  const std::int64_t count = axis == 0 ? size.x : axis == 1 ? size.y : size.z, inner = axis == 0 ? 1 : axis == 1 ? size.x : size.x * size.y;
  const std::vector<float> before = values;
  std::fill(values.begin(), values.end(), 0.0F);
  std::vector<float> padded(static_cast<std::size_t>(count + 2 * reach));
  for (std::int64_t start = 0; start < size.count(); start += count * inner) {
    const float* const from = before.data() + start;
    float* const to = values.data() + start;
    if (axis == 0) {
      std::fill_n(padded.begin(), reach, from[0]);
      std::copy_n(from, count, padded.begin() + reach);
      std::fill_n(padded.begin() + reach + count, reach, from[count - 1]);
      for (std::int64_t k = 0; k <= 2 * reach; ++k) addScaled(to, padded.data() + k, weights[static_cast<std::size_t>(k)], count);
      continue;
    }
    for (std::int64_t i = 0; i < count; ++i)
      for (std::int64_t k = -reach; k <= reach; ++k)
        addScaled(to + i * inner, from + std::clamp<std::int64_t>(i + k, 0, count - 1) * inner,
                  weights[static_cast<std::size_t>(k + reach)], inner);
  }
}

void blurVolume(std::vector<float>& values, Size size, double sigma) {
  for (int axis = 0; axis < 3; ++axis) blurAxis(values, size, axis, sigma);
}

/// Two quantiles, to a thousandth of the whole range.
std::pair<float, float> rangeOf(const std::vector<float>& values, double low, double high) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const float from = *least, step = (*most - from) / 4096;
  if (step <= 0) return {from, from};
  std::array<std::size_t, 4097> counts{};
  for (const float value : values) ++counts[static_cast<std::size_t>((value - from) / step)];
  const auto quantile = [&](double q) {
    const double wanted = q * static_cast<double>(values.size() - 1);
    std::size_t bin = 0, below = counts[0];
    while (static_cast<double>(below) <= wanted && bin + 1 < counts.size()) below += counts[++bin];
    return from + static_cast<float>(bin) * step;
  };
  return {quantile(low), quantile(high)};
}

/// About normal, of variance 1: the sum of three even numbers out of one draw.
float noiseFrom(std::uint64_t word) {
  constexpr std::uint64_t kThird = (std::uint64_t{1} << 21) - 1;
  const std::uint64_t sum = (word & kThird) + ((word >> 21) & kThird) + (word >> 43);
  return static_cast<float>(static_cast<std::int64_t>(sum)) * 0x1.0p-20F - 3;
}

void addNoise(VolumeCanvas& canvas, double sigma, double gain, Random& random) {
  const auto scale = static_cast<float>(gain * std::pow(std::max(1.0, 3.545 * sigma), 1.5));
  if (sigma < 0.15) {
    for (auto& grey : canvas.grey) grey += scale * noiseFrom(random.next());
    return;
  }
  std::vector<float> noise(canvas.grey.size());
  for (auto& value : noise) value = noiseFrom(random.next());
  blurVolume(noise, canvas.size, sigma);
  addScaled(canvas.grey.data(), noise.data(), scale, canvas.size.count());
}

/// x to the power gamma for x in [0, 1], between entries of a table.
class Power {
 public:
  explicit Power(double gamma) : m_values(kSteps + 2) {
    for (std::size_t i = 0; i < m_values.size(); ++i)
      m_values[i] = static_cast<float>(std::pow(std::min(1.0, static_cast<double>(i) / kSteps), gamma));
  }
  float of(float x) const {
    const float place = x * kSteps;
    const auto i = static_cast<std::size_t>(place);
    return m_values[i] + (m_values[i + 1] - m_values[i]) * (place - static_cast<float>(i));
  }

 private:
  static constexpr int kSteps = 2048;
  std::vector<float> m_values;
};

}  // namespace

void develop(VolumeCanvas& canvas, Random& random) {
  const Size size = canvas.size;
  if (random.uniform() < 0.4) {  // an uneven field, as of a coil
    const std::uint64_t key = random.next();
    const auto strength = static_cast<float>(random.uniform(0.1, 0.35)), scale = static_cast<float>(random.uniform(30, 80));
    std::size_t voxel = 0;
    for (std::int64_t z = 0; z < size.z; ++z)
      for (std::int64_t y = 0; y < size.y; ++y) {
        NoiseRow row(key, scale, y, z);
        for (std::int64_t x = 0; x < size.x; ++x) canvas.grey[voxel++] *= 1 + strength * row.at(x);
      }
  }
  blurVolume(canvas.grey, size, random.uniform(0, 0.9));
  if (random.uniform() < 0.3) blurAxis(canvas.grey, size, static_cast<int>(random.below(3)), random.uniform(0.6, 1.5));  // thick slices
  const auto [low, high] = rangeOf(canvas.grey, 0.02, 0.98);
  const double range = std::max(0.02F, high - low);
  // Most volumes are such that a person could outline what is in them; one in ten is not.
  const bool hard = random.uniform() < 0.1;
  addNoise(canvas, 0, range * (hard ? random.uniform(0.06, 0.16) : 0.08 * square(random.uniform())), random);
  if (random.uniform() < 0.35) {
    const double sigma = random.uniform(0.4, 0.8);
    addNoise(canvas, sigma, range * random.uniform(0.01, hard ? 0.1 : 0.05), random);
  }
  const auto [dark, bright] = rangeOf(canvas.grey, 0.02 * square(random.uniform()), 1 - 0.02 * square(random.uniform()));
  const float perShown = 1 / std::max(1e-3F, bright - dark);
  const Power power(std::exp(random.uniform(-0.5, 0.5)));
  const bool inverted = random.uniform() < 0.25;
  for (auto& value : canvas.grey) {
    const float bent = std::clamp(power.of(std::clamp((value - dark) * perShown, 0.0F, 1.0F)), 0.0F, 1.0F);
    value = inverted ? 1 - bent : bent;
  }
}

}  // namespace roundel::phantom
