#include <gtest/gtest.h>

#include <numeric>

#include "phantom/dental_layout.h"
#include "phantom/detector.h"
#include "phantom/texture.h"
#include "phantom/tooth.h"
#include "phantom/wrist_anatomy.h"

namespace roundel::phantom {
namespace {

Plane square64() { return {.width = 64, .height = 64, .mmPerPixel = 0.5}; }

/// The line integral that the picture was made from, where nothing but noise stands between.
TEST(Detector, moreAttenuationIsBrighterAndLessDoseIsNoisier) {
  const Plane plane = square64();
  Map integral(plane.count());
  for (std::size_t i = 0; i < integral.size(); ++i) integral[i] = i % 64 < 32 ? 1.0F : 2.0F;
  const auto spreadOf = [&](double quanta) {
    Random random(1, "test");
    const Map grey = expose(plane, integral,
                            {.quantaPerMm2 = quanta,
                             .scatterFraction = 0,
                             .blurSigmaMm = 0,
                             .sharpening = 0,
                             .windowLow = 0,
                             .windowHigh = 1,
                             .gamma = 1,
                             .contrast = 0},
                            random);
    double left = 0, right = 0, squares = 0;
    for (std::size_t y = 0; y < 64; ++y)
      for (std::size_t x = 0; x < 32; ++x) {
        left += grey[y * 64 + x] / 2048.0;
        right += grey[y * 64 + 32 + x] / 2048.0;
      }
    for (std::size_t y = 0; y < 64; ++y)
      for (std::size_t x = 0; x < 32; ++x) squares += square(grey[y * 64 + x] - left) / 2048.0;
    EXPECT_GT(right, left + 0.3) << quanta;
    return std::sqrt(squares) / (right - left);  // noise over contrast
  };
  const double much = spreadOf(4e5), little = spreadOf(4e3);
  // Counting noise in the logarithm is 1 / sqrt(quanta): 1e5 and 1e3 quanta a pixel, times exp(-1).
  EXPECT_NEAR(much, 1 / std::sqrt(1e5 * std::exp(-1.0)), 0.0012);
  EXPECT_NEAR(little, 1 / std::sqrt(1e3 * std::exp(-1.0)), 0.012);
}

TEST(Detector, blurKeepsTheSumAndHasItsSigma) {
  for (const double sigma : {0.8, 2.0, 5.0}) {
    Map map(101 * 101);
    map[50 * 101 + 50] = 1;
    blur(map, 101, 101, sigma);
    double sum = 0, second = 0;
    for (int y = 0; y < 101; ++y)
      for (int x = 0; x < 101; ++x) {
        const double value = map[static_cast<std::size_t>(y * 101 + x)];
        sum += value;
        second += value * square(x - 50);
      }
    EXPECT_NEAR(sum, 1, 1e-3);
    EXPECT_NEAR(std::sqrt(second / sum), sigma, 0.07 * sigma) << sigma;
  }
}

TEST(Detector, quickNoiseIsAboutNormal) {
  Random random(3, "grain");
  double sum = 0, squares = 0, beyond = 0;
  constexpr int kCount = 200000;
  for (int i = 0; i < kCount; ++i) {
    const double value = static_cast<double>(grain(random));
    sum += value, squares += square(value), beyond += std::abs(value) > 2 ? 1 : 0;
  }
  EXPECT_NEAR(sum / kCount, 0, 0.01);
  EXPECT_NEAR(squares / kCount, 1, 0.01);
  EXPECT_NEAR(beyond / kCount, 0.0455, 0.006);
}

TEST(LatticeNoise, rememberingAMeshChangesNothing) {
  LatticeNoise walked(77);
  Random random(4, "places");
  Point at{};
  double least = 1, most = -1;
  for (int i = 0; i < 3000; ++i) {
    at = i % 50 == 0 ? Point{random.uniform(-40, 40), random.uniform(-40, 40)} : Point{at.x + random.uniform(-0.2, 0.6), at.y};
    const double value = walked.at(at.x, at.y);
    ASSERT_EQ(value, LatticeNoise(77).at(at.x, at.y)) << at.x << " " << at.y;
    least = std::min(least, value), most = std::max(most, value);
  }
  EXPECT_LT(least, -0.7);
  EXPECT_GT(most, 0.7);
}

TEST(Plane, goesToMillimetresAndBack) {
  const Plane plane{.width = 200, .height = 100, .mmPerPixel = 0.3, .centreMm = {5, -7}, .rotation = 0.2};
  const Point mm = plane.toMm(31, 77);
  const Point pixel = plane.toPixel(mm);
  EXPECT_NEAR(pixel.x, 31, 1e-9);
  EXPECT_NEAR(pixel.y, 77, 1e-9);
}

TEST(Plane, aShadowIsExactlyWhereTheSolidIs) {
  const Plane plane{.width = 80, .height = 60, .mmPerPixel = 0.5, .rotation = 0.3};
  const Mask disc = castShadow(plane, {3, 2}, 6, [](std::size_t, Point mm) { return square(mm.x - 3) + square(mm.y - 2) < 36; });
  std::int64_t counted = 0;
  for (int y = 0; y < 60; ++y)
    for (int x = 0; x < 80; ++x) {
      const Point mm = plane.toMm(x, y);
      const bool in = square(mm.x - 3) + square(mm.y - 2) < 36;
      counted += in ? 1 : 0;
      ASSERT_EQ(disc.contains(x, y), in) << x << " " << y;
    }
  EXPECT_EQ(disc.area(), counted);
  EXPECT_NEAR(static_cast<double>(counted), 36 * 3.14159 / 0.25, 20);
}

TEST(ToothShape, everyToothIsOnePieceOfItsLengthAndWidth) {
  for (int quadrant = 1; quadrant <= 4; ++quadrant)
    for (int position = 1; position <= 8; ++position)
      for (int sample = 0; sample < 5; ++sample) {
        Random random(9, "tooth", static_cast<std::uint64_t>(quadrant * 10 + position), static_cast<std::uint64_t>(sample));
        const ToothNumber number{quadrant, position};
        const ToothShape shape = ToothShape::draw(number, 1, random);
        EXPECT_NEAR(shape.width() / measuresOf(number).width, 1, 0.12);
        double widest = 0, deepest = 0;
        for (double s = -1; s < shape.length() + 1; s += 0.25)
          for (double u = -10; u < 10; u += 0.1) {
            const double outer = shape.chord(s, u);
            ASSERT_GE(outer, 0);
            if (outer <= 0) continue;
            widest = std::max(widest, std::abs(u));
            deepest = std::max(deepest, s);
            EXPECT_LE(shape.chordWithinEnamel(s, u), outer + 1e-9);
            EXPECT_GE(shape.chord(s, u, 0.3), outer - 1e-9);
          }
        EXPECT_NEAR(deepest, shape.length(), 0.5) << number.fdi();
        EXPECT_GT(2 * widest, 0.9 * shape.width()) << number.fdi();
        // The root begins where the crown ends: no gap at the neck.
        EXPECT_GT(shape.chord(shape.crownLength() - 0.01, 0), 0) << number.fdi();
        EXPECT_GT(std::max(shape.chord(shape.crownLength() + 0.3, 0.25 * shape.width()), shape.chord(shape.crownLength() + 0.3, 0)), 0)
            << number.fdi();
      }
}

TEST(PlacedTooth, cornersHoldIt) {
  const DentalLayout layout = drawDentalLayout({.width = 512, .height = 256, .variation = 2}, 5, 1);
  const Plane& plane = layout.pose.plane;
  for (const auto& tooth : layout.teeth) {
    const auto inside = [&](std::size_t, Point mm) {
      const Point local = tooth.toTooth(mm);
      return tooth.shape.chord(local.y, local.x, 0.75) > 0;
    };
    const PixelRange all{0, plane.width, 0, plane.height};
    EXPECT_EQ(castShadow(plane, all.within(plane, tooth.corners(0.75)), inside), castShadow(plane, all, inside)) << tooth.number.fdi();
  }
}

TEST(Wrist, cornersHoldEveryBone) {
  const WristAnatomy wrist = drawWrist({.width = 128, .height = 192, .ageYears = {14, 14}}, 1, 0);
  const Plane& plane = wrist.pose.plane;
  for (const auto& bone : wrist.bones) {
    const auto inside = [&](std::size_t, Point mm) { return bone.chord(mm) > 0; };
    const PixelRange all{0, plane.width, 0, plane.height};
    EXPECT_EQ(castShadow(plane, all.within(plane, bone.corners()), inside), castShadow(plane, all, inside)) << bone.id;
  }
}

TEST(Wrist, chordsShrinkWithTheInset) {
  const WristAnatomy wrist = drawWrist({.width = 128, .height = 192, .ageYears = {14, 14}}, 1, 0);
  ASSERT_EQ(wrist.bones.size(), 17U);
  for (const auto& bone : wrist.bones) {
    const Point middle = bone.middle();
    EXPECT_GT(bone.chord(middle), 0) << bone.id;
    EXPECT_LT(bone.chord(middle, bone.wall), bone.chord(middle)) << bone.id;
    EXPECT_EQ(bone.chord({middle.x + 2 * bone.reach(), middle.y}), 0) << bone.id;
  }
}

}  // namespace
}  // namespace roundel::phantom
