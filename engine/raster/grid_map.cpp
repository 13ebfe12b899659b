#include "raster/grid_map.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"

namespace roundel {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<double, 9>;  // row-major

/// Columns are the steps from voxel to voxel.
Matrix axesOf(const Geometry& geometry) {
  Matrix axes{};
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t column = 0; column < 3; ++column)
      axes[3 * row + column] = geometry.direction[3 * row + column] * geometry.spacingMm[column];
  return axes;
}

Matrix inverse(const Matrix& m) {
  const auto minor = [&](std::size_t a, std::size_t b, std::size_t c, std::size_t d) { return m[a] * m[d] - m[b] * m[c]; };
  const double determinant = m[0] * minor(4, 5, 7, 8) - m[1] * minor(3, 5, 6, 8) + m[2] * minor(3, 4, 6, 7);
  if (!std::isfinite(determinant) || std::abs(determinant) < 1e-12)
    throw Error(ErrorKind::BadInput, "bad-geometry", "The axes of an image do not span space.");
  const Matrix adjugate{minor(4, 5, 7, 8),  -minor(1, 2, 7, 8), minor(1, 2, 4, 5),  -minor(3, 5, 6, 8), minor(0, 2, 6, 8),
                        -minor(0, 2, 3, 5), minor(3, 4, 6, 7),  -minor(0, 1, 6, 7), minor(0, 1, 3, 4)};
  Matrix result{};
  for (std::size_t i = 0; i < 9; ++i) result[i] = adjugate[i] / determinant;
  return result;
}

Vector times(const Matrix& m, const Vector& v) {
  return {m[0] * v[0] + m[1] * v[1] + m[2] * v[2], m[3] * v[0] + m[4] * v[1] + m[5] * v[2], m[6] * v[0] + m[7] * v[1] + m[8] * v[2]};
}

Vector minus(const Vector& a, const Vector& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }

std::array<std::int64_t, 3> sidesOf(const Size& size) { return {size.x, size.y, size.z}; }

/// The axes of `to` that the axes of `from` run along. An axis of one voxel takes whichever is left.
bool chooseAxes(GridMap& map, const Matrix& steps, const std::array<std::int64_t, 3>& sides) {
  std::array<bool, 3> taken{};
  for (std::size_t from = 0; from < 3; ++from) {
    if (sides[from] == 1) continue;
    std::size_t best = 0;
    for (std::size_t to = 1; to < 3; ++to)
      if (std::abs(steps[3 * to + from]) > std::abs(steps[3 * best + from])) best = to;
    if (taken[best]) return false;
    taken[best] = true;
    map.axis[from] = static_cast<int>(best);
    map.step[from] = steps[3 * best + from] < 0 ? -1 : 1;
  }
  for (std::size_t from = 0; from < 3; ++from) {
    if (sides[from] != 1) continue;
    const std::size_t free = !taken[from] ? from : !taken[0] ? 0 : !taken[1] ? 1 : 2;
    taken[free] = true;
    map.axis[from] = static_cast<int>(free);
    map.step[from] = 1;
  }
  return true;
}

}  // namespace

std::array<std::int64_t, 3> GridMap::at(std::int64_t x, std::int64_t y, std::int64_t z) const {
  std::array<std::int64_t, 3> index = start;
  const std::array<std::int64_t, 3> from{x, y, z};
  for (std::size_t a = 0; a < 3; ++a) index[static_cast<std::size_t>(axis[a])] += step[a] * from[a];
  return index;
}

std::array<double, 3> indexOfPoint(const Geometry& geometry, const std::array<double, 3>& pointMm) {
  return times(inverse(axesOf(geometry)), minus(pointMm, geometry.originMm));
}

std::array<double, 3> pointOfIndex(const Geometry& geometry, const std::array<double, 3>& index) {
  Vector point = times(axesOf(geometry), index);
  for (std::size_t part = 0; part < 3; ++part) point[part] += geometry.originMm[part];
  return point;
}

std::optional<GridMap> gridMap(const Geometry& from, const Geometry& to, double tolerance) {
  const Matrix back = inverse(axesOf(to)), axes = axesOf(from);
  Matrix steps{};  // columns: one step along an axis of `from`, in voxels of `to`
  for (std::size_t column = 0; column < 3; ++column) {
    const Vector step = times(back, {axes[column], axes[3 + column], axes[6 + column]});
    for (std::size_t row = 0; row < 3; ++row) steps[3 * row + column] = step[row];
  }
  const Vector origin = times(back, minus(from.originMm, to.originMm));
  const auto sides = sidesOf(from.size);
  GridMap map;
  if (!chooseAxes(map, steps, sides)) return std::nullopt;
  for (std::size_t part = 0; part < 3; ++part) {
    if (!(std::abs(origin[part]) < 1e9)) return std::nullopt;
    map.start[part] = std::llround(origin[part]);
  }
  // The farthest voxels are where rounding shows most.
  for (int corner = 0; corner < 8; ++corner) {
    std::array<std::int64_t, 3> index{};
    for (std::size_t a = 0; a < 3; ++a) index[a] = (corner >> a & 1) != 0 ? sides[a] - 1 : 0;
    const auto rounded = map.at(index[0], index[1], index[2]);
    for (std::size_t row = 0; row < 3; ++row) {
      double exact = origin[row];
      for (std::size_t a = 0; a < 3; ++a) exact += steps[3 * row + a] * static_cast<double>(index[a]);
      if (!(std::abs(exact - static_cast<double>(rounded[row])) <= tolerance)) return std::nullopt;
    }
  }
  return map;
}

CarriedMask carried(const Mask& mask, const GridMap& map, Size to) {
  CarriedMask result;
  const Size from = mask.size();
  const auto inside = [&to](const std::array<std::int64_t, 3>& p) {
    return p[0] >= 0 && p[0] < to.x && p[1] >= 0 && p[1] < to.y && p[2] >= 0 && p[2] < to.z;
  };
  const auto flat = [&to](const std::array<std::int64_t, 3>& p) { return (p[2] * to.y + p[1]) * to.x + p[0]; };
  std::vector<Mask::Run> runs;
  for (const auto& run : mask.runs()) {
    for (std::int64_t at = run.start; at < run.start + run.length;) {
      // Row by row: a row is a straight line on the other grid.
      const std::int64_t x = at % from.x, y = at / from.x % from.y, z = at / (from.x * from.y);
      const std::int64_t count = std::min(from.x - x, run.start + run.length - at);
      const auto first = map.at(x, y, z), last = map.at(x + count - 1, y, z);
      if (map.axis[0] == 0 && inside(first) && inside(last)) {
        runs.push_back({std::min(flat(first), flat(last)), count});
      } else {
        for (std::int64_t i = 0; i < count; ++i) {
          const auto place = map.at(x + i, y, z);
          if (inside(place)) runs.push_back({flat(place), 1});
          else ++result.outside;
        }
      }
      at += count;
    }
  }
  result.mask = Mask(to, std::move(runs));
  return result;
}

}  // namespace roundel
