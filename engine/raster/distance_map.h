#pragma once
#include <array>
#include <span>
#include <vector>

#include "core/geometry.h"
#include "core/mask.h"

namespace roundel {

/// Squared Euclidean distance of every pixel's centre to the centre of the nearest pixel of the mask: 0 inside it, infinite
/// everywhere where the mask is empty. Exact for any spacing (lower envelope of parabolas; Felzenszwalb and Huttenlocher 2012).
/// Units of `spacing` squared; x fastest.
std::vector<double> squaredDistanceTo(const Mask& mask, const std::array<double, 3>& spacing = {1, 1, 1});

/// The same, over the pixels for which `inside` (size.count() values) is not 0.
std::vector<double> squaredDistanceTo(Size size, std::span<const std::uint8_t> inside, const std::array<double, 3>& spacing = {1, 1, 1});

}  // namespace roundel
