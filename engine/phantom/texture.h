#pragma once
#include <array>
#include <cstdint>

#include "phantom/plane.h"

namespace roundel::phantom {

/// Smooth noise over a plane or a volume, a function of the key and the place alone: about evenly spread in [-1, 1], detail of
/// size 1. Hashed lattice values with smooth interpolation (Perlin's value noise).
double latticeNoise(std::uint64_t key, double x, double y, double z);

/// The same over a plane. It remembers the last mesh of the lattice: places asked one after another mostly share it.
class LatticeNoise {
 public:
  explicit LatticeNoise(std::uint64_t key) : m_key(key) {}
  double at(double x, double y) {
    auto ix = static_cast<std::int64_t>(x), iy = static_cast<std::int64_t>(y);
    ix -= static_cast<double>(ix) > x ? 1 : 0;
    iy -= static_cast<double>(iy) > y ? 1 : 0;
    if (ix != m_x || iy != m_y) enter(ix, iy);
    const double u = x - static_cast<double>(ix), v = y - static_cast<double>(iy);
    const double tx = u * u * (3 - 2 * u), ty = v * v * (3 - 2 * v);
    const double top = m_corner[0] + (m_corner[1] - m_corner[0]) * tx, bottom = m_corner[2] + (m_corner[3] - m_corner[2]) * tx;
    return top + (bottom - top) * ty;
  }

 private:
  void enter(std::int64_t x, std::int64_t y);

  std::uint64_t m_key;
  std::int64_t m_x = INT64_MIN, m_y = INT64_MIN;
  std::array<double, 4> m_corner{};
};

/// Trabeculae: a net of fine bright beams, about [-1, 1]. `along` is the beams' direction in radians, `stretch` (>= 1) how much
/// longer than wide their meshes are, `meshMm` a mesh's width.
class Trabeculae {
 public:
  Trabeculae(std::uint64_t key, double meshMm, double along, double stretch);
  double at(Point mm) {
    const double length = (m_cos * mm.x + m_sin * mm.y) / m_long, across = (-m_sin * mm.x + m_cos * mm.y) / m_wide;
    // Ridges of noise (1 - |n|) are thin bright beams around dark meshes.
    const double coarse = 1 - 2 * std::abs(m_coarse.at(length, across)), fine = 1 - 2 * std::abs(m_fine.at(2.1 * length, 2.1 * across));
    return 0.65 * coarse + 0.35 * fine;
  }

 private:
  LatticeNoise m_coarse, m_fine;
  double m_cos, m_sin, m_long, m_wide;
};

}  // namespace roundel::phantom
