#include <gtest/gtest.h>

#include <cmath>

#include "phantom/scenes.h"

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

}  // namespace
}  // namespace roundel
