#pragma once
#include <array>

#include "core/mask.h"

namespace roundel {

/// Growing, shrinking, opening and closing by an exact Euclidean distance, in a picture or a volume of any spacing. A pixel changes where
/// its centre lies within `distance` (in units of `spacing`) of the centre of the nearest pixel of the other kind. Beyond the image nothing
/// is known: its edge neither shrinks a mask nor grows one. Only the mask's surroundings are looked at, so the time follows its box.
Mask grownBy(const Mask& mask, double distance, const std::array<double, 3>& spacing);
Mask shrunkBy(const Mask& mask, double distance, const std::array<double, 3>& spacing);
Mask openedBy(const Mask& mask, double distance, const std::array<double, 3>& spacing);
Mask closedBy(const Mask& mask, double distance, const std::array<double, 3>& spacing);

/// The reverse of cropped() (core/mask.h).
Mask uncropped(const Mask& mask, const PixelBox& box, const Size& size);
/// The box grown by so many pixels on every side of every axis, cut at the grid.
PixelBox grownBox(const PixelBox& box, const std::array<std::int64_t, 3>& by, const Size& size);

}  // namespace roundel
