// Painting live gives what the same stroke gives at once, under every policy, in every plane.
#include "edit/paint_surface.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "engine/edit/edit_support.h"

namespace roundel {
namespace {

PaintPolicy randomPolicy(int classCount, Random& random) {
  PaintPolicy policy{.over = static_cast<PaintOver>(random.below(4)), .onlyClass = static_cast<int>(random.below(classCount))};
  for (int i = 0; i < classCount; ++i) {
    policy.hidden.push_back(random.below(4) == 0);
    policy.locked.push_back(random.below(5) == 0);
    policy.exclusiveGroup.push_back(static_cast<int>(random.below(3)));
  }
  policy.emptied = static_cast<ClassState>(random.below(2));
  return policy;
}

/// The surface shows the annotation, pixel by pixel.
void expectShows(PaintSurface& surface, const Annotation& annotation) {
  const PixelBox all{0, 0, annotation.size.x, annotation.size.y, 0, annotation.size.z};
  ASSERT_EQ(surface.readClass(kIgnoreRegion, all), annotation.ignore.toBytes());
  for (int i = 0; i < surface.classCount(); ++i)
    ASSERT_EQ(surface.readClass(i, all), annotation.classes[static_cast<std::size_t>(i)].mask.toBytes()) << "class " << i;
}

void paintAtRandom(Size size, std::array<double, 3> spacing, std::uint64_t seed) {
  constexpr int kClasses = 5;
  const Geometry geometry = test::geometryOf(size, spacing);
  const Image image = test::randomImage(geometry, seed);
  Annotation annotation = test::randomAnnotation(size, kClasses, seed);
  PaintSurface surface(annotation, geometry, &image);
  Random random(seed, "strokes");
  for (int round = 0; round < 30; ++round) {
    Stroke stroke{.classIndex = static_cast<int>(random.below(kClasses + 1)) - 1,
                  .mode = random.below(3) == 0 ? PaintMode::Remove : PaintMode::Add,
                  .brush = {.shape = static_cast<BrushShape>(random.below(2)),
                            .radius = random.uniform(0.3, 9.0),
                            .unit = static_cast<LengthUnit>(random.below(2))},
                  .slice = std::nullopt,
                  .policy = randomPolicy(kClasses, random)};
    const std::array<std::int64_t, 3> extent{size.x, size.y, size.z};
    if (const auto axis = static_cast<std::size_t>(random.below(4)); axis < 3)
      stroke.slice = SlicePlane{static_cast<SliceAxis>(axis), random.below(extent[axis])};
    std::vector<EditPoint> points;
    for (std::int64_t i = random.below(5); i >= 0; --i) points.push_back(test::randomPoint(size, random));

    surface.beginStroke(stroke);
    PixelBox dirty{0, 0, 0, 0, 0, 0};
    for (const auto& point : points) dirty = unitedBoxes(dirty, surface.strokeTo(point));
    const LabelEdit live = surface.endStroke();
    const LabelEdit atOnce = paintEdit(annotation, stroke.classIndex, strokeMask(stroke.brush, points, geometry, stroke.slice), stroke.mode,
                                       stroke.policy, live.name);
    ASSERT_EQ(live, atOnce) << "round " << round;
    ASSERT_EQ(dirty, boundsOf(live));
    applyEdit(annotation, live);
    ASSERT_NO_FATAL_FAILURE(expectShows(surface, annotation));
    if (random.below(3) == 0) {
      undoEdit(annotation, live);
      surface.changed(live, PaintSurface::Direction::TakenBack);
      ASSERT_NO_FATAL_FAILURE(expectShows(surface, annotation));
    }
  }
}

TEST(PaintSurface, LiveStrokesEqualStrokesAtOnce) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    paintAtRandom({150, 70, 1}, {1, 1, 1}, seed);
    paintAtRandom({70, 20, 18}, {0.5, 0.7, 2.5}, seed + 100);
    paintAtRandom({1, 1, 1}, {1, 1, 1}, seed + 200);
    paintAtRandom({64, 64, 1}, {0.1, 0.3, 1}, seed + 300);
  }
}

TEST(PaintSurface, ACancelledStrokeLeavesEverythingAsItWas) {
  const Geometry geometry = test::geometryOf({100, 80, 1});
  const Annotation annotation = test::randomAnnotation(geometry.size, 4, 3);
  PaintSurface surface(annotation, geometry);
  surface.beginStroke({.classIndex = 2, .brush = {.radius = 20}});
  surface.strokeTo({50, 40});
  surface.strokeTo({70, 10});
  EXPECT_FALSE(surface.cancelStroke().empty());
  EXPECT_FALSE(surface.strokeUnderWay());
  expectShows(surface, annotation);
}

TEST(PaintSurface, AGatePaintsOnlyItsGreys) {
  const Geometry geometry = test::geometryOf({90, 90, 1});
  const Image image = test::randomImage(geometry, 4);
  Annotation annotation = Annotation::empty(geometry.size, 1);
  PaintSurface surface(annotation, geometry, &image);
  surface.beginStroke({.classIndex = 0, .brush = {.radius = 30}, .gate = IntensityGate{0.25F, 0.5F}});
  surface.strokeTo({45, 45});
  applyEdit(annotation, surface.endStroke());
  const Mask disc = strokeMask({.radius = 30}, {{45, 45}}, geometry, SlicePlane{});
  const auto painted = annotation.classes[0].mask.toBytes(), inside = disc.toBytes();
  for (std::size_t i = 0; i < painted.size(); ++i)
    ASSERT_EQ(painted[i] != 0, inside[i] != 0 && image.values[i] >= 0.25F && image.values[i] <= 0.5F);
  EXPECT_GT(annotation.classes[0].mask.area(), 400);
}

TEST(PaintSurface, RefusesWhatMakesNoSense) {
  const Geometry geometry = test::geometryOf({10, 10, 1});
  const Annotation annotation = Annotation::empty(geometry.size, 2);
  PaintSurface surface(annotation, geometry);
  EXPECT_THROW(surface.beginStroke({.classIndex = 2}), Error);
  EXPECT_THROW(surface.beginStroke({.classIndex = 0, .gate = IntensityGate{}}), Error);
  EXPECT_THROW(surface.strokeTo({1, 1}), Error);
  surface.beginStroke({.classIndex = 0});
  EXPECT_THROW(surface.beginStroke({.classIndex = 0}), Error);
  EXPECT_THROW(surface.strokeTo({std::numeric_limits<double>::quiet_NaN(), 0}), Error);
}

}  // namespace
}  // namespace roundel
