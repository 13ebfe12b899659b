#include <gtest/gtest.h>

#include "phantom/jaws.h"
#include "phantom/scene_dentistry.h"

namespace roundel::phantom {
namespace {

constexpr Plane kPlane{.width = 220, .height = 220, .mmPerPixel = 0.25, .centreMm = {0, 12}};

PlacedTooth toothOf(ToothNumber number) {
  Random random(3, "tooth", static_cast<std::uint64_t>(number.fdi()));
  PlacedTooth tooth{.number = number, .shape = ToothShape::draw(number, 1, random)};
  tooth.lean = 0.15;
  return tooth;
}

struct Cast {
  Map integral = Map(kPlane.count(), 1.0F), boneMm = Map(kPlane.count(), 8.0F);
  Mask mask;
  Cast(const PlacedTooth& tooth, const ToothLook& look) {
    ToothScene scene{kPlane, integral, boneMm};
    mask = castTooth(scene, tooth, look);
  }
};

/// Calls visit(pixel, point in the tooth's frame) for every pixel of a mask.
template <class Visit>
void forEach(const Mask& mask, const PlacedTooth& tooth, Visit&& visit) {
  const auto in = mask.toBytes();
  forEachRay(kPlane, [&](std::size_t pixel, Point mm) {
    if (in[pixel] != 0) visit(pixel, tooth.toTooth(mm));
  });
}

TEST(ToothLook, aPonticIsItsCrownAlone) {
  for (const ToothNumber number : {ToothNumber{3, 4}, ToothNumber{3, 6}, ToothNumber{4, 1}}) {
    const PlacedTooth tooth = toothOf(number);
    const Cast whole(tooth, {}), pontic(tooth, {.pontic = true});
    double deepest = 0;
    forEach(pontic.mask, tooth, [&](std::size_t, Point at) { deepest = std::max(deepest, at.y); });
    EXPECT_LE(deepest, tooth.shape.crownLength());
    EXPECT_GT(deepest, 0.9 * tooth.shape.crownLength());
    EXPECT_EQ(overlapArea(pontic.mask, whole.mask), pontic.mask.area());
    EXPECT_LT(pontic.mask.area(), 0.75 * static_cast<double>(whole.mask.area()));
    // Where the root would be, the jaw is as it was.
    forEach(subtract(whole.mask, pontic.mask), tooth, [&](std::size_t pixel, Point) {
      ASSERT_EQ(pontic.integral[pixel], 1.0F);
      ASSERT_EQ(pontic.boneMm[pixel], 8.0F);
    });
  }
}

TEST(ToothLook, aRootThatFadesKeepsItsMask) {
  const PlacedTooth tooth = toothOf({3, 5});
  const Cast plain(tooth, {}), faded(tooth, {.fadeShare = 0.4, .fadeLeft = 0.1});
  EXPECT_EQ(faded.mask, plain.mask);
  const double crown = tooth.shape.crownLength(), length = tooth.shape.length();
  double before = 0, after = 0;
  forEach(plain.mask, tooth, [&](std::size_t pixel, Point at) {
    if (at.y < length - 0.42 * (length - crown)) {
      EXPECT_EQ(faded.integral[pixel], plain.integral[pixel]);
    }
    if (at.y < length - 0.1 * (length - crown)) return;
    const auto over = [&](const Cast& cast) {  // what the tooth adds to the jaw
      return static_cast<double>(cast.integral[pixel]) + Attenuation::kTrabecular * (static_cast<double>(cast.boneMm[pixel]) - 8) - 1;
    };
    before += std::abs(over(plain));
    after += std::abs(over(faded));
  });
  EXPECT_LT(after, 0.3 * before);
}

TEST(ToothLook, aBurntOutCrownIsWiderAndDenserAndTheRootStays) {
  const PlacedTooth tooth = toothOf({4, 6});
  const Cast plain(tooth, {}), capped(tooth, {.crownMetal = 3, .crownGrow = 0.6});
  EXPECT_EQ(overlapArea(plain.mask, capped.mask), plain.mask.area());
  EXPECT_GT(capped.mask.area(), plain.mask.area());
  forEach(subtract(capped.mask, plain.mask), tooth, [&](std::size_t, Point at) { EXPECT_LT(at.y, tooth.shape.crownLength()); });
  forEach(plain.mask, tooth, [&](std::size_t pixel, Point at) {
    if (at.y < 0.96 * tooth.shape.crownLength()) {
      EXPECT_GT(capped.integral[pixel], 2.9F + plain.integral[pixel]);
    }
    if (at.y > 0.98 * tooth.shape.crownLength()) {
      EXPECT_EQ(capped.integral[pixel], plain.integral[pixel]);
    }
  });
}

TEST(ToothLook, theGapBetweenRootsIsClosedInTheMaskAlone) {
  const PlacedTooth molar = toothOf({3, 6}), incisor = toothOf({3, 1});
  const Cast open(molar, {}), closed(molar, {.closed = 1});
  EXPECT_EQ(open.integral, closed.integral);
  EXPECT_EQ(overlapArea(open.mask, closed.mask), open.mask.area());
  EXPECT_GT(closed.mask.area(), open.mask.area() + 100);
  forEach(subtract(closed.mask, open.mask), molar, [&](std::size_t, Point at) { EXPECT_GT(at.y, molar.shape.crownLength()); });
  EXPECT_EQ(Cast(incisor, {.closed = 1}).mask, Cast(incisor, {}).mask) << "one root has no gap";
}

TEST(ToothLook, aPostIsDenseAndEndsInTheRoot) {
  const PlacedTooth tooth = toothOf({3, 3});
  const Cast plain(tooth, {}), posted(tooth, {.post = 0.5});
  EXPECT_EQ(posted.mask, plain.mask);
  const double end = tooth.shape.crownLength() + 0.5 * (tooth.shape.length() - tooth.shape.crownLength());
  int dense = 0;
  forEach(plain.mask, tooth, [&](std::size_t pixel, Point at) {
    const float more = posted.integral[pixel] - plain.integral[pixel];
    if (more > 0.2F) ++dense;
    if (at.y > end) {
      EXPECT_EQ(more, 0.0F);
    }
  });
  EXPECT_GT(dense, 30);
}

TEST(DrawnByHand, isAPolygonALittleTooWide) {
  for (const ToothNumber number : {ToothNumber{3, 6}, ToothNumber{1, 3}, ToothNumber{2, 7}}) {
    const Mask exact = Cast(toothOf(number), {}).mask;
    Random random(5, "hand");
    const Mask tight = drawnByHand(exact, 1, 0, random), wide = drawnByHand(exact, 1, 1.5, random);
    const auto share = [&](const Mask& drawn) {
      return static_cast<double>(overlapArea(exact, drawn)) / static_cast<double>(unite(exact, drawn).area());
    };
    EXPECT_GT(share(tight), 0.88) << number.fdi();
    EXPECT_NE(tight, exact);
    EXPECT_GT(wide.area(), tight.area());
    EXPECT_GT(static_cast<double>(overlapArea(exact, wide)), 0.97 * static_cast<double>(exact.area())) << number.fdi();
    EXPECT_GT(share(wide), 0.75) << number.fdi();
  }
  Random random(5, "hand");
  const Mask none(Size{10, 10, 1});
  EXPECT_EQ(drawnByHand(none, 1, 1, random), none);
}

TEST(DentalTroubles, occurInTheirShares) {
  int fading = 0, pontics = 0, bridges = 0, posts = 0, hands = 0;
  constexpr int kScenes = 400;
  for (int i = 0; i < kScenes; ++i) {
    DentalLayout layout = drawDentalLayout({.width = 512, .height = 256}, 7, i % 10);
    Random random(1, "troubles", static_cast<std::uint64_t>(i));
    const DentalTroubles troubles = drawTroubles(layout, static_cast<std::size_t>(i % 32), random);
    ASSERT_EQ(troubles.looks.size(), layout.teeth.size());
    int crowns = 0;
    for (std::size_t k = 0; k < layout.teeth.size(); ++k) {
      const ToothLook& look = troubles.looks[k];
      fading += look.fadeShare > 0, posts += look.post > 0, crowns += look.crownMetal > 0;
      pontics += look.pontic;
      if (look.pontic) {
        EXPECT_TRUE(layout.teeth[k].seat == Seat::Tooth && !layout.teeth[k].rootFilled && look.crownMetal > 0);
      }
      EXPECT_TRUE(look.fadeShare <= 0.6 && look.fadeLeft < 0.5);
    }
    bridges += crowns >= 2, hands += troubles.byHand;
  }
  EXPECT_NEAR(fading / (32.0 * kScenes), 0.24, 0.05);
  EXPECT_NEAR(hands / static_cast<double>(kScenes), 0.5, 0.08);
  EXPECT_GT(bridges, kScenes / 5);
  EXPECT_GT(pontics, kScenes / 10);
  EXPECT_GT(posts, kScenes / 2);
}

TEST(BurnOut, CutsOffWhatIsDenserThanTheRest) {
  Map integral(1000, 1.0F);
  for (std::size_t i = 0; i < 50; ++i) integral[i] = 5;
  burnOut(integral, 1.5);
  EXPECT_EQ(integral[0], 1.5F);
  EXPECT_EQ(integral[999], 1.0F);
}

}  // namespace
}  // namespace roundel::phantom
