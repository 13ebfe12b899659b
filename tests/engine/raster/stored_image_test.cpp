#include "raster/stored_image.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/error.h"

namespace roundel {
namespace {

TEST(StoredImage, KeepsTheStoredBitsAlone) {
  // 12 bits in 16, overlay bits on top, unsigned and signed.
  PixelValues words = std::vector<std::uint16_t>{0xF001, 0x0FFF, 0x1800};
  keepStoredBits(words, 12, 11);
  EXPECT_EQ(std::get<std::vector<std::uint16_t>>(words), (std::vector<std::uint16_t>{0x001, 0xFFF, 0x800}));
  PixelValues signedWords = std::vector<std::int16_t>{0x0FFF, 0x0800, 0x07FF, static_cast<std::int16_t>(0xF001)};
  keepStoredBits(signedWords, 12, 11);
  EXPECT_EQ(std::get<std::vector<std::int16_t>>(signedWords), (std::vector<std::int16_t>{-1, -2048, 2047, 1}));
  // Left-aligned: 12 bits that end at bit 15.
  PixelValues high = std::vector<std::uint16_t>{0xABCD};
  keepStoredBits(high, 12, 15);
  EXPECT_EQ(std::get<std::vector<std::uint16_t>>(high).front(), 0xABC);
  PixelValues all = std::vector<std::int8_t>{-128, 127};
  keepStoredBits(all, 8, 7);
  EXPECT_EQ(std::get<std::vector<std::int8_t>>(all), (std::vector<std::int8_t>{-128, 127}));
}

TEST(StoredImage, RefusesBitsThatDoNotFit) {
  PixelValues words = std::vector<std::uint16_t>{1};
  EXPECT_THROW(keepStoredBits(words, 17, 16), Error);
  EXPECT_THROW(keepStoredBits(words, 12, 10), Error);
  EXPECT_THROW(keepStoredBits(words, 0, 0), Error);
}

TEST(StoredImage, RefusesWhatDoesNotFitTogether) {
  const StoredImage good{.geometry = {.size = {2, 2, 1}}, .values = std::vector<std::uint8_t>(4)};
  EXPECT_NO_THROW(requireConsistent(good));
  const auto refused = [&](auto change) {
    StoredImage image = good;
    change(image);
    EXPECT_THROW(requireConsistent(image), Error);
  };
  refused([](StoredImage& image) { image.values = std::vector<std::uint8_t>(3); });
  refused([](StoredImage& image) { image.geometry.size = {0, 4, 1}; });
  refused([](StoredImage& image) { image.geometry.size = {std::numeric_limits<std::int64_t>::max(), 4, 4}; });
  refused([](StoredImage& image) { image.channels = 3; });
  refused([](StoredImage& image) { image.photometric = Photometric::Rgb; });
  refused([](StoredImage& image) { image.channels = 4; });
  refused([](StoredImage& image) { image.modality = LookupTable{}; });
  refused([](StoredImage& image) { image.voiLuts = {{.bitsPerEntry = 0, .entries = {1}}}; });
}

}  // namespace
}  // namespace roundel
