#pragma once
#include <span>
#include <vector>

#include "core/geometry.h"

namespace roundel {

/// Probabilities (never logits) of every class at every pixel; classes are independent and may overlap (sigmoid).
struct Prediction {
  Size size;
  int classCount = 0;
  std::vector<float> probabilities;  ///< [class][z][y][x], values in [0, 1]

  std::span<const float> classMap(int classIndex) const {
    const auto pixels = static_cast<std::size_t>(size.count());
    return std::span(probabilities).subspan(static_cast<std::size_t>(classIndex) * pixels, pixels);
  }
};

}  // namespace roundel
