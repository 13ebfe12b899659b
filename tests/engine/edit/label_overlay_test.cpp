// Labels as colours: every pixel of a texture against the definition, on every plane.
#include "edit/label_overlay.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "engine/edit/edit_support.h"

namespace roundel {
namespace {

using Pixel = std::array<std::uint8_t, 4>;

OverlayStyle styleOf(int classCount) {
  OverlayStyle style;
  for (int i = 0; i < classCount; ++i)
    style.classes.push_back({.colour = {static_cast<std::uint8_t>(40 * i + 20), static_cast<std::uint8_t>(250 - 30 * i), 90},
                             .fill = 0.2F + 0.1F * static_cast<float>(i),
                             .outline = 1,
                             .visible = i != 2});
  return style;
}

/// In, on a slice's own axes; nothing beyond the slice.
bool isIn(const Mask& mask, const SlicePlane& slice, std::int64_t u, std::int64_t v) {
  switch (slice.axis) {
    case SliceAxis::X: return mask.contains(slice.index, u, v);
    case SliceAxis::Y: return mask.contains(u, slice.index, v);
    case SliceAxis::Z: break;
  }
  return mask.contains(u, v, slice.index);
}

std::array<double, 4> expectedColour(const Annotation& labels, const OverlayStyle& style, const SlicePlane& slice, std::int64_t u,
                                     std::int64_t v) {
  std::array<double, 4> colour{};
  for (std::size_t i = 0; i <= labels.classes.size(); ++i) {
    const bool last = i == labels.classes.size();
    const Mask& mask = last ? labels.ignore : labels.classes[i].mask;
    const OverlayClass& look = last ? style.ignore : style.classes[i];
    if (!look.visible || !isIn(mask, slice, u, v)) continue;
    const bool inside =
        isIn(mask, slice, u - 1, v) && isIn(mask, slice, u + 1, v) && isIn(mask, slice, u, v - 1) && isIn(mask, slice, u, v + 1);
    const double alpha = inside ? look.fill : look.outline;
    for (std::size_t k = 0; k < 4; ++k) colour[k] = alpha * (k < 3 ? look.colour[k] : 255) + (1 - alpha) * colour[k];
  }
  return colour;
}

void compareWithDefinition(PaintSurface& surface, const Annotation& labels, const SlicePlane& slice, const SliceBox& box) {
  const OverlayStyle style = styleOf(surface.classCount());
  std::vector<Pixel> out(static_cast<std::size_t>(box.width() * box.height()), Pixel{9, 9, 9, 9});
  drawOverlay(surface, slice, box, style, out);
  for (std::int64_t v = box.v0; v < box.v1; ++v)
    for (std::int64_t u = box.u0; u < box.u1; ++u) {
      const auto wanted = expectedColour(labels, style, slice, u, v);
      const Pixel& drawn = out[static_cast<std::size_t>((v - box.v0) * box.width() + u - box.u0)];
      for (std::size_t k = 0; k < 4; ++k) ASSERT_NEAR(drawn[k], wanted[k], 4) << "at " << u << ", " << v;
    }
}

TEST(LabelOverlay, DrawsEveryPixelOfEveryPlane) {
  for (const Size size : {Size{150, 80, 1}, Size{70, 20, 17}, Size{1, 1, 1}, Size{130, 70, 9}}) {
    const Annotation labels = test::randomAnnotation(size, 4, 5);
    PaintSurface surface(labels, test::geometryOf(size));
    Random random(2, "boxes");
    for (const auto axis : {SliceAxis::X, SliceAxis::Y, SliceAxis::Z}) {
      const SlicePlane slice{axis, random.below(axis == SliceAxis::X ? size.x : axis == SliceAxis::Y ? size.y : size.z)};
      const SliceBox all = extentOf(size, slice);
      ASSERT_NO_FATAL_FAILURE(compareWithDefinition(surface, labels, slice, all));
      const std::int64_t u0 = random.below(all.u1), v0 = random.below(all.v1);
      const SliceBox part{u0, v0, u0 + 1 + random.below(all.u1 - u0), v0 + 1 + random.below(all.v1 - v0)};
      ASSERT_NO_FATAL_FAILURE(compareWithDefinition(surface, labels, slice, part));
    }
  }
}

TEST(LabelOverlay, TheDirtyRectangleOfADabIsEnoughForTheTexture) {
  const Size size{200, 150, 1};
  const Annotation labels = test::randomAnnotation(size, 4, 8);
  PaintSurface surface(labels, test::geometryOf(size));
  const OverlayStyle style = styleOf(4);
  const SliceBox all = extentOf(size, {});
  std::vector<Pixel> texture(static_cast<std::size_t>(size.count())), whole(texture.size());
  drawOverlay(surface, {}, all, style, texture);
  Random random(4, "dabs");
  surface.beginStroke({.classIndex = 1, .brush = {.radius = 14}});
  for (int i = 0; i < 30; ++i) {
    const SliceBox dirty = grownByOne(shownBy(surface.strokeTo(test::randomPoint(size, random)), {}), size, {});
    if (dirty.empty()) continue;
    std::vector<Pixel> part(static_cast<std::size_t>(dirty.width() * dirty.height()));
    drawOverlay(surface, {}, dirty, style, part);
    for (std::int64_t v = dirty.v0; v < dirty.v1; ++v)
      std::copy_n(part.begin() + (v - dirty.v0) * dirty.width(), dirty.width(), texture.begin() + v * size.x + dirty.u0);
    drawOverlay(surface, {}, all, style, whole);
    ASSERT_EQ(texture, whole) << "dab " << i;
  }
}

TEST(LabelOverlay, RefusesWhatLiesOutside) {
  const Size size{20, 10, 1};
  const Annotation labels = Annotation::empty(size, 1);
  PaintSurface surface(labels, test::geometryOf(size));
  std::vector<Pixel> out(200);
  EXPECT_NO_THROW(drawOverlay(surface, {}, {0, 0, 20, 10}, {}, out));
  EXPECT_THROW(drawOverlay(surface, {}, {0, 0, 21, 10}, {}, out), Error);
  EXPECT_THROW(drawOverlay(surface, {}, {0, 0, 10, 10}, {}, out), Error);
  EXPECT_THROW(drawOverlay(surface, {SliceAxis::Z, 1}, {0, 0, 20, 10}, {}, out), Error);
}

}  // namespace
}  // namespace roundel
