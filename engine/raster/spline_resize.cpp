#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/error.h"
#include "raster/byte_resize.h"

// scikit-image's resize of order 3 (scipy.ndimage's gaussian_filter and zoom with grid_mode, mode "mirror").

namespace roundel {
namespace {

/// The pixel that mirroring at the first and last pixel's centre puts at `at`.
std::size_t mirrored(int at, int length) {
  if (length == 1) return 0;
  const int period = 2 * (length - 1);
  const int within = ((at % period) + period) % period;
  return static_cast<std::size_t>(std::min(within, period - within));
}

std::vector<double> gaussian(double sigma) {
  const int radius = static_cast<int>(4.0 * sigma + 0.5);
  std::vector<double> weights;
  double sum = 0;
  for (int i = -radius; i <= radius; ++i) {
    weights.push_back(std::exp(-0.5 * i * i / (sigma * sigma)));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// Turns pixels into the coefficients of the cubic spline through them, in place.
void toCoefficients(std::vector<double>& line) {
  const auto n = line.size();
  if (n < 2) return;
  const double z = std::numbers::sqrt3 - 2;
  for (double& value : line) value *= (1 - z) * (1 - 1 / z);
  const double last = std::pow(z, static_cast<double>(n - 1));
  double power = z, first = line[0] + last * line[n - 1];
  for (std::size_t i = 1; i + 1 < n; ++i, power *= z) first += power * (line[i] + last * line[n - 1 - i]);
  line[0] = first / (1 - last * last);
  for (std::size_t i = 1; i < n; ++i) line[i] += z * line[i - 1];
  line[n - 1] = (z * line[n - 2] + line[n - 1]) * z / (z * z - 1);
  for (std::size_t i = n - 1; i-- > 0;) line[i] = z * (line[i + 1] - line[i]);
}

/// One line of pixels at another length.
class LineResizer {
 public:
  LineResizer(int length, int newLength) : m_length(length), m_scale(static_cast<double>(length) / newLength) {
    if (m_scale > 1) m_gaussian = gaussian((m_scale - 1) / 2);
    for (int i = 0; i < newLength; ++i) {
      const double at = (i + 0.5) * m_scale - 0.5, low = std::floor(at), x = at - low, y = 1 - x;
      Place place{.first = static_cast<int>(low) - 1, .weights = {}};
      place.weights[0] = y * y * y / 6;
      place.weights[1] = (x * x * (x - 2) * 3 + 4) / 6;
      place.weights[2] = (y * y * (y - 2) * 3 + 4) / 6;
      place.weights[3] = 1 - place.weights[0] - place.weights[1] - place.weights[2];
      m_places.push_back(place);
    }
  }

  std::vector<double> blurred(const std::vector<double>& line) const {
    if (m_gaussian.size() < 2) return line;
    const int radius = static_cast<int>(m_gaussian.size() / 2);
    std::vector<double> out(line.size(), 0.0);
    for (int i = 0; i < m_length; ++i)
      for (int k = -radius; k <= radius; ++k)
        out[static_cast<std::size_t>(i)] += m_gaussian[static_cast<std::size_t>(k + radius)] * line[mirrored(i + k, m_length)];
    return out;
  }

  std::vector<double> resized(std::vector<double> line) const {
    toCoefficients(line);
    std::vector<double> out;
    out.reserve(m_places.size());
    for (const Place& place : m_places) {
      double sum = 0;
      for (int k = 0; k < 4; ++k) sum += place.weights[static_cast<std::size_t>(k)] * line[mirrored(place.first + k, m_length)];
      out.push_back(sum);
    }
    return out;
  }

 private:
  struct Place {
    int first;
    std::array<double, 4> weights;
  };
  int m_length;
  double m_scale;
  std::vector<double> m_gaussian;
  std::vector<Place> m_places;
};

/// A picture of doubles of one channel, [y][x].
struct Plane {
  std::size_t width, height;
  std::vector<double> values;
};

/// Applies `change` to every row (`step` 1) or column of a plane.
template <class Change>
Plane alongX(const Plane& plane, std::size_t width, Change change) {
  Plane out{width, plane.height, {}};
  out.values.reserve(width * plane.height);
  for (std::size_t y = 0; y < plane.height; ++y) {
    const auto from = plane.values.begin() + static_cast<std::ptrdiff_t>(y * plane.width);
    const auto line = change(std::vector<double>(from, from + static_cast<std::ptrdiff_t>(plane.width)));
    out.values.insert(out.values.end(), line.begin(), line.end());
  }
  return out;
}

Plane transposed(const Plane& plane) {
  Plane out{plane.height, plane.width, std::vector<double>(plane.values.size())};
  for (std::size_t y = 0; y < plane.height; ++y)
    for (std::size_t x = 0; x < plane.width; ++x) out.values[x * plane.height + y] = plane.values[y * plane.width + x];
  return out;
}

}  // namespace

ByteImage resizedLikeSkimageCubic(const ByteImage& image, int width, int height) {
  if (image.width < 1 || image.height < 1 || width < 1 || height < 1 || image.channels < 1 || image.values.empty())
    throw Error(ErrorKind::BadInput, "bad-image", "A picture without pixels cannot be resized.");
  const LineResizer across(image.width, width), down(image.height, height);
  const auto channels = static_cast<std::size_t>(image.channels);
  const auto [lowest, highest] = std::ranges::minmax_element(image.values);
  ByteImage out{width, height, image.channels, {}};
  out.values.resize(out.rowLength() * static_cast<std::size_t>(height));
  const auto oldWidth = static_cast<std::size_t>(image.width), oldHeight = static_cast<std::size_t>(image.height);
  const auto newWidth = static_cast<std::size_t>(width), newHeight = static_cast<std::size_t>(height);
  for (std::size_t c = 0; c < channels; ++c) {
    Plane plane{oldWidth, oldHeight, std::vector<double>(oldWidth * oldHeight)};
    for (std::size_t i = 0; i < plane.values.size(); ++i) plane.values[i] = image.values[i * channels + c];
    plane = transposed(alongX(plane, oldWidth, [&](const auto& line) { return across.blurred(line); }));
    plane = alongX(plane, oldHeight, [&](const auto& line) { return down.blurred(line); });
    plane = transposed(alongX(plane, newHeight, [&](const auto& line) { return down.resized(line); }));
    plane = alongX(plane, newWidth, [&](const auto& line) { return across.resized(line); });
    for (std::size_t i = 0; i < plane.values.size(); ++i)
      out.values[i * channels + c] =
          static_cast<std::uint8_t>(std::clamp(plane.values[i], static_cast<double>(*lowest), static_cast<double>(*highest)));
  }
  return out;
}

}  // namespace roundel
