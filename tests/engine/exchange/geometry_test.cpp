#include <cmath>
#include <limits>

#include "core/random.h"
#include "exchange/base64.h"
#include "exchange/run_length.h"
#include "exchange_support.h"
#include "raster/polygon.h"

namespace roundel {
namespace {

using testing::codeOf;
using testing::rectangle;

Mask randomMask(Size size, std::uint64_t seed, double share) {
  Random random(seed, "mask");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size.count()));
  for (auto& byte : bytes) byte = random.uniform() < share ? 1 : 0;
  return Mask::fromBytes(size, bytes);
}

TEST(CocoRunLengths, CountDownTheColumns) {
  // 3 wide, 2 high: column by column 0 1 | 1 1 | 0 0.
  const std::vector<std::int64_t> counts{1, 3, 2};
  const Mask mask = maskFromCocoCounts({3, 2, 1}, counts);
  EXPECT_EQ(mask.toBytes(), (std::vector<std::uint8_t>{0, 1, 0, 1, 1, 0}));
  EXPECT_EQ(cocoCounts(mask), counts);
}

TEST(CocoRunLengths, AgreeWithAPlainTransposition) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Size size{1 + static_cast<std::int64_t>(seed % 9), 1 + static_cast<std::int64_t>(seed * 7 % 11), 1};
    const Mask mask = randomMask(size, seed, 0.1 + 0.015 * static_cast<double>(seed));
    const auto bytes = mask.toBytes();
    std::vector<std::int64_t> expected{0};
    std::uint8_t last = 0;
    for (std::int64_t x = 0; x < size.x; ++x)
      for (std::int64_t y = 0; y < size.y; ++y) {
        const std::uint8_t now = bytes[static_cast<std::size_t>(y * size.x + x)];
        if (now != last) expected.push_back(0);
        last = now;
        ++expected.back();
      }
    EXPECT_EQ(cocoCounts(mask), expected) << seed;
    EXPECT_EQ(maskFromCocoCounts(size, expected), mask) << seed;
    EXPECT_EQ(cocoCountsFromText(cocoTextFromCounts(expected)), expected) << seed;
    const PixelBox box{0, 0, size.x, size.y};
    EXPECT_EQ(maskFromBoxCounts(size, box, boxCounts(mask, box)), mask) << seed;
  }
}

TEST(CocoRunLengths, ReadTheTextOfPycocotools) {
  // rleToString by hand: 5 -> '5'; 40 -> 8|32, 1 -> "X1"; difference 3 - 40 = -37: low bits 27|32, then -2 (30) -> "kN".
  EXPECT_EQ(cocoTextFromCounts(std::vector<std::int64_t>{5, 40, 6, 3}), "5X16kN");
  EXPECT_EQ(cocoCountsFromText("5X16kN"), (std::vector<std::int64_t>{5, 40, 6, 3}));
}

TEST(CocoRunLengths, RefuseWhatDoesNotFit) {
  const Size size{4, 4, 1};
  const auto code = [&](std::vector<std::int64_t> counts) { return codeOf([&] { maskFromCocoCounts(size, counts); }); };
  EXPECT_EQ(code({3, 4}), "bad-mask");
  EXPECT_EQ(code({3, 14}), "bad-mask");
  EXPECT_EQ(code({3, -1, 14}), "bad-mask");
  EXPECT_EQ(code({std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max(), 2}), "bad-mask");
  EXPECT_EQ(code({}), "bad-mask");
  EXPECT_EQ(code({16}), "");
  EXPECT_EQ(codeOf([&] { maskFromCocoCounts({0, 4, 1}, {}); }), "bad-size");
  EXPECT_EQ(codeOf([&] { maskFromCocoCounts({60000, 60000, 1}, {}); }), "bad-size");
  for (const std::string text : {"X", "5 1", "\xff", "oooooooooooo1", "ooooooo0"})
    EXPECT_EQ(codeOf([&] { cocoCountsFromText(text); }), "bad-mask") << text;
}

TEST(CocoRunLengths, OfAFullLargeImageCostNothing) {
  const Size size{16384, 16384, 1};
  EXPECT_EQ(maskFromCocoCounts(size, std::vector<std::int64_t>{0, size.count()}).runs().size(), 1u);
}

TEST(Outline, TakesPixelsWhoseCentreIsInside) {
  const Size size{10, 8, 1};
  EXPECT_EQ(maskFromOutline(size, {{3, 2}, {8, 2}, {8, 6}, {3, 6}}), rectangle(size, 3, 2, 8, 6));
  // Half a pixel decides: 3.5 is the centre of pixel 3 and still inside on the left, 7.5 no longer on the right.
  EXPECT_EQ(maskFromOutline(size, {{3.5, 2}, {7.5, 2}, {7.5, 6}, {3.5, 6}}), rectangle(size, 3, 2, 7, 6));
  EXPECT_EQ(maskFromOutline(size, {{3.51, 2}, {7.51, 2}, {7.51, 6}, {3.51, 6}}), rectangle(size, 4, 2, 8, 6));
  EXPECT_TRUE(maskFromOutline(size, {{3.6, 2.6}, {3.9, 2.6}, {3.9, 2.9}}).empty());
  // Turning direction and a closed last point make no difference.
  EXPECT_EQ(maskFromOutline(size, {{3, 6}, {8, 6}, {8, 2}, {3, 2}, {3, 6}}), rectangle(size, 3, 2, 8, 6));
}

