#include "raster/morphology.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "engine/raster/random_mask.h"

namespace roundel {
namespace {

/// Whether (dx, dy) belongs to the element, from its definition.
bool inElement(const StructuringElement& element, std::int64_t dx, std::int64_t dy) {
  const std::int64_t r = element.radius, ax = std::abs(dx), ay = std::abs(dy);
  switch (element.shape) {
    case ElementShape::Square: return ax <= r && ay <= r;
    case ElementShape::Disk: return dx * dx + dy * dy <= r * r;
    case ElementShape::Diamond: return ax + ay <= r;
    case ElementShape::Star: return (ax <= r && ay <= r) || ax + ay <= r + r / 2;
  }
  return false;
}

enum class Operation { Dilate, Erode };

Mask byTrial(const Mask& mask, const StructuringElement& element, Operation operation, Outside outside) {
  const Size size = mask.size();
  const std::int64_t reach = 2 * element.radius;
  std::vector<std::uint8_t> bytes;
  for (std::int64_t z = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x) {
        bool any = false, all = true;
        for (std::int64_t dy = -reach; dy <= reach; ++dy)
          for (std::int64_t dx = -reach; dx <= reach; ++dx) {
            if (!inElement(element, dx, dy)) continue;
            const bool within = x + dx >= 0 && x + dx < size.x && y + dy >= 0 && y + dy < size.y;
            const bool in = within && mask.contains(x + dx, y + dy, z);
            any = any || in;
            all = all && (in || (!within && outside == Outside::Foreground));
          }
        bytes.push_back(operation == Operation::Dilate ? any : all);
      }
  return Mask::fromBytes(size, bytes);
}

class MorphologyOfShape : public testing::TestWithParam<ElementShape> {};

TEST_P(MorphologyOfShape, AgreesWithItsDefinition) {
  for (const Size size : {Size{19, 14, 1}, Size{11, 9, 2}})
    for (int radius = 0; radius <= 4; ++radius)
      for (std::uint64_t seed = 0; seed < 4; ++seed) {
        const StructuringElement element{GetParam(), radius};
        const Mask sparse = randomMask(size, 0.06, seed), dense = randomMask(size, 0.97, seed);
        EXPECT_EQ(dilated(sparse, element), byTrial(sparse, element, Operation::Dilate, Outside::Background));
        for (const auto outside : {Outside::Background, Outside::Foreground})
          EXPECT_EQ(eroded(dense, element, outside), byTrial(dense, element, Operation::Erode, outside)) << radius;
      }
}
INSTANTIATE_TEST_SUITE_P(Elements, MorphologyOfShape,
                         testing::Values(ElementShape::Square, ElementShape::Disk, ElementShape::Diamond, ElementShape::Star),
                         [](const auto& shape) { return toString(shape.param); });

TEST(Morphology, OpeningDropsSpecksAndClosingFillsGaps) {
  const StructuringElement cross{ElementShape::Diamond, 1};
  const Mask mask = drawnMask({"........", ".###....", ".###..#.", ".###....", "........"});
  EXPECT_FALSE(opened(mask, cross).contains(6, 2));
  EXPECT_TRUE(opened(mask, cross).contains(2, 2));
  const Mask gap = drawnMask({"......", ".##.##", ".##.##", ".##.##", "......"});
  EXPECT_TRUE(closed(gap, {ElementShape::Square, 1}).contains(3, 2));
  EXPECT_EQ(subtract(gap, closed(gap, {ElementShape::Square, 1})).area(), 0);
}

TEST(Morphology, InteriorIsErosionByTheCross) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Mask mask = randomMask({13, 11, 1}, 0.9, seed);
    EXPECT_EQ(interior(mask), eroded(mask, {ElementShape::Diamond, 1}, Outside::Background));
  }
}

TEST(Morphology, InteriorOfAVolumeNeedsBothNeighbouringSlices) {
  const Size size{3, 3, 3};
  EXPECT_EQ(interior(Mask(size, {{0, 27}})).area(), 1);
  EXPECT_EQ(interior(Mask(size, {{0, 18}})).area(), 0);
}

TEST(Morphology, RefusesRadiiBeyondReason) {
  EXPECT_THROW(dilated(drawnMask({"#"}), {ElementShape::Square, -1}), Error);
  EXPECT_THROW(eroded(drawnMask({"#"}), {ElementShape::Disk, 5000}), Error);
  EXPECT_THROW(elementShapeFromString("blob"), Error);
}

}  // namespace
}  // namespace roundel
