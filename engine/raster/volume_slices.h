#pragma once
#include <span>
#include <vector>

#include "core/image.h"
#include "core/mask.h"

namespace roundel {

/// Values of any scale as grey in [0, 1], for whoever looks at pictures: what lies between the 0.5th and the 99.5th percentile of the
/// values that are numbers, evenly; what lies beyond is black or white, and so is what is no number. One value everywhere is black.
std::vector<float> greyOf(std::span<const float> values);

/// One slice as a picture: the pixels x, y at z. Its spacing is that of the slice's own axes.
Image sliceOf(const Image& volume, std::int64_t z);
Mask sliceOf(const Mask& volume, std::int64_t z);

}  // namespace roundel
