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

double latticeNoise(std::uint64_t key, double x, double y) {
  const double fx = std::floor(x), fy = std::floor(y);
  const auto ix = static_cast<std::int64_t>(fx), iy = static_cast<std::int64_t>(fy);
  const double tx = ease(x - fx), ty = ease(y - fy);
  return mix(mix(lattice(key, ix, iy, 0), lattice(key, ix + 1, iy, 0), tx),
             mix(lattice(key, ix, iy + 1, 0), lattice(key, ix + 1, iy + 1, 0), tx), ty);
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

double trabeculae(std::uint64_t key, Point mm, double meshMm, double along, double stretch) {
  const double c = std::cos(along), s = std::sin(along);
  const double length = (c * mm.x + s * mm.y) / (meshMm * stretch);
  const double across = (-s * mm.x + c * mm.y) / meshMm;
  // Ridges of noise (1 - |n|) are thin bright beams around dark meshes.
  const double coarse = 1 - 2 * std::abs(latticeNoise(key, length, across));
  const double fine = 1 - 2 * std::abs(latticeNoise(key + 1, 2.1 * length, 2.1 * across));
  return 0.65 * coarse + 0.35 * fine;
}

}  // namespace roundel::phantom
