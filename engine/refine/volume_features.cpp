#include "refine/volume_features.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "raster/resample.h"
#include "raster/volume_slices.h"

namespace roundel {
namespace {

constexpr std::array<double, 3> kSpaceScales{1.0, 2.0, 4.0};
constexpr std::array<int, 2> kSpaceWindows{5, 11};

using Values = std::vector<float>;
using Kernel = std::vector<double>;  ///< of odd length

std::array<std::int64_t, 3> sidesOf(Size size) { return {size.x, size.y, size.z}; }

/// Index that a place beyond the edge is mirrored to.
std::int64_t mirroredIndex(std::int64_t at, std::int64_t side) {
  while (at < 0 || at >= side) at = at < 0 ? -at - 1 : 2 * side - 1 - at;
  return at;
}

/// Along one axis.
Values filtered(const Values& values, Size size, std::size_t axis, const Kernel& kernel) {
  const auto sides = sidesOf(size);
  const std::int64_t side = sides[axis], stride = axis == 0 ? 1 : axis == 1 ? size.x : size.x * size.y;
  const auto reach = static_cast<std::int64_t>(kernel.size() / 2);
  if (side == 1 || reach == 0) return values;
  Values out(values.size());
  std::vector<double> line(static_cast<std::size_t>(side + 2 * reach));
  for (std::int64_t block = 0; block < size.count(); block += stride * side)
    for (std::int64_t first = block; first < block + stride; ++first) {
      for (std::int64_t i = -reach; i < side + reach; ++i)
        line[static_cast<std::size_t>(i + reach)] =
            static_cast<double>(values[static_cast<std::size_t>(first + mirroredIndex(i, side) * stride)]);
      for (std::int64_t i = 0; i < side; ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < kernel.size(); ++k) sum += kernel[k] * line[static_cast<std::size_t>(i) + k];
        out[static_cast<std::size_t>(first + i * stride)] = static_cast<float>(sum);
      }
    }
  return out;
}

Kernel gaussianKernel(double sigma) {
  const int reach = sigma < 0.2 ? 0 : static_cast<int>(std::ceil(3 * sigma));
  Kernel kernel;
  double sum = 0;
  for (int i = -reach; i <= reach; ++i) kernel.push_back(std::exp(-0.5 * i * i / std::max(sigma * sigma, 1e-6))), sum += kernel.back();
  for (double& weight : kernel) weight /= sum;
  return kernel;
}

/// A window of about `side` cells, odd.
Kernel windowKernel(double side) {
  const auto odd = static_cast<std::size_t>(2 * std::llround((side - 1) / 2) + 1);
  return Kernel(odd, 1.0 / static_cast<double>(odd));
}

template <class KernelOf>
Values filteredAll(Values values, Size size, const KernelOf& kernelOf) {
  for (std::size_t axis = 0; axis < 3; ++axis) values = filtered(values, size, axis, kernelOf(axis));
  return values;
}

const Kernel kSlopeKernel{-0.5, 0, 0.5}, kCurveKernel{1, -2, 1};

/// A map under construction: channels of one size.
class Channels {
 public:
  explicit Channels(Size size) { m_map.size = size; }

  /// Standardised; a flat one becomes 0.
  void add(const Values& channel) {
    double sum = 0, squares = 0;
    for (const float v : channel) sum += static_cast<double>(v), squares += static_cast<double>(v) * static_cast<double>(v);
    const auto count = static_cast<double>(channel.size());
    const double mean = sum / count, deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
    const double scale = deviation > 1e-6 ? 1 / deviation : 0;
    for (const float v : channel) m_map.values.push_back(static_cast<float>((static_cast<double>(v) - mean) * scale));
    ++m_map.channels;
  }

  FeatureMap finished() {
    const auto cells = static_cast<std::size_t>(m_map.size.count());
    m_map.values.insert(m_map.values.end(), cells, 1.0F);
    ++m_map.channels;
    for (std::size_t cell = 0; cell < cells; ++cell) {
      double square = 0;
      for (std::size_t i = cell; i < m_map.values.size(); i += cells)
        square += static_cast<double>(m_map.values[i]) * static_cast<double>(m_map.values[i]);
      const auto scale = static_cast<float>(1 / std::sqrt(square));
      for (std::size_t i = cell; i < m_map.values.size(); i += cells) m_map.values[i] *= scale;
    }
    return std::move(m_map);
  }

