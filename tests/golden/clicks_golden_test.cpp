// Golden cases of kind "losses": where SAM-Med3D and SemiSAM+ click (ritm.*).
#include <gtest/gtest.h>

#include <charconv>

#include "golden/golden_case.h"
#include "prompts/clicks.h"

namespace roundel {
namespace {

Mask maskAt(const std::vector<float>& values, std::size_t item, Size size) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size.count()));
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = values[item * bytes.size() + i] > 0.5f;
  return Mask::fromBytes(size, bytes);
}

TEST(ClicksGolden, AreDrawnFromThePublishedVoxels) {
  const auto cases = golden::casesOfKind("losses");
  if (cases.empty()) GTEST_SKIP() << "no golden cases of kind losses in " << golden::folder();
  for (const auto& test : cases) {
    if (!test.file.has("ritm.ground_truth")) continue;
    const auto shape = test.file.tensor("ritm.ground_truth").shape;
    const Size size{shape[3], shape[2], shape[1]};
    const auto wanted = test.file.floats("ritm.ground_truth"), found = test.file.floats("ritm.previous");
    for (std::size_t item = 0; item < static_cast<std::size_t>(shape[0]); ++item) {
      const std::string name = "ritm.case" + std::to_string(item);
      if (!test.file.has(name + ".candidates")) continue;
      const ClickCandidates candidates = clickCandidates(maskAt(wanted, item, size), maskAt(found, item, size));
      const auto places = test.file.integers(name + ".candidates");
      std::vector<std::int64_t> expected;
      for (std::size_t i = 0; i < places.size(); i += 3) expected.push_back((places[i] * size.y + places[i + 1]) * size.x + places[i + 2]);
      EXPECT_EQ(candidates.voxels, expected) << name;
      for (const auto label : test.file.integers(name + ".labels")) EXPECT_EQ(candidates.positive, label == 1) << name;
    }
  }
}

TEST(Clicks, LieDeepInAPictureAndNowhereWhereNothingIsWrong) {
  const Size size{9, 9, 1};
  std::vector<std::uint8_t> bytes(81);
  for (int y = 1; y < 8; ++y)
    for (int x = 1; x < 8; ++x) bytes[static_cast<std::size_t>(9 * y + x)] = 1;
  const Mask square = Mask::fromBytes(size, bytes);
  const ClickCandidates missing = clickCandidates(square, Mask(size));
  EXPECT_TRUE(missing.positive);
  EXPECT_EQ(missing.voxels.size(), 9u) << "depths 1 to 4: those above 2";
  EXPECT_FALSE(clickCandidates(Mask(size), square).positive);
  EXPECT_TRUE(clickCandidates(square, square).voxels.empty());
  Random random(1, "click");
  const auto point = drawnClick(missing, size, random);
  ASSERT_TRUE(point);
  EXPECT_TRUE(square.contains(static_cast<std::int64_t>(point->x), static_cast<std::int64_t>(point->y)));
  EXPECT_FALSE(drawnClick({}, size, random));
}

}  // namespace
}  // namespace roundel
