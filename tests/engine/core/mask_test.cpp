#include "core/mask.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/random.h"

namespace roundel {
namespace {

Mask randomMask(Size size, std::uint64_t seed) {
  Random random(seed, "mask");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size.count()));
  for (auto& byte : bytes) byte = random.uniform() < 0.4;
  return Mask::fromBytes(size, bytes);
}

TEST(Mask, AgreesWithBytesOnRandomMasks) {
  const Size size{7, 5, 3};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Mask a = randomMask(size, seed), b = randomMask(size, seed + 1000);
    const auto bytesA = a.toBytes(), bytesB = b.toBytes();
    const auto both = intersect(a, b).toBytes(), any = unite(a, b).toBytes(), rest = subtract(a, b).toBytes();
    std::int64_t overlap = 0;
    for (std::size_t i = 0; i < bytesA.size(); ++i) {
      EXPECT_EQ(both[i], bytesA[i] & bytesB[i]);
      EXPECT_EQ(any[i], bytesA[i] | bytesB[i]);
      EXPECT_EQ(rest[i], bytesA[i] & ~bytesB[i] & 1);
      overlap += bytesA[i] & bytesB[i];
      const auto at = static_cast<std::int64_t>(i);
      EXPECT_EQ(a.contains(at % 7, at / 7 % 5, at / 35), bytesA[i] != 0);
    }
    EXPECT_EQ(overlapArea(a, b), overlap);
    EXPECT_EQ(Mask::fromBytes(size, any), unite(a, b));
    EXPECT_EQ(maskFromJson(toJson(a)), a);
  }
}

TEST(Mask, BoundsAreTight) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Size size{9, 6, 4};
    Random random(seed, "bounds");
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size.count()));
    for (int i = 0; i < 3; ++i) bytes[static_cast<std::size_t>(random.below(size.count()))] = 1;
    PixelBox box{9, 6, 0, 0, 4, 0};
    for (std::int64_t z = 0; z < 4; ++z)
      for (std::int64_t y = 0; y < 6; ++y)
        for (std::int64_t x = 0; x < 9; ++x)
          if (bytes[static_cast<std::size_t>((z * 6 + y) * 9 + x)]) {
            box.x0 = std::min(box.x0, x), box.x1 = std::max(box.x1, x + 1);
            box.y0 = std::min(box.y0, y), box.y1 = std::max(box.y1, y + 1);
            box.z0 = std::min(box.z0, z), box.z1 = std::max(box.z1, z + 1);
          }
    EXPECT_EQ(Mask::fromBytes(size, bytes).bounds(), box);
  }
}

TEST(Mask, RefusesRunsOutsideItsGrid) {
  EXPECT_THROW(Mask({4, 4, 1}, {{10, 7}}), Error);
  EXPECT_THROW(Mask({4, 4, 1}, {{-1, 2}}), Error);
  EXPECT_THROW(Mask({4, 4, 1}, {{1, INT64_MAX}}), Error);
}

}  // namespace
}  // namespace roundel
