#include "refine/volume_features.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace roundel {
namespace {

/// A ball of brighter tissue on a noisy ground, around (x, y, z).
Image ballAt(double x, double y, double z, std::uint64_t seed, Size size = {24, 20, 18}) {
  Image volume{.geometry = {.size = size}, .values = {}};
  Random random(seed, "ball");
  for (std::int64_t k = 0; k < size.z; ++k)
    for (std::int64_t j = 0; j < size.y; ++j)
      for (std::int64_t i = 0; i < size.x; ++i) {
        const double dx = static_cast<double>(i) - x, dy = static_cast<double>(j) - y, dz = static_cast<double>(k) - z;
        volume.values.push_back(static_cast<float>((dx * dx + dy * dy + dz * dz < 25 ? 100 : 40) + 5 * random.normal()));
      }
  return volume;
}

std::vector<float> vectorAt(const FeatureMap& map, std::int64_t x, std::int64_t y, std::int64_t z) {
  std::vector<float> vector;
  const auto cell = static_cast<std::size_t>((z * map.size.y + y) * map.size.x + x), cells = static_cast<std::size_t>(map.size.count());
  for (int c = 0; c < map.channels; ++c) vector.push_back(map.values[static_cast<std::size_t>(c) * cells + cell]);
  return vector;
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

TEST(VolumeFeatures, TellTissueApartAndKnowItAgainInAnotherVolume) {
  const FeatureMap one = classicalVolumeFeatures(ballAt(12, 10, 9, 1), 1), other = classicalVolumeFeatures(ballAt(8, 9, 8, 2), 1);
  EXPECT_EQ(one.size, (Size{24, 20, 18}));
  EXPECT_EQ(one.values.size(), static_cast<std::size_t>(one.channels * one.size.count()));
  const auto inside = vectorAt(one, 12, 10, 9), outside = vectorAt(one, 1, 1, 1);
  EXPECT_NEAR(cosine(inside, inside), 1, 1e-5) << "vectors have length one";
  EXPECT_GT(cosine(inside, vectorAt(other, 8, 9, 8)), cosine(outside, vectorAt(other, 8, 9, 8)) + 0.3);
  for (const float value : one.values) ASSERT_TRUE(std::isfinite(value));
}

TEST(VolumeFeatures, AreTheSameForAVolumeThatWasTurned) {
  const Image volume = ballAt(12, 10, 9, 1, {20, 20, 20});
  Image turned = volume;  // x and z exchanged
  for (std::size_t z = 0; z < 20; ++z)
    for (std::size_t y = 0; y < 20; ++y)
      for (std::size_t x = 0; x < 20; ++x) turned.values[(z * 20 + y) * 20 + x] = volume.values[(x * 20 + y) * 20 + z];
  const auto a = vectorAt(classicalVolumeFeatures(volume, 1), 13, 7, 6), b = vectorAt(classicalVolumeFeatures(turned, 1), 6, 7, 13);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-3) << i;
}

TEST(VolumeFeatures, LieOnACoarserGridWhereAskedAndBearFlatVolumes) {
  EXPECT_EQ(classicalVolumeFeatures(ballAt(12, 10, 9, 1), 4).size, (Size{6, 5, 5}));
  const Image flat{.geometry = {.size = {9, 3, 1}}, .values = std::vector<float>(27, 5.0f)};
  const FeatureMap map = classicalVolumeFeatures(flat, 1);
  EXPECT_NEAR(cosine(vectorAt(map, 0, 0, 0), vectorAt(map, 8, 2, 0)), 1, 1e-6);
}

TEST(VolumeFeatures, SlicesAreStackedChannelByChannel) {
  Image volume{.geometry = {.size = {4, 2, 5}}, .values = {}};
  for (int z = 0; z < 5; ++z)
    for (int i = 0; i < 8; ++i) volume.values.push_back(static_cast<float>(z));
  std::vector<float> seen;
  const FeatureMap map = sliceFeatures(volume, 2, 2, [&](const Image& slice) {
    EXPECT_EQ(slice.geometry.size, (Size{4, 2, 1}));
    seen.push_back(slice.values.front());
    const float number = static_cast<float>(seen.size());
    FeatureMap one{.channels = 2, .size = {4, 2, 1}, .values = std::vector<float>(16, number)};
    for (std::size_t i = 8; i < 16; ++i) one.values[i] = 10 * number;
    return one;
  });
  EXPECT_EQ(map.channels, 2);
  EXPECT_EQ(map.size, (Size{2, 2, 3}));
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_LT(seen[0], seen[2]);
  for (int z = 0; z < 3; ++z) {
    EXPECT_EQ(map.values[static_cast<std::size_t>(z * 4)], static_cast<float>(z + 1));
    EXPECT_EQ(map.values[static_cast<std::size_t>(12 + z * 4 + 3)], 10 * static_cast<float>(z + 1));
  }
}

}  // namespace
}  // namespace roundel
