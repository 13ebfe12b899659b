#include "phantom/volume_noise.h"

#include <cmath>

namespace roundel::phantom {

NoiseRow::NoiseRow(std::uint64_t key, float pitch, std::int64_t y, std::int64_t z) : m_key(key), m_perVoxel(1 / pitch) {
  const float fy = static_cast<float>(y) * m_perVoxel, fz = static_cast<float>(z) * m_perVoxel;
  m_y = static_cast<std::int64_t>(fy), m_z = static_cast<std::int64_t>(fz);
  m_shareY = easedShare(fy - static_cast<float>(m_y)), m_shareZ = easedShare(fz - static_cast<float>(m_z));
}

float NoiseRow::column(std::int64_t x) const {
  const auto layer = [&](std::int64_t z) {
    const float first = latticeValue(m_key, x, m_y, z);
    return first + (latticeValue(m_key, x, m_y + 1, z) - first) * m_shareY;
  };
  const float near = layer(m_z);
  return near + (layer(m_z + 1) - near) * m_shareZ;
}

NoiseTable::NoiseTable(std::uint64_t key, float reach)
    : m_side(2 * static_cast<std::size_t>(std::ceil(reach)) + 3), m_origin(std::ceil(reach) + 0.5F) {
  m_values.reserve(m_side * m_side * m_side);
  const auto side = static_cast<std::int64_t>(m_side);
  for (std::int64_t z = 0; z < side; ++z)
    for (std::int64_t y = 0; y < side; ++y)
      for (std::int64_t x = 0; x < side; ++x) m_values.push_back(latticeValue(key, x, y, z));
}

}  // namespace roundel::phantom
