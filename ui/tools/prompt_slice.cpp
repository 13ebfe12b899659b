#include "ui/tools/prompt_slice.h"

#include <array>
#include <cmath>

namespace roundel {
namespace {

/// Flat index of a pixel of the plane.
std::int64_t placeOf(const Size& size, const Plane& plane, std::int64_t u, std::int64_t v, std::int64_t slice) {
  std::array<std::int64_t, 3> index{};
  index[static_cast<std::size_t>(plane.u)] = plane.backU ? plane.sizeU - 1 - u : u;
  index[static_cast<std::size_t>(plane.v)] = plane.backV ? plane.sizeV - 1 - v : v;
  index[static_cast<std::size_t>(plane.n)] = slice;
  return (index[2] * size.y + index[1]) * size.x + index[0];
}

}  // namespace

QImage greySlice(const Picture& picture, const Plane& plane, std::int64_t slice, const PixelPipelineSettings& display) {
  const auto table = picture.greyTable(display);
  const auto& codes = picture.levels()[0].codes;
  QImage image(static_cast<int>(plane.sizeU), static_cast<int>(plane.sizeV), QImage::Format_Grayscale8);
  for (int v = 0; v < image.height(); ++v) {
    uchar* line = image.scanLine(v);
    for (int u = 0; u < image.width(); ++u) line[u] = table[codes[static_cast<std::size_t>(placeOf(picture.size(), plane, u, v, slice))]];
  }
  return image;
}

Mask liftedMask(const Mask& flat, const Size& size, const Plane& plane, std::int64_t slice) {
  std::vector<Mask::Run> runs;
  const std::int64_t width = flat.size().x;
  for (const Mask::Run& run : flat.runs())
    for (std::int64_t at = run.start; at < run.start + run.length; ++at)
      runs.push_back({placeOf(size, plane, at % width, at / width, slice), 1});
  return Mask(size, std::move(runs));
}

}  // namespace roundel
