#pragma once
#include <span>
#include <vector>

#include "core/image.h"
#include "core/mask.h"
#include "core/prediction.h"

namespace roundel {

/// How values between pixels are found. Pixel centres lie at (i + 0.5) * old / new - 0.5 ("align_corners = False"); beyond the
/// edge the edge's pixel goes on.
enum class Interpolation {
  Nearest,      ///< the pixel under the new centre ("nearest-exact")
  Linear,       ///< the two neighbours on each axis, also when shrinking
  Antialiased,  ///< linear; when shrinking a triangle as wide as two new pixels (as Pillow, and torch with antialias)
  Area          ///< mean over the area that the new pixel covers
};

/// Resamples x, y and z one after the other; axes whose size stays are left alone.
/// `values` holds size.count() numbers. Throws Error(BadInput, "bad-image") on an empty size on either side.
std::vector<float> resampled(std::span<const float> values, Size size, Size newSize, Interpolation interpolation);

/// Spacing and origin follow, so that the picture covers the same part of the world.
Image resampled(const Image& image, Size newSize, Interpolation interpolation);

/// Class by class, on up to `threads` threads (0: all cores); the result does not depend on their number.
Prediction resampled(const Prediction& prediction, Size newSize, Interpolation interpolation, int threads = 0);

enum class MaskInterpolation {
  Coverage,  ///< in where more than half of the new pixel is covered (area when shrinking, linear when growing)
  Nearest    ///< in where the pixel under the new centre is in ("nearest-exact")
};

Mask resampled(const Mask& mask, Size newSize, MaskInterpolation interpolation);

/// The geometry of the same part of the world with another number of pixels.
Geometry resampled(const Geometry& geometry, Size newSize);

}  // namespace roundel
