#pragma once
#include <array>
#include <vector>

#include "core/geometry.h"

namespace roundel {

/// Gaussian blur along x, y and z in place: standard deviations in pixels, 0 leaves an axis alone; the kernel ends at three of them.
/// Beyond the edge the edge's pixel goes on.
void blur(std::vector<float>& values, const Size& size, const std::array<double, 3>& sigmaPx);

}  // namespace roundel
