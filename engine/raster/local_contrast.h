#pragma once
#include <cstdint>
#include <vector>

namespace roundel {

/// Contrast-limited adaptive histogram equalisation (Zuiderveld 1994) of a picture [height][width] of grey values in [0, 1], in place.
///
/// The picture is cut into `tiles` x `tiles` tiles; each tile's histogram of 256 bins is cut off at `clipLimit` times its mean
/// (at least 1; what is cut off is spread over all bins) and becomes a rising curve from grey to grey; a pixel's curve lies between
/// those of the four nearest tiles, bilinearly. Curves are linear inside a bin, so that more than 256 greys stay apart.
void equaliseLocally(std::vector<float>& values, std::int64_t width, std::int64_t height, int tiles, double clipLimit);

}  // namespace roundel
