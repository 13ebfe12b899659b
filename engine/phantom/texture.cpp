#include "phantom/texture.h"

#include "core/random.h"

namespace roundel::phantom {
namespace {

/// In [-1, 1], a function of the lattice point.
double lattice(std::uint64_t key, std::int64_t x, std::int64_t y, std::int64_t z) {
  const auto word = key + static_cast<std::uint64_t>(x) * 0x8DA6B343u + static_cast<std::uint64_t>(y) * 0xD8163841u +
                    static_cast<std::uint64_t>(z) * 0xCB1AB31Fu;
  return static_cast<double>(splitmix(word) >> 11) * 0x1.0p-52 - 1.0;
}

double ease(double t) { return t * t * (3 - 2 * t); }

double mix(double a, double b, double t) { return a + (b - a) * t; }

}  // namespace

void LatticeNoise::enter(std::int64_t x, std::int64_t y) {
  const bool next = x == m_x + 1 && y == m_y;  // the left corners are the right ones of the mesh before
  m_corner[0] = next ? m_corner[1] : lattice(m_key, x, y, 0);
  m_corner[2] = next ? m_corner[3] : lattice(m_key, x, y + 1, 0);
  m_corner[1] = lattice(m_key, x + 1, y, 0);
  m_corner[3] = lattice(m_key, x + 1, y + 1, 0);
  m_x = x;
  m_y = y;
}

double latticeNoise(std::uint64_t key, double x, double y, double z) {
  const double fx = std::floor(x), fy = std::floor(y), fz = std::floor(z);
  const auto ix = static_cast<std::int64_t>(fx), iy = static_cast<std::int64_t>(fy), iz = static_cast<std::int64_t>(fz);
  const double tx = ease(x - fx), ty = ease(y - fy), tz = ease(z - fz);
  const auto layer = [&](std::int64_t k) {
    return mix(mix(lattice(key, ix, iy, k), lattice(key, ix + 1, iy, k), tx),
               mix(lattice(key, ix, iy + 1, k), lattice(key, ix + 1, iy + 1, k), tx), ty);
  };
  return mix(layer(iz), layer(iz + 1), tz);
}

Trabeculae::Trabeculae(std::uint64_t key, double meshMm, double along, double stretch)
    : m_coarse(key), m_fine(key + 1), m_cos(std::cos(along)), m_sin(std::sin(along)), m_long(meshMm * stretch), m_wide(meshMm) {}

}  // namespace roundel::phantom
