#include "raster/distance_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace roundel {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

/// Along x: squared distance to the nearest pixel of the mask in the same row.
void distancesInRow(std::span<const std::uint8_t> inside, double spacing, double* out) {
  const auto width = static_cast<std::int64_t>(inside.size());
  std::int64_t last = -1;
  for (std::int64_t x = 0; x < width; ++x) {
    if (inside[static_cast<std::size_t>(x)] != 0) last = x;
    out[x] = last < 0 ? kFar : static_cast<double>(x - last);
  }
  double ahead = kFar;
  for (std::int64_t x = width - 1; x >= 0; --x) {
    ahead = inside[static_cast<std::size_t>(x)] != 0 ? 0 : ahead + 1;
    const double steps = std::min(ahead, out[x]) * spacing;
    out[x] = steps * steps;
  }
}

/// The lower envelope of the parabolas values[q] + (spacing (p - q))^2, evaluated at every p, in place.
class Envelope {
 public:
  explicit Envelope(std::size_t length) : m_vertex(length), m_from(length + 1), m_values(length) {}

  void apply(std::span<double> values, double spacing) {
    const double weight = spacing * spacing;
    std::copy(values.begin(), values.end(), m_values.begin());
    std::size_t count = 0;
    for (std::size_t q = 0; q < values.size(); ++q) {
      if (m_values[q] == kFar) continue;
      double from = -kFar;
      while (count > 0) {
        from = crossing(m_vertex[count - 1], q, weight);
        if (from > m_from[count - 1]) break;
        --count;
        from = -kFar;
      }
      m_vertex[count] = q;
      m_from[count++] = from;
    }
    if (count == 0) return;
    m_from[count] = kFar;
    std::size_t k = 0;
    for (std::size_t p = 0; p < values.size(); ++p) {
      while (m_from[k + 1] < static_cast<double>(p)) ++k;
      const double steps = static_cast<double>(p) - static_cast<double>(m_vertex[k]);
      values[p] = m_values[m_vertex[k]] + weight * steps * steps;
    }
  }

 private:
  /// Where the parabola of q falls below that of the earlier v.
  double crossing(std::size_t v, std::size_t q, double weight) const {
    const auto a = static_cast<double>(v), b = static_cast<double>(q);
    return (m_values[q] - m_values[v]) / (2 * weight * (b - a)) + (a + b) / 2;
  }

  std::vector<std::size_t> m_vertex;
  std::vector<double> m_from;
  std::vector<double> m_values;
};

/// Runs the envelope along an axis of `length` pixels that are `stride` apart, for `lines` neighbouring lines that begin at
/// `first`. Several lines at once are copied out and back, because a line alone would use one number of every cache line.
void alongAxis(double* first, std::size_t lines, std::size_t length, std::size_t stride, double spacing) {
  constexpr std::size_t kBlock = 16;
  Envelope envelope(length);
  std::vector<double> block(kBlock * length);
  for (std::size_t begin = 0; begin < lines; begin += kBlock) {
    const std::size_t count = std::min(kBlock, lines - begin);
    for (std::size_t p = 0; p < length; ++p)
      for (std::size_t l = 0; l < count; ++l) block[l * length + p] = first[p * stride + begin + l];
    for (std::size_t l = 0; l < count; ++l) envelope.apply(std::span(block).subspan(l * length, length), spacing);
    for (std::size_t p = 0; p < length; ++p)
      for (std::size_t l = 0; l < count; ++l) first[p * stride + begin + l] = block[l * length + p];
  }
}

}  // namespace

std::vector<double> squaredDistanceTo(Size size, std::span<const std::uint8_t> inside, const std::array<double, 3>& spacing) {
  if (static_cast<std::int64_t>(inside.size()) != size.count())
    throw Error(ErrorKind::BadInput, "size-mismatch", "A mask does not have as many values as its image has pixels.");
  for (const double step : spacing)
    if (!(step > 0) || !std::isfinite(step)) throw Error(ErrorKind::BadInput, "bad-image", "The image's spacing is not a length above 0.");
  const auto nx = static_cast<std::size_t>(size.x), ny = static_cast<std::size_t>(size.y), nz = static_cast<std::size_t>(size.z);
  std::vector<double> squared(inside.size());
  for (std::size_t row = 0; row < ny * nz; ++row) distancesInRow(inside.subspan(row * nx, nx), spacing[0], squared.data() + row * nx);
  if (ny > 1)
    for (std::size_t z = 0; z < nz; ++z) alongAxis(squared.data() + z * nx * ny, nx, ny, nx, spacing[1]);
  if (nz > 1) alongAxis(squared.data(), nx * ny, nz, nx * ny, spacing[2]);
  return squared;
}

std::vector<double> squaredDistanceTo(const Mask& mask, const std::array<double, 3>& spacing) {
  return squaredDistanceTo(mask.size(), mask.toBytes(), spacing);
}

}  // namespace roundel
