// The livewire: cheapest paths, whatever was asked before, and along edges.
#include "edit/livewire.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "engine/edit/edit_support.h"

namespace roundel {
namespace {

Image discPicture(std::int64_t side, double radius) {
  Image image{.geometry = test::geometryOf({side, side, 1}), .values = {}};
  const double middle = static_cast<double>(side - 1) / 2;
  for (std::int64_t y = 0; y < side; ++y)
    for (std::int64_t x = 0; x < side; ++x)
      image.values.push_back(std::hypot(static_cast<double>(x) - middle, static_cast<double>(y) - middle) < radius ? 0.8F : 0.2F);
  return image;
}

TEST(Livewire, FollowsTheEdgeOfADisc) {
  const Image image = discPicture(101, 30);
  Livewire wire(image.values, 101, 101);
  wire.setSeed(80, 50);
  const auto path = wire.pathTo(20, 50);
  EXPECT_EQ(path.front(), (EditPoint{80, 50, 0}));
  EXPECT_EQ(path.back(), (EditPoint{20, 50, 0}));
  for (const auto& point : path) EXPECT_NEAR(std::hypot(point.x - 50, point.y - 50), 30, 2.5);
  EXPECT_GT(path.size(), 70U);  // half the circle, not the way through
}

TEST(Livewire, StepsTouchAndAnswersDoNotDependOnWhatWasAskedBefore) {
  const Image image = test::randomImage(test::geometryOf({60, 45, 1}), 6);
  Livewire busy(image.values, 60, 45), fresh(image.values, 60, 45);
  Random random(1, "asked");
  busy.setSeed(30, 20);
  for (int i = 0; i < 40; ++i) {
    const std::int64_t x = random.below(60), y = random.below(45);
    fresh.setSeed(30, 20);
    const auto path = busy.pathTo(x, y);
    EXPECT_EQ(path, fresh.pathTo(x, y));
    for (std::size_t k = 1; k < path.size(); ++k) {
      EXPECT_LE(std::abs(path[k].x - path[k - 1].x), 1);
      EXPECT_LE(std::abs(path[k].y - path[k - 1].y), 1);
    }
  }
}

TEST(Livewire, WithoutEdgesItIsAStraightLine) {
  const std::vector<float> flat(50 * 40, 0.5F);
  Livewire wire(flat, 50, 40);
  wire.setSeed(5, 7);
  const auto path = wire.pathTo(45, 7);
  ASSERT_EQ(path.size(), 41U);
  for (const auto& point : path) EXPECT_EQ(point.y, 7);
}

TEST(Livewire, SearchesNoFartherThanItIsAsked) {
  const Image image = discPicture(401, 120);
  Livewire wire(image.values, 401, 401);
  wire.setSeed(200, 200);
  wire.pathTo(210, 205);
  const std::int64_t settled = wire.settledPixels();
  EXPECT_LT(settled, 401 * 401 / 20);
  wire.pathTo(205, 203);
  EXPECT_EQ(wire.settledPixels(), settled);
}

TEST(Livewire, TakesPlacesOutsideToTheNearestPixelAndRefusesNonsense) {
  const std::vector<float> one{std::numeric_limits<float>::quiet_NaN()};
  Livewire tiny(one, 1, 1);
  EXPECT_THROW(tiny.pathTo(0, 0), Error);
  tiny.setSeed(-5, 9);
  EXPECT_EQ(tiny.pathTo(100, -100).size(), 1U);
  EXPECT_THROW(Livewire(one, 2, 1), Error);
}

}  // namespace
}  // namespace roundel
