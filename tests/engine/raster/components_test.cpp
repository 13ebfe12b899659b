#include "raster/components.h"

#include <gtest/gtest.h>

#include "engine/raster/random_mask.h"

namespace roundel {
namespace {

/// Flood fill over pixels, as the definition says: component of every pixel, numbered by first pixel; -1 outside.
std::vector<int> flooded(const Mask& mask, Connectivity connectivity) {
  const Size size = mask.size();
  const auto bytes = mask.toBytes();
  std::vector<int> labels(bytes.size(), -1);
  int count = 0;
  for (std::size_t start = 0; start < bytes.size(); ++start) {
    if (bytes[start] == 0 || labels[start] >= 0) continue;
    std::vector<std::size_t> open{start};
    labels[start] = count;
    while (!open.empty()) {
      const auto at = static_cast<std::int64_t>(open.back());
      open.pop_back();
      const std::int64_t x = at % size.x, y = at / size.x % size.y, z = at / (size.x * size.y);
      for (std::int64_t dz = -1; dz <= 1; ++dz)
        for (std::int64_t dy = -1; dy <= 1; ++dy)
          for (std::int64_t dx = -1; dx <= 1; ++dx) {
            if (connectivity == Connectivity::Faces && std::abs(dx) + std::abs(dy) + std::abs(dz) != 1) continue;
            if (x + dx < 0 || x + dx >= size.x || y + dy < 0 || y + dy >= size.y || z + dz < 0 || z + dz >= size.z) continue;
            const auto next = static_cast<std::size_t>(((z + dz) * size.y + y + dy) * size.x + x + dx);
            if (bytes[next] == 0 || labels[next] >= 0) continue;
            labels[next] = count;
            open.push_back(next);
          }
    }
    ++count;
  }
  return labels;
}

void expectAsFlooded(const Mask& mask, Connectivity connectivity) {
  const Components components = connectedComponents(mask, connectivity);
  const auto labels = flooded(mask, connectivity);
  const int count = 1 + *std::max_element(labels.begin(), labels.end());
  ASSERT_EQ(static_cast<int>(components.list.size()), count);
  for (int i = 0; i < count; ++i) {
    std::vector<std::uint8_t> bytes(labels.size());
    for (std::size_t p = 0; p < labels.size(); ++p) bytes[p] = labels[p] == i;
    const Mask expected = Mask::fromBytes(mask.size(), bytes);
    const Component& component = components.list[static_cast<std::size_t>(i)];
    EXPECT_EQ(components.mask(i), expected);
    EXPECT_EQ(component.area, expected.area());
    EXPECT_EQ(component.bounds, expected.bounds());
    EXPECT_EQ(component.firstPixel, expected.runs().front().start);
    EXPECT_EQ(component.lastPixel, expected.runs().back().start + expected.runs().back().length - 1);
  }
}

TEST(Components, AgreeWithFloodFillOnRandomMasks) {
  for (const Size size : {Size{9, 7, 1}, Size{1, 12, 1}, Size{12, 1, 1}, Size{5, 4, 6}})
    for (const double share : {0.2, 0.45, 0.8})
      for (std::uint64_t seed = 0; seed < 20; ++seed)
        for (const auto connectivity : {Connectivity::Faces, Connectivity::Corners})
          expectAsFlooded(randomMask(size, share, seed), connectivity);
}

TEST(Components, RowsThatTouchOnlyInMemoryAreApart) {
  // The last pixel of a row and the first of the next are neighbours in the run lengths and nowhere else.
  const Mask mask = drawnMask({"...#", "#...", "...."});
  EXPECT_EQ(mask.runs().size(), 1U);
  EXPECT_EQ(connectedComponents(mask, Connectivity::Corners).list.size(), 2U);
}

TEST(Components, LargestTakesTheFirstOfEquals) {
  const Components components = connectedComponents(drawnMask({"##.##", ".....", "#...."}), Connectivity::Faces);
  EXPECT_EQ(components.largest(), 0);
  EXPECT_EQ(connectedComponents(Mask(Size{3, 3, 1}), Connectivity::Faces).largest(), -1);
}

}  // namespace
}  // namespace roundel
