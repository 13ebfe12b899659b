#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "phantom/scenes.h"
#include "phantom/volume_canvas.h"
#include "raster/components.h"

namespace roundel {
namespace {

class EveryVolumeFamily : public testing::TestWithParam<std::string> {};

TEST_P(EveryVolumeFamily, IsAFunctionOfSeedAndIndexAlone) {
  const auto first = makeScene(GetParam(), 3, 5);
  makeScene(GetParam(), 4, 6);
  const auto again = makeScene(GetParam(), 3, 5), other = makeScene(GetParam(), 3, 6);
  EXPECT_EQ(first.image.values, again.image.values);
  EXPECT_EQ(first.structures, again.structures);
  EXPECT_NE(first.image.values, other.image.values);
}

TEST_P(EveryVolumeFamily, HasVolumesInRangeAndStructuresThatCanBePointedAt) {
  for (std::uint64_t index = 0; index < 6; ++index) {
    const auto scene = makeScene(GetParam(), 11, index);
    const Size size = scene.image.geometry.size;
    for (const auto side : {size.x, size.y, size.z}) ASSERT_TRUE(side >= 44 && side <= 72) << side;
    ASSERT_EQ(scene.image.values.size(), static_cast<std::size_t>(size.count()));
    double sum = 0, squares = 0;
    for (const float grey : scene.image.values) {
      ASSERT_TRUE(grey >= 0 && grey <= 1) << grey;
      sum += static_cast<double>(grey), squares += static_cast<double>(grey) * static_cast<double>(grey);
    }
    const double mean = sum / static_cast<double>(size.count());
    EXPECT_GT(std::sqrt(squares / static_cast<double>(size.count()) - mean * mean), 0.01) << "scene " << index << " is flat";
    ASSERT_FALSE(scene.structures.empty());
    for (const auto& mask : scene.structures) {
      EXPECT_EQ(mask.size(), size);
      EXPECT_GE(mask.area(), kSmallestVolumeStructure);
      EXPECT_LT(mask.area(), size.count());
    }
  }
}

std::vector<std::string> volumeNames() {
  std::vector<std::string> out;
  for (const auto& family : sceneFamilies(3)) out.push_back(family.name);
  return out;
}

INSTANTIATE_TEST_SUITE_P(VolumeScenes, EveryVolumeFamily, testing::ValuesIn(volumeNames()), [](const auto& parameter) {
  std::string name = parameter.param;
  std::erase(name, '-');
  return name;
});

TEST(VolumeSceneFamilies, AreApartFromThoseOfPicturesAndOneIsHeldOut) {
  int heldOut = 0;
  for (const auto& family : sceneFamilies(3)) {
    EXPECT_EQ(family.dimensions, 3);
    heldOut += family.heldOut;
  }
  for (const auto& family : sceneFamilies()) EXPECT_EQ(family.dimensions, 2);
  EXPECT_EQ(heldOut, 1);
}

TEST(VolumeScenes, AStructureInPartsIsTheSumOfItsParts) {
  // The third mask of a curved body in two parts is both together.
  int found = 0;
  for (std::uint64_t index = 0; index < 12; ++index) {
    const auto scene = makeScene("curved", 5, index);
    for (std::size_t i = 2; i < scene.structures.size(); ++i) {
      if (overlapArea(scene.structures[i], scene.structures[i - 1]) == 0) continue;
      EXPECT_EQ(scene.structures[i], unite(scene.structures[i - 1], scene.structures[i - 2]));
      EXPECT_EQ(overlapArea(scene.structures[i - 1], scene.structures[i - 2]), 0);
      ++found;
    }
  }
  EXPECT_GE(found, 4);
}

TEST(VolumeScenes, OneWithNothingLeftInItIsDrawnAnew) {
  EXPECT_THROW(phantom::makeVesselsScene(123, 3442), Error) << "another must be found for this test";
  EXPECT_FALSE(makeScene("vessels", 123, 3442).structures.empty());
}

TEST(VolumeScenes, AHeadAndItsTailAreDisjointAndConnectedAndTouch) {
  int found = 0;
  for (std::uint64_t index = 0; index < 16; ++index) {
    const auto scene = makeScene("folds", 5, index);
    if (scene.structures.size() != 3) continue;  // not cut in two
    for (const Mask& mask : scene.structures)
      EXPECT_EQ(connectedComponents(mask, Connectivity::Faces).list.size(), 1U) << "scene " << index;
    const Mask &head = scene.structures[0], &tail = scene.structures[1], &whole = scene.structures[2];
    EXPECT_EQ(overlapArea(head, tail), 0);
    EXPECT_EQ(whole, unite(head, tail));
    ++found;
  }
  EXPECT_GE(found, 8);
}

TEST(VolumeScenes, APoolIsDividedAtAPlaneAndKeepsNothingBeyondIt) {
  using namespace phantom;
  Random random(3, "test");
  const Size size{48, 40, 44};
  VolumeCanvas canvas(size, 0.2);
  const Point3 place{24, 20, 22}, outward = unit({1, 0.4, -0.3});
  const Lump one = Lump::draw(place - 5.0 * outward, 9, random), other = Lump::draw(place + 5.0 * outward, 8, random);
  DepthField before = one.field(size, 1, 3), beyond = other.field(size, 1, 3);
  before.cutAt(place + 1.2 * outward, outward), beyond.cutAt(place - 1.2 * outward, -1.0 * outward);
  VolumeLook look;
  const std::int16_t a = canvas.nextOwner(), b = canvas.nextOwner();
  paintField(canvas, before, look, a);
  paintField(canvas, beyond, look, b);
  divideAt(canvas, before, a, beyond, b, place, outward);
  const DepthField wholeOne = one.field(size, 1, 3), wholeOther = other.field(size, 1, 3);
  int ofA = 0, ofB = 0, greyAcross = 0;
  for (std::int64_t z = 0, voxel = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x, ++voxel) {
        const double side = dot(Point3{static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)} - place, outward);
        const std::int16_t owner = canvas.owner[static_cast<std::size_t>(voxel)];
        if (owner == a) {
          EXPECT_LE(side, 0) << x << " " << y << " " << z;
        }
        if (owner == b) {
          EXPECT_GT(side, 0) << x << " " << y << " " << z;
        }
        ofA += owner == a, ofB += owner == b;
        // Where both are deep, no seam shows.
        if (std::abs(side) < 1 && std::min(wholeOne.depthAt({x, y, z}), wholeOther.depthAt({x, y, z})) > 2) {
          EXPECT_NEAR(canvas.grey[static_cast<std::size_t>(voxel)], 0.5F, 1e-6);
          ++greyAcross;
        }
      }
  EXPECT_GT(ofA, 1000);
  EXPECT_GT(ofB, 600);
  EXPECT_GT(greyAcross, 20);
}

TEST(VolumeBodies, ATubeIsMeasuredInVoxelsAlsoAcrossItsFlatSide) {
  using namespace phantom;
  // Straight along x, 8 wide along y, 2.5 thick along z.
  const Duct strip({{{8, 20, 20}, 8, 3.2}, {{40, 20, 20}, 8, 3.2}}, {0, 0, 1});
  const DepthField field = strip.field({48, 40, 40}, 1.5, 0);
  EXPECT_NEAR(field.depthAt({24, 20, 22}), 0.5, 0.05);
  EXPECT_NEAR(field.depthAt({24, 20, 23}), -0.5, 0.05);
  EXPECT_NEAR(field.depthAt({24, 27, 20}), 1, 0.05);
  EXPECT_NEAR(field.depthAt({24, 29, 20}), -1, 0.05);
  EXPECT_EQ(field.depthAt({24, 20, 30}), DepthField::kOutside);
  // Grown, it is thicker by as much on all sides.
  const DepthField thicker = strip.grown(1).field({48, 40, 40}, 1.5, 0);
  EXPECT_NEAR(thicker.depthAt({24, 20, 23}), 0.5, 0.05);
  EXPECT_NEAR(thicker.depthAt({24, 28, 20}), 1, 0.05);
  // A layer lies upon it.
  const DepthField above = strip.layer(1, 0, 2, 1).field({48, 40, 40}, 1.5, 0);
  EXPECT_GT(above.depthAt({24, 20, 23}), 0);
  EXPECT_GT(above.depthAt({24, 20, 24}), 0);
  EXPECT_LT(above.depthAt({24, 20, 22}), 0);
  EXPECT_LT(above.depthAt({24, 20, 25}), 0);
}

TEST(VolumeBodies, ALumpCutAtAPlaneEndsThere) {
  using namespace phantom;
  Random random(7, "test");
  const Size size{40, 40, 40};
  const Lump lump = Lump::draw({20, 20, 20}, 10, random);
  DepthField field = lump.field(size, 2, 3);
  EXPECT_GT(field.depthAt({20, 20, 20}), 2);
  field.cutAt({18, 20, 20}, {1, 0, 0});
  for (std::int64_t x = 0; x < 40; ++x) {
    if (x >= 18) {
      EXPECT_LE(field.depthAt({x, 20, 20}), 0) << x;
    }
    if (x >= 14 && x < 18) {
      EXPECT_GT(field.depthAt({x, 20, 20}), 0) << x;
    }
  }
}

TEST(VolumeBodies, SmallFragmentsAreNobodysAfterwards) {
  using namespace phantom;
  VolumeCanvas canvas({20, 4, 4}, 0);
  const std::int16_t owner = canvas.nextOwner();
  std::fill_n(canvas.owner.begin(), 10, owner);      // ten in a row
  std::fill_n(canvas.owner.begin() + 12, 4, owner);  // four
  canvas.owner[50] = owner;                          // one
  canvas.dropFragments(0.3);
  const Mask left = canvas.masksOf({{owner}}).front();
  EXPECT_EQ(left, Mask({20, 4, 4}, {{0, 10}, {12, 4}}));
  canvas.dropFragments(2);
  EXPECT_EQ(canvas.masksOf({{owner}}).front(), Mask({20, 4, 4}, {{0, 10}}));
}

}  // namespace
}  // namespace roundel
