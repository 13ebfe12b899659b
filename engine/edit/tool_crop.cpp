#include "edit/tool_crop.h"

#include <cmath>

namespace roundel {

std::vector<float> croppedValues(const WorkGrid& grid, const PixelBox& box) {
  const std::vector<float> all = grid.values();
  std::vector<float> values;
  for (std::int64_t z = box.z0; z < box.z1; ++z)
    for (std::int64_t y = box.y0; y < box.y1; ++y) {
      const auto row = all.begin() + (z * grid.size().y + y) * grid.size().x;
      values.insert(values.end(), row + box.x0, row + box.x1);
    }
  return values;
}

void standardise(std::vector<float>& values) {
  double sum = 0, squares = 0, count = 0;
  for (const float value : values)
    if (std::isfinite(value)) {
      sum += value;
      squares += static_cast<double>(value) * value;
      ++count;
    }
  const double mean = count > 0 ? sum / count : 0, variance = count > 0 ? squares / count - mean * mean : 0;
  const double scale = variance > 1e-12 ? 1 / std::sqrt(variance) : 0;
  for (float& value : values) value = std::isfinite(value) ? static_cast<float>((value - mean) * scale) : 0;
}

}  // namespace roundel
