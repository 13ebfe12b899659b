#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "phantom/scenes.h"

namespace roundel {
namespace {

class EveryFamily : public testing::TestWithParam<std::string> {};

TEST_P(EveryFamily, IsAFunctionOfSeedAndIndexAlone) {
  const auto first = makeScene(GetParam(), 3, 5);
  makeScene(GetParam(), 4, 6);
  const auto again = makeScene(GetParam(), 3, 5), other = makeScene(GetParam(), 3, 6), seeded = makeScene(GetParam(), 4, 5);
  EXPECT_EQ(first.image.values, again.image.values);
  EXPECT_EQ(first.structures, again.structures);
  EXPECT_NE(first.image.values, other.image.values);
  EXPECT_NE(first.image.values, seeded.image.values);
}

TEST_P(EveryFamily, HasPicturesInRangeAndStructuresThatCanBePointedAt) {
  for (std::uint64_t index = 0; index < 25; ++index) {
    const auto scene = makeScene(GetParam(), 11, index);
    EXPECT_EQ(scene.family, GetParam());
    const Size size = scene.image.geometry.size;
    ASSERT_TRUE(size.x >= 144 && size.x <= 256 && size.y >= 144 && size.y <= 256) << size.x << " x " << size.y;
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
      EXPECT_GE(mask.area(), kSmallestStructure);
      EXPECT_LT(mask.area(), size.count());
    }
  }
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& family : sceneFamilies()) out.push_back(family.name);
  return out;
}

INSTANTIATE_TEST_SUITE_P(Scenes, EveryFamily, testing::ValuesIn(names()), [](const auto& parameter) { return parameter.param; });

TEST(SceneFamilies, OneIsHeldOutAndUnknownOnesNameTheNearest) {
  int heldOut = 0;
  for (const auto& family : sceneFamilies()) heldOut += family.heldOut;
  EXPECT_EQ(heldOut, 1);
  try {
    makeScene("tooth", 1, 1);
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "unknown-family");
    EXPECT_NE(error.details().remedy.find("teeth"), std::string::npos) << error.details().remedy;
  }
}

TEST(TeethScenes, TruthIsBrighterThanItsSurroundingsOnTheWhole) {
  // Teeth take more of the beam than what lies beside them: over many scenes the two must differ in one direction, up to inverted displays.
  double gap = 0;
  for (std::uint64_t index = 0; index < 20; ++index) {
    const auto scene = makeScene("teeth", 2, index);
    const auto bytes = [&] {
      Mask all = scene.structures.front();
      for (const auto& mask : scene.structures) all = unite(all, mask);
      return all.toBytes();
    }();
    double in = 0, out = 0, inside = 0, outside = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      (bytes[i] != 0 ? in : out) += static_cast<double>(scene.image.values[i]);
      (bytes[i] != 0 ? inside : outside) += 1;
    }
    gap += std::abs(in / inside - out / outside);
  }
  EXPECT_GT(gap / 20, 0.1);
}

}  // namespace
}  // namespace roundel