TEST(Outline, OfNeighboursShareNoPixel) {
  const Size size{40, 40, 1};
  const Mask left = maskFromOutline(size, {{2.3, 1.7}, {20.1, 3.3}, {17.9, 35.2}, {3.1, 30.4}});
  const Mask right = maskFromOutline(size, {{20.1, 3.3}, {38.2, 2.2}, {36.6, 38.8}, {17.9, 35.2}});
  EXPECT_GT(left.area(), 100);
  EXPECT_GT(right.area(), 100);
  EXPECT_EQ(overlapArea(left, right), 0);
}

TEST(Outline, IsCutAtTheImageAndEvenOdd) {
  const Size size{10, 8, 1};
  EXPECT_EQ(maskFromOutline(size, {{-50, -50}, {4, -50}, {4, 90}, {-50, 90}}), rectangle(size, 0, 0, 4, 8));
  EXPECT_TRUE(maskFromOutline(size, {{20, 20}, {30, 20}, {30, 30}}).empty());
  // An outer square and, by a cut, an inner one: a hole.
  const Mask ring = maskFromOutline(size, {{0, 0}, {8, 0}, {8, 8}, {0, 8}, {0, 0}, {2, 2}, {6, 2}, {6, 6}, {2, 6}, {2, 2}});
  EXPECT_EQ(ring, subtract(rectangle(size, 0, 0, 8, 8), rectangle(size, 2, 2, 6, 6)));
}

TEST(Outline, RefusesWhatIsNone) {
  const Size size{10, 8, 1};
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(codeOf([&] { maskFromOutline(size, {{1, 1}, {2, 2}}); }), "bad-outline");
  EXPECT_EQ(codeOf([&] { maskFromOutline(size, {{1, 1}, {2, nan}, {3, 3}}); }), "bad-outline");
  EXPECT_EQ(codeOf([&] { maskFromOutline(size, {{1, 1}, {inf, 2}, {3, 3}}); }), "bad-outline");
  EXPECT_EQ(codeOf([&] { maskFromOutline(size, {{1, 1}, {1e300, 2}, {3, 3}}); }), "bad-outline");
  EXPECT_EQ(codeOf([&] { maskFromCircle(size, {1, 1}, nan); }), "bad-outline");
}

TEST(Outline, CircleHasItsArea) {
  const Mask circle = maskFromCircle({101, 101, 1}, {50.5, 50.5}, 40);
  EXPECT_NEAR(static_cast<double>(circle.area()), 3.14159265 * 1600, 20);
  EXPECT_TRUE(circle.contains(90, 50));  // its centre lies on the line
  EXPECT_FALSE(circle.contains(91, 50));
  EXPECT_EQ(circle.bounds(), (PixelBox{10, 10, 91, 91}));
}

TEST(Outline, TracedGivesTheMaskBack) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Size size{3 + static_cast<std::int64_t>(seed % 13), 2 + static_cast<std::int64_t>(seed * 5 % 17), 1};
    const Mask mask = randomMask(size, seed, 0.25 + 0.015 * static_cast<double>(seed));
    Mask drawn(size);
    for (const auto& outline : outlinesOf(mask)) {
      const Mask part = maskFromOutline(size, outline);
      EXPECT_EQ(overlapArea(part, drawn), 0);
      drawn = unite(drawn, part);
    }
    EXPECT_EQ(drawn, mask) << seed;
  }
  EXPECT_TRUE(outlinesOf(Mask({4, 4, 1})).empty());
  const auto square = outlinesOf(rectangle({9, 9, 1}, 2, 3, 5, 7));
  ASSERT_EQ(square.size(), 1u);
  EXPECT_EQ(square[0].size(), 4u);  // corners only
}

TEST(LabelPng, GivesBackWhatItWrote) {
  LabelPixels pixels{.size = {5, 3, 1}, .values = {0, 1, 2, 3, 255, 0, 0, 0, 9, 9, 255, 254, 1, 1, 0}};
  EXPECT_EQ(labelsFromPng(indexedPng(pixels, Palette(256, {1, 2, 3})), "x").values, pixels.values);
  EXPECT_EQ(labelsFromPng(greyPng(pixels, 8), "x").values, pixels.values);
  pixels.values[3] = 40000;
  EXPECT_EQ(labelsFromPng(greyPng(pixels, 16), "x").values, pixels.values);
  EXPECT_EQ(codeOf([&] { greyPng(pixels, 8); }), "bad-image");
}

TEST(LabelPng, RefusesEveryTruncationAndFlippedByte) {
  const std::string whole = greyPng({.size = {9, 7, 1}, .values = std::vector<std::uint32_t>(63, 5)}, 8);
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_EQ(codeOf([&] { labelsFromPng(whole.substr(0, length), "x"); }), "unreadable-image") << length;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x15);
    EXPECT_EQ(codeOf([&] { labelsFromPng(damaged, "x"); }), "unreadable-image") << at;
  }
}

TEST(Base64, RoundTrip) {
  for (std::size_t length = 0; length < 20; ++length) {
    std::string bytes;
    for (std::size_t i = 0; i < length; ++i) bytes.push_back(static_cast<char>(i * 37 + 200));
    EXPECT_EQ(fromBase64(toBase64(bytes)), bytes);
  }
  EXPECT_EQ(toBase64("Man"), "TWFu");
  EXPECT_EQ(toBase64("Ma"), "TWE=");
  EXPECT_EQ(codeOf([] { fromBase64("TW*u"); }), "bad-base64");
}

}  // namespace
}  // namespace roundel
