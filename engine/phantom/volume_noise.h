#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace roundel::phantom {

// latticeNoise() of volumes for millions of places: the same smooth noise in float, either along rows of voxels or from a small table.

/// In [-1, 1], a function of the lattice point. Inlined, since eight are needed a place.
inline float latticeValue(std::uint64_t key, std::int64_t x, std::int64_t y, std::int64_t z) {
  std::uint64_t word = key + static_cast<std::uint64_t>(x) * 0x9E3779B97F4A7C15u + static_cast<std::uint64_t>(y) * 0xC2B2AE3D27D4EB4Fu +
                       static_cast<std::uint64_t>(z) * 0x165667B19E3779F9u;
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
  return static_cast<float>(static_cast<std::int64_t>(word) >> 40) * 0x1.0p-23F;
}

inline float easedShare(float t) { return t * t * (3 - 2 * t); }

/// Noise along a row of voxels, detail of `pitch` voxels: a new lattice point costs four values, a voxel between two of them none.
class NoiseRow {
 public:
  NoiseRow() = default;
  NoiseRow(std::uint64_t key, float pitch, std::int64_t y, std::int64_t z);
  float at(std::int64_t x) {
    const float place = static_cast<float>(x) * m_perVoxel;
    const auto cell = static_cast<std::int64_t>(place);
    if (cell != m_cell) {
      m_left = cell == m_cell + 1 ? m_right : column(cell);
      m_right = column(cell + 1);
      m_cell = cell;
    }
    return m_left + (m_right - m_left) * easedShare(place - static_cast<float>(cell));
  }

 private:
  float column(std::int64_t x) const;
  std::uint64_t m_key = 0;
  float m_perVoxel = 1, m_shareY = 0, m_shareZ = 0, m_left = 0, m_right = 0;
  std::int64_t m_y = 0, m_z = 0, m_cell = -2;
};

/// Noise within `reach` of the origin, detail of size 1.
class NoiseTable {
 public:
  NoiseTable(std::uint64_t key, float reach);
  float at(float x, float y, float z) const {
    const float fx = x + m_origin, fy = y + m_origin, fz = z + m_origin;
    const auto ix = static_cast<std::size_t>(fx), iy = static_cast<std::size_t>(fy), iz = static_cast<std::size_t>(fz);
    const float tx = easedShare(fx - static_cast<float>(ix)), ty = easedShare(fy - static_cast<float>(iy)),
                tz = easedShare(fz - static_cast<float>(iz));
    const float* const from = m_values.data() + (iz * m_side + iy) * m_side + ix;
    const auto line = [tx](const float* two) { return two[0] + (two[1] - two[0]) * tx; };
    const auto layer = [&](const float* four) {
      const float first = line(four);
      return first + (line(four + m_side) - first) * ty;
    };
    const float near = layer(from);
    return near + (layer(from + m_side * m_side) - near) * tz;
  }

 private:
  std::size_t m_side;
  float m_origin;
  std::vector<float> m_values;
};

}  // namespace roundel::phantom
