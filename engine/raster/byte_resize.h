#pragma once
#include "raster/byte_image.h"

namespace roundel {

// Resizing of 8-bit pictures bit by bit as the libraries do it that published generalists were trained and run with. Where such equality
// does not matter, raster/resample.h is the tool. All throw Error(BadInput, "bad-image") on an empty size on either side.

/// Pillow's bilinear filter: a triangle as wide as two new pixels when shrinking ("antialiased"), the two neighbours when growing.
/// Coefficients of 22 bits, x first, rounded to 8 bits after each axis; an axis that keeps its size is left alone.
ByteImage resizedLikePillow(const ByteImage& image, int width, int height);

/// OpenCV's bicubic (a = -0.75) without antialiasing: coefficients of 11 bits, rounded once at the end, the edge's pixels go on.
ByteImage resizedLikeOpenCvCubic(const ByteImage& image, int width, int height);

/// OpenCV's nearest: the pixel at floor(new * old size / new size).
ByteImage resizedLikeOpenCvNearest(const ByteImage& image, int width, int height);

/// scikit-image's resize of order 3 with antialiasing: where an axis shrinks a Gaussian of sigma (factor - 1) / 2 along it, then a cubic
/// spline (with prefilter) through the pixels, all mirrored at the edge pixels' centres and computed in double; clipped to the picture's
/// own range and cut off to 8 bits.
ByteImage resizedLikeSkimageCubic(const ByteImage& image, int width, int height);

}  // namespace roundel
