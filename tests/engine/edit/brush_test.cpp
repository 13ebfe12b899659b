// What a brush covers, against the definition: every pixel whose centre comes within the radius of the way.
#include "edit/brush.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "engine/edit/edit_support.h"

namespace roundel {
namespace {

/// Smallest distance, in radii, of a place to the way from a to b; along the axes of a square the largest coordinate counts.
double distanceTo(const std::array<double, 3>& p, const std::array<double, 3>& a, const std::array<double, 3>& b,
                  const std::array<double, 3>& radius, BrushShape shape) {
  double best = 1e9;
  for (int i = 0; i <= 1500; ++i) {
    const double t = i / 1500.0;
    double sum = 0, most = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      const double d = (p[k] - a[k] - t * (b[k] - a[k])) / radius[k];
      sum += d * d;
      most = std::max(most, std::abs(d));
    }
    best = std::min(best, shape == BrushShape::Round ? std::sqrt(sum) : most);
  }
  return best;
}

void compareWithDefinition(const Brush& brush, EditPoint from, EditPoint to, const Geometry& geometry, std::optional<SlicePlane> slice) {
  const Mask mask = strokeMask(brush, {from, to}, geometry, slice);
  std::array<double, 3> a{from.x, from.y, from.z}, b{to.x, to.y, to.z}, radius{};
  for (std::size_t k = 0; k < 3; ++k)
    radius[k] = std::max(0.5, brush.unit == LengthUnit::Pixels ? brush.radius : brush.radius / geometry.spacingMm[k]);
  if (slice) a[static_cast<std::size_t>(slice->axis)] = b[static_cast<std::size_t>(slice->axis)] = static_cast<double>(slice->index);
  for (std::int64_t z = 0; z < geometry.size.z; ++z)
    for (std::int64_t y = 0; y < geometry.size.y; ++y)
      for (std::int64_t x = 0; x < geometry.size.x; ++x) {
        const std::array<double, 3> p{static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)};
        const bool onSlice = !slice || p[static_cast<std::size_t>(slice->axis)] == static_cast<double>(slice->index);
        const double distance = distanceTo(p, a, b, radius, brush.shape);
        if (std::abs(distance - 1) < 0.02) continue;  // the way is only sampled here
        ASSERT_EQ(mask.contains(x, y, z), onSlice && distance < 1) << x << " " << y << " " << z << ", distance " << distance;
      }
}

TEST(Brush, CoversWhatComesWithinItsRadius) {
  Random random(3, "brush");
  const Geometry picture = test::geometryOf({40, 30, 1}, {0.4, 0.7, 1}), volume = test::geometryOf({14, 12, 9}, {0.5, 0.5, 1.5});
  for (int i = 0; i < 24; ++i) {
    Brush brush{.shape = static_cast<BrushShape>(i % 2), .radius = random.uniform(0.8, 7), .unit = static_cast<LengthUnit>(i / 2 % 2)};
    const Geometry& geometry = i % 4 < 2 ? picture : volume;
    EditPoint from = test::randomPoint(geometry.size, random), to = test::randomPoint(geometry.size, random);
    if (i % 5 == 0) to = from;
    if (i % 7 == 0) to.y = from.y;
    std::optional<SlicePlane> slice;
    if (geometry.size.z == 1) slice = SlicePlane{};
    else if (i % 3 != 0) slice = SlicePlane{static_cast<SliceAxis>(i % 3), 4};
    ASSERT_NO_FATAL_FAILURE(compareWithDefinition(brush, from, to, geometry, slice)) << "stroke " << i;
  }
}

TEST(Brush, ADiscIsTheOneOfTheTextbooks) {
  const Mask disc = strokeMask({.radius = 2}, {{5, 5}}, test::geometryOf({11, 11, 1}), SlicePlane{});
  EXPECT_EQ(disc.area(), 13);
  EXPECT_EQ(strokeMask({.shape = BrushShape::Square, .radius = 2}, {{5, 5}}, test::geometryOf({11, 11, 1}), SlicePlane{}).area(), 25);
  EXPECT_EQ(strokeMask({.radius = 2}, {{5, 5, 5}}, test::geometryOf({11, 11, 11}), std::nullopt).area(), 33);
}

TEST(Brush, ASubPixelCentreMovesTheDisc) {
  const Geometry geometry = test::geometryOf({12, 12, 1});
  const Mask at = strokeMask({.radius = 2}, {{5.5, 5.5}}, geometry, SlicePlane{});
  EXPECT_EQ(at.area(), 12);  // even and symmetric: the 4 x 4 block without its corners
  EXPECT_TRUE(at.contains(4, 5) && at.contains(7, 6) && !at.contains(4, 4));
}

TEST(Brush, OfOnePixelDrawsThePixelsUnderItWithoutGaps) {
  const Geometry geometry = test::geometryOf({50, 50, 1});
  const Brush pencil{.radius = 0.5};
  EXPECT_EQ(strokeMask(pencil, {{7.4, 9.4}}, geometry, SlicePlane{}).area(), 1);
  const Mask line = strokeMask(pencil, {{2, 3}, {40, 31}}, geometry, SlicePlane{});
  EXPECT_TRUE(line.contains(2, 3) && line.contains(40, 31));
  for (std::int64_t x = 2; x <= 40; ++x) {
    int inColumn = 0;
    for (std::int64_t y = 0; y < 50; ++y) inColumn += line.contains(x, y);
    EXPECT_GE(inColumn, 1) << x;
  }
}

TEST(Brush, OutsideTheImageIsNothingAndNonsenseIsRefused) {
  const Geometry geometry = test::geometryOf({10, 10, 1});
  EXPECT_TRUE(strokeMask({.radius = 3}, {{-10, 5}, {-8, 5}}, geometry, SlicePlane{}).empty());
  EXPECT_TRUE(strokeMask({.radius = 3}, {{5, 5}}, geometry, SlicePlane{SliceAxis::Z, 1}).empty());
  EXPECT_THROW(strokeMask({.radius = 0}, {{5, 5}}, geometry, SlicePlane{}), Error);
  EXPECT_THROW(strokeMask({.radius = 1e9}, {{5, 5}}, geometry, SlicePlane{}), Error);
  EXPECT_THROW(strokeMask({.radius = 2}, {{NAN, 5}}, geometry, SlicePlane{}), Error);
}

}  // namespace
}  // namespace roundel
