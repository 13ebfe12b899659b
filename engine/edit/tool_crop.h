#pragma once
#include <vector>

#include "edit/work_grid.h"

namespace roundel {

/// The image's values in a box of the grid.
std::vector<float> croppedValues(const WorkGrid& grid, const PixelBox& box);
/// Shifts and scales values to mean 0 and standard deviation 1; values that are all alike, or no numbers, become 0.
void standardise(std::vector<float>& values);

}  // namespace roundel