 private:
  FeatureMap m_map;
};

void addSpaceScale(Channels& channels, const Values& smooth, Size size, double sigma) {
  channels.add(smooth);
  std::array<Values, 3> slope;
  for (std::size_t axis = 0; axis < 3; ++axis) slope[axis] = filtered(smooth, size, axis, kSlopeKernel);
  Values magnitude(smooth.size()), laplacian(smooth.size());
  std::array<Values, 3> eigenvalues{magnitude, magnitude, magnitude};
  std::array<Values, 3> straight, mixed;  // xx, yy, zz; xy, xz, yz
  for (std::size_t axis = 0; axis < 3; ++axis) straight[axis] = filtered(smooth, size, axis, kCurveKernel);
  mixed[0] = filtered(slope[0], size, 1, kSlopeKernel), mixed[1] = filtered(slope[0], size, 2, kSlopeKernel),
  mixed[2] = filtered(slope[1], size, 2, kSlopeKernel);
  const auto first = static_cast<float>(sigma), second = static_cast<float>(sigma * sigma);
  for (std::size_t i = 0; i < smooth.size(); ++i) {
    magnitude[i] = first * std::sqrt(slope[0][i] * slope[0][i] + slope[1][i] * slope[1][i] + slope[2][i] * slope[2][i]);
    laplacian[i] = second * (straight[0][i] + straight[1][i] + straight[2][i]);
    Eigen::Matrix3f hessian;
    hessian << straight[0][i], mixed[0][i], mixed[1][i], mixed[0][i], straight[1][i], mixed[2][i], mixed[1][i], mixed[2][i], straight[2][i];
    const Eigen::Vector3f sorted =
        Eigen::SelfAdjointEigenSolver<Eigen::Matrix3f>().computeDirect(second * hessian, Eigen::EigenvaluesOnly).eigenvalues();
    for (std::size_t k = 0; k < 3; ++k) eigenvalues[k][i] = sorted[static_cast<Eigen::Index>(k)];
  }
  channels.add(magnitude);
  channels.add(laplacian);
  for (const Values& one : eigenvalues) channels.add(one);
}

}  // namespace

FeatureMap classicalVolumeFeatures(const Image& volume, std::int64_t factor) {
  const Size whole = volume.geometry.size;
  const auto cells = [&](std::int64_t side) { return std::max<std::int64_t>(1, (side + factor - 1) / factor); };
  const Size size{cells(whole.x), cells(whole.y), cells(whole.z)};
  const Values grey = greyOf(volume.values);
  const Values plain = size == whole ? grey : resampled(grey, whole, size, Interpolation::Area);
  const auto& spacing = volume.geometry.spacingMm;
  const double finest = std::min({spacing[0], spacing[1], spacing[2]});
  const auto shorter = [&](std::size_t axis) { return volume.geometry.hasSpacing() ? finest / spacing[axis] : 1.0; };
  Channels channels(size);
  for (const double sigma : kSpaceScales)
    addSpaceScale(channels, filteredAll(plain, size, [&](std::size_t axis) { return gaussianKernel(sigma * shorter(axis)); }), size, sigma);
  Values squares(plain.size());
  std::transform(plain.begin(), plain.end(), squares.begin(), [](float v) { return v * v; });
  for (const int side : kSpaceWindows) {
    const auto window = [&](std::size_t axis) { return windowKernel(std::max(1.0, side * shorter(axis))); };
    const Values mean = filteredAll(plain, size, window);
    Values deviation = filteredAll(squares, size, window);
    for (std::size_t i = 0; i < mean.size(); ++i) deviation[i] = std::sqrt(std::max(0.0f, deviation[i] - mean[i] * mean[i]));
    channels.add(mean);
    channels.add(deviation);
  }
  return channels.finished();
}

FeatureMap sliceFeatures(const Image& volume, std::int64_t factor, std::int64_t cells, const std::function<FeatureMap(const Image&)>& of) {
  const Image grey{.geometry = volume.geometry, .values = greyOf(volume.values)};
  const std::int64_t depth = volume.geometry.size.z, places = std::max<std::int64_t>(1, (depth + factor - 1) / factor);
  FeatureMap stacked;
  std::vector<FeatureMap> slices;
  for (std::int64_t place = 0; place < places; ++place) {
    FeatureMap one = of(sliceOf(grey, std::min(place * factor + factor / 2, depth - 1)));
    const Size small{std::min(one.size.x, cells), std::min(one.size.y, cells), 1};
    if (!(small == one.size)) {
      Values values;
      const auto pixels = static_cast<std::size_t>(one.size.count());
      for (int c = 0; c < one.channels; ++c) {
        const Values channel =
            resampled(std::span(one.values).subspan(static_cast<std::size_t>(c) * pixels, pixels), one.size, small, Interpolation::Area);
        values.insert(values.end(), channel.begin(), channel.end());
      }
      one.values = std::move(values), one.size = small;
    }
    slices.push_back(std::move(one));
  }
  stacked.channels = slices.front().channels;
  stacked.size = {slices.front().size.x, slices.front().size.y, places};
  const auto pixels = static_cast<std::ptrdiff_t>(slices.front().size.count());
  for (std::ptrdiff_t c = 0; c < stacked.channels; ++c)
    for (const FeatureMap& one : slices)
      stacked.values.insert(stacked.values.end(), one.values.begin() + c * pixels, one.values.begin() + (c + 1) * pixels);
  return stacked;
}

}  // namespace roundel
