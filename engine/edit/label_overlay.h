#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "edit/paint_surface.h"

namespace roundel {

/// How one class is drawn over the image.
struct OverlayClass {
  std::array<std::uint8_t, 3> colour{255, 0, 0};
  float fill = 0.4F;     ///< opacity inside, 0..1
  float outline = 1.0F;  ///< opacity of the pixels of the mask that touch its outside, 0..1
  bool visible = true;
};

struct OverlayStyle {
  std::vector<OverlayClass> classes;  ///< by class index; classes without an entry are not drawn
  OverlayClass ignore{.colour = {128, 128, 128}, .fill = 0.5F, .outline = 0.8F};
};

/// A rectangle of a slice in the slice's own axes: (x, y) on Z, (x, z) on Y, (y, z) on X. Half open.
struct SliceBox {
  std::int64_t u0 = 0, v0 = 0, u1 = 0, v1 = 0;

  bool empty() const { return u1 <= u0 || v1 <= v0; }
  std::int64_t width() const { return u1 - u0; }
  std::int64_t height() const { return v1 - v0; }
  bool operator==(const SliceBox&) const = default;
};

/// The part of a box of pixels that a slice shows; empty where it shows none.
SliceBox shownBy(const PixelBox& box, const SlicePlane& slice);
/// The whole slice.
SliceBox extentOf(const Size& size, const SlicePlane& slice);
/// One pixel more on every side, cut at the slice: what to draw anew after a change, because outlines look at their neighbours.
SliceBox grownByOne(const SliceBox& box, const Size& size, const SlicePlane& slice);

/// The labels of a rectangle of a slice as colours for a texture: RGBA of 8 bits, premultiplied, row by row from the rectangle's
/// first pixel; classes in ascending order, each over the ones before, the region to ignore last. `out` holds width * height pixels.
/// Throws Error(Usage, "bad-parameter") where the rectangle leaves the slice or `out` does not fit.
void drawOverlay(PaintSurface& surface, const SlicePlane& slice, const SliceBox& box, const OverlayStyle& style,
                 std::span<std::array<std::uint8_t, 4>> out);

}  // namespace roundel
