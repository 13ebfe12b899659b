// What each tool does, on labels small enough to be drawn by hand or made by the definition.
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "edit/edit_tool.h"
#include "edit/otsu.h"
#include "engine/edit/edit_support.h"

namespace roundel {
namespace {

/// A mask from rows of text: '#' is in; slices follow each other.
Mask drawn(const std::vector<std::string>& rows, std::int64_t slices = 1) {
  const Size size{static_cast<std::int64_t>(rows[0].size()), static_cast<std::int64_t>(rows.size()) / slices, slices};
  std::vector<std::uint8_t> bytes;
  for (const auto& row : rows)
    for (const char one : row) bytes.push_back(one == '#');
  return Mask::fromBytes(size, bytes);
}

std::string textOf(const Mask& mask) {
  std::string text = "\n";
  const auto bytes = mask.toBytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text += bytes[i] != 0 ? '#' : '.';
    if ((i + 1) % static_cast<std::size_t>(mask.size().x) == 0) text += '\n';
  }
  return text;
}

struct Used {
  std::string tool;
  Json params = Json::object();
  std::vector<EditPoint> points = {};
  std::optional<SlicePlane> slice = SlicePlane{};
  std::vector<float> values = {};
  std::array<double, 3> spacing = {1, 1, 1};
};

/// The mask of class 0 after a tool was used; class 1 is `other`.
Mask after(const Mask& own, const Used& used, const Mask* other = nullptr) {
  Annotation labels = Annotation::empty(own.size(), 2);
  labels.set(0, own);
  if (other != nullptr) labels.set(1, *other);
  const Geometry geometry = test::geometryOf(own.size(), used.spacing);
  const Image image{.geometry = geometry, .values = used.values};
  const EditRequest request{.annotation = labels,
                            .geometry = geometry,
                            .image = used.values.empty() ? nullptr : &image,
                            .classIndex = 0,
                            .slice = used.slice,
                            .points = used.points};
  applyEdit(labels, useEditTool(findEditTool(used.tool), request, used.params));
  return labels.classes[0].mask;
}

void expectMask(const Mask& mask, const Mask& wanted) { EXPECT_EQ(textOf(mask), textOf(wanted)); }

TEST(EditTools, PolygonAndLassoFillWhatTheyEnclose) {
  const Mask none(Size{8, 6, 1});
  // Pixel centres are at whole numbers: this square runs through none of them.
  const std::vector<EditPoint> corners{{1.5, 0.5}, {5.5, 0.5}, {5.5, 3.5}, {1.5, 3.5}};
  for (const auto* tool : {"polygon", "lasso"})
    expectMask(after(none, {.tool = tool, .points = corners}), test::boxMask({8, 6, 1}, 2, 1, 6, 4));
  const Mask all(Size{8, 6, 1}, {{0, 48}});
  EXPECT_EQ(after(all, {.tool = "polygon", .params = {{"action", "remove"}}, .points = corners}).area(), 48 - 12);
  expectMask(after(all, {.tool = "polygon", .params = {{"action", "replace"}}, .points = corners}), test::boxMask({8, 6, 1}, 2, 1, 6, 4));
}

TEST(EditTools, PolygonOnOtherPlanesUsesTheirAxes) {
  const Size size{5, 6, 7};
  const Mask sagittal = after(
      Mask(size),
      {.tool = "polygon", .points = {{0, 0.5, 1.5}, {0, 3.5, 1.5}, {0, 3.5, 4.5}, {0, 0.5, 4.5}}, .slice = SlicePlane{SliceAxis::X, 2}});
  EXPECT_EQ(sagittal, test::boxMask(size, 2, 1, 3, 4, 2, 5));
  const Mask coronal = after(
      Mask(size),
      {.tool = "polygon", .points = {{0.5, 0, 1.5}, {3.5, 0, 1.5}, {3.5, 0, 4.5}, {0.5, 0, 4.5}}, .slice = SlicePlane{SliceAxis::Y, 5}});
  EXPECT_EQ(coronal, test::boxMask(size, 1, 5, 4, 6, 2, 5));
}

TEST(EditTools, LivewireFillsADiscFromFourClicks) {
  const std::int64_t side = 81;
  Used used{.tool = "livewire", .points = {{40, 15}, {65, 40}, {40, 65}, {15, 40}}};
  Mask disc = strokeMask({.radius = 25}, {{40, 40}}, test::geometryOf({side, side, 1}), SlicePlane{});
  for (const auto byte : disc.toBytes()) used.values.push_back(byte != 0 ? 0.7F : 0.1F);
  const Mask filled = after(Mask(Size{side, side, 1}), used);
  const double dice = 2.0 * static_cast<double>(overlapArea(filled, disc)) / static_cast<double>(filled.area() + disc.area());
  EXPECT_GT(dice, 0.95);
}

TEST(EditTools, ThresholdTakesItsRange) {
  const Mask none(Size{4, 1, 1});
  const std::vector<float> values{0.1F, 0.25F, 0.5F, std::numeric_limits<float>::quiet_NaN()};
  expectMask(after(none, {.tool = "threshold", .params = {{"low", 0.25}, {"high", 0.5}}, .values = values}), drawn({".##."}));
  expectMask(after(none, {.tool = "threshold", .params = {{"low", 0.6}, {"high", 0.5}}, .values = values}), drawn({"...."}));
  const std::vector<float> two{0.1F, 0.12F, 0.8F, 0.82F};
  expectMask(after(none, {.tool = "threshold", .params = {{"method", "otsu-bright"}}, .values = two}), drawn({"..##"}));
  expectMask(after(none, {.tool = "threshold", .params = {{"method", "otsu-dark"}}, .values = two}), drawn({"##.."}));
}

TEST(EditTools, OtsuSplitsTwoGroups) {
  std::vector<float> values;
  Random random(8, "otsu");
  for (int i = 0; i < 5000; ++i) values.push_back(static_cast<float>(random.normal() * 10 + (i % 3 == 0 ? 200 : 50)));
  const float split = otsuThreshold(values);
  EXPECT_GT(split, 90);
  EXPECT_LT(split, 160);
  EXPECT_EQ(otsuThreshold(std::vector<float>(7, 3.0F)), 3.0F);
  EXPECT_EQ(otsuThreshold(std::vector<float>{}), 0.0F);
}

TEST(EditTools, MagicWandTakesWhatIsAlikeAndHangsTogether) {
  const std::vector<float> values{5, 5, 9, 5,  //
                                  5, 9, 9, 5,  //
                                  9, 5, 5, 5};
  const Mask none(Size{4, 3, 1});
  const auto wand = [&](Json params) {
    return after(none, {.tool = "magic-wand", .params = std::move(params), .points = {{0.3, 0.2}}, .values = values});
  };
  expectMask(wand({{"tolerance", 1.0}}), drawn({"##..", "#...", "...."}));
  expectMask(wand({{"tolerance", 1.0}, {"connected", false}}), drawn({"##.#", "#..#", ".###"}));
  expectMask(wand({{"tolerance", 1.0}, {"connectivity", "corners"}}), drawn({"##.#", "#..#", ".###"}));
  expectMask(wand({{"tolerance", 4.0}}), drawn({"####", "####", "####"}));
}

TEST(EditTools, FloodFillStopsAtLabels) {
  const Mask own = drawn({".....", ".###.", ".#.#.", ".###.", "....."});
  const Mask other = drawn({"##...", "##...", "#....", "#....", "....."});
  expectMask(after(own, {.tool = "flood-fill", .points = {{2, 2}}}), drawn({".....", ".###.", ".###.", ".###.", "....."}));
  EXPECT_EQ(after(own, {.tool = "flood-fill", .points = {{0, 0}}}).area(), 24);
  expectMask(after(own, {.tool = "flood-fill", .params = {{"bounds", "any"}}, .points = {{4, 4}}}, &other),
             drawn({"..###", ".####", ".#.##", ".####", "#####"}));
}

TEST(EditTools, FillHolesFillsWhatIsEnclosed) {
  const Mask own = drawn({"#####.", "#...#.", "#.#.##", "#...#.", "####.."});
  expectMask(after(own, {.tool = "fill-holes"}), drawn({"#####.", "#####.", "######", "#####.", "####.."}));
  EXPECT_EQ(after(own, {.tool = "fill-holes", .params = {{"largest", 7}}}), own);
  // A tunnel through a volume is no hole of it, but a hole of the slice in the middle.
  const Mask tunnel = drawn({"###", "#.#", "###", "###", "#.#", "###", "###", "#.#", "###"}, 3);
  EXPECT_EQ(after(tunnel, {.tool = "fill-holes", .slice = std::nullopt}), tunnel);
  EXPECT_EQ(after(tunnel, {.tool = "fill-holes", .slice = SlicePlane{SliceAxis::Z, 1}}).area(), tunnel.area() + 1);
}

TEST(EditTools, IslandsAreKeptRemovedAndMoved) {
  const Mask own = drawn({"##..#", "##...", "....#", "...##"});
  const auto islands = [&](Json params, std::vector<EditPoint> points = {}) {
    return after(own, {.tool = "islands", .params = std::move(params), .points = std::move(points)});
  };
  expectMask(islands({}), drawn({"##...", "##...", ".....", "....."}));
  expectMask(islands({{"operation", "remove-small"}, {"smallest", 2}}), drawn({"##...", "##...", "....#", "...##"}));
  expectMask(islands({{"operation", "keep-clicked"}}, {{4, 3}}), drawn({".....", ".....", "....#", "...##"}));
  expectMask(islands({{"operation", "remove-clicked"}}, {{0, 0}}), drawn({"....#", ".....", "....#", "...##"}));
  EXPECT_EQ(islands({{"operation", "remove-clicked"}}, {{2, 2}}), own);
  EXPECT_THROW(islands({{"operation", "keep-clicked"}}), Error);
  EXPECT_THROW(islands({{"operation", "move-others"}, {"target", 0}}), Error);
  Annotation labels = Annotation::empty(own.size(), 2);
  labels.set(0, own);
  const Geometry geometry = test::geometryOf(own.size());
  const EditRequest request{.annotation = labels, .geometry = geometry, .slice = SlicePlane{}};
  applyEdit(labels, useEditTool(findEditTool("islands"), request, {{"operation", "move-others"}, {"target", 1}}));
  expectMask(labels.classes[0].mask, drawn({"##...", "##...", ".....", "....."}));
  expectMask(labels.classes[1].mask, drawn({"....#", ".....", "....#", "...##"}));
}

/// By the definition: the distance of every pixel to every other one.
Mask grownByDefinition(const Mask& mask, double distance, const std::array<double, 3>& spacing) {
  const Size size = mask.size();
  const auto bytes = mask.toBytes();
  std::vector<std::uint8_t> result(bytes.size(), 0);
  const auto at = [&](std::size_t i) {
    const auto flat = static_cast<std::int64_t>(i);
    return std::array<double, 3>{static_cast<double>(flat % size.x) * spacing[0], static_cast<double>(flat / size.x % size.y) * spacing[1],
                                 static_cast<double>(flat / size.x / size.y) * spacing[2]};
  };
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (std::size_t k = 0; k < bytes.size() && result[i] == 0; ++k) {
      const auto a = at(i), b = at(k);
      result[i] = bytes[k] != 0 && std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) <= distance + 1e-9;
    }
  return Mask::fromBytes(size, result);
}

TEST(EditTools, MarginIsExactInPixelsAndMillimetres) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const Size size = seed % 2 == 0 ? Size{17, 13, 1} : Size{9, 8, 6};
    const std::array<double, 3> spacing{0.5, 0.7, 1.5};
    Mask mask = test::randomAnnotation(size, 1, seed).ignore;
    if (seed > 2) mask = subtract(mask, test::randomAnnotation(size, 1, seed + 50).ignore);
    const Mask outside = subtract(Mask(size, {{0, size.count()}}), mask);
    const auto margin = [&](const char* operation, double distance, const char* unit) {
      return after(mask, {.tool = "margin",
                          .params = {{"operation", operation}, {"distance", distance}, {"unit", unit}},
                          .slice = std::nullopt,
                          .spacing = spacing});
    };
    EXPECT_EQ(margin("grow", 1.6, "mm"), grownByDefinition(mask, 1.6, spacing));
    EXPECT_EQ(margin("grow", 2, "px"), grownByDefinition(mask, 2, {1, 1, 1}));
    EXPECT_EQ(margin("shrink", 1.1, "mm"), subtract(mask, grownByDefinition(outside, 1.1, spacing)));
    EXPECT_EQ(margin("shrink", 2, "px"), subtract(mask, grownByDefinition(outside, 2, {1, 1, 1})));
    EXPECT_EQ(margin("hollow", 1, "px"), intersect(mask, grownByDefinition(outside, 1, {1, 1, 1})));
  }
}

TEST(EditTools, SmoothTakesAwaySpikesAndKeepsStraightEdges) {
  const Size size{30, 30, 1};
  const Mask block = test::boxMask(size, 8, 8, 24, 24);
  const Mask spiky = unite(block, test::boxMask(size, 15, 2, 16, 8));
  for (const auto* method : {"median", "open"}) {
    const Mask smooth = after(spiky, {.tool = "smooth", .params = {{"method", method}, {"radius", 2.0}}});
    EXPECT_FALSE(smooth.contains(15, 4)) << method;
    EXPECT_TRUE(smooth.contains(8, 15) && smooth.contains(23, 15) && smooth.contains(15, 23)) << method;
    EXPECT_FALSE(smooth.contains(7, 15)) << method;
  }
  const Mask slit = subtract(block, test::boxMask(size, 15, 10, 16, 24));
  EXPECT_TRUE(after(slit, {.tool = "smooth", .params = {{"method", "close"}, {"radius", 2.0}}}).contains(15, 20));
  const Mask blurred = after(spiky, {.tool = "smooth", .params = {{"method", "gaussian"}, {"radius", 1.5}}});
  EXPECT_FALSE(blurred.contains(15, 4));
  EXPECT_TRUE(blurred.contains(8, 15));
  // A class that fills the image to its edge is not eaten from there.
  const Mask all(size, {{0, size.count()}});
  for (const auto* method : {"median", "open", "close", "gaussian"})
    EXPECT_EQ(after(all, {.tool = "smooth", .params = {{"method", method}}}), all) << method;
}

TEST(EditTools, LogicMakesAClassFromTwo) {
  const Mask own = drawn({"###..", "###..", "....."}), other = drawn({".....", ".####", ".####"});
  const auto logic = [&](const char* operation) {
    return after(own, {.tool = "logic", .params = {{"operation", operation}, {"other", 1}}}, &other);
  };
  EXPECT_EQ(logic("union"), unite(own, other));
  EXPECT_EQ(logic("intersect"), intersect(own, other));
  EXPECT_EQ(logic("subtract"), subtract(own, other));
  EXPECT_EQ(logic("copy"), other);
  EXPECT_EQ(logic("xor").area(), own.area() + other.area() - 2 * overlapArea(own, other));
  EXPECT_EQ(logic("invert").area(), 15 - own.area());
  EXPECT_TRUE(logic("clear").empty());
}

TEST(EditTools, GrowFromSeedsStopsAtEdges) {
  const Size size{40, 40, 1};
  const Mask disc = strokeMask({.radius = 12}, {{20, 20}}, test::geometryOf(size), SlicePlane{});
  Used used{.tool = "grow-from-seeds", .params = {{"reach", 30.0}}};
  Random random(2, "noise");
  for (const auto byte : disc.toBytes()) used.values.push_back((byte != 0 ? 0.8F : 0.3F) + static_cast<float>(random.normal() * 0.02));
  const Mask seed = test::boxMask(size, 18, 18, 22, 22);
  const Mask grown = after(seed, used);
  const double dice = 2.0 * static_cast<double>(overlapArea(grown, disc)) / static_cast<double>(grown.area() + disc.area());
  EXPECT_GT(dice, 0.97);
  const Mask rival = test::boxMask(size, 20, 8, 21, 17);  // another class has seeds in the upper part
  EXPECT_LT(after(seed, used, &rival).area(), grown.area());
  used.params["reach"] = 4.0;
  EXPECT_LE(after(seed, used).bounds().x1, 26);
}

TEST(EditTools, InterpolationFillsTheGapsByShape) {
  const Size size{40, 40, 9};
  const Geometry geometry = test::geometryOf(size);
  const auto discOn = [&](std::int64_t z, double x, double radius) {
    return strokeMask({.radius = radius}, {{x, 20}}, geometry, SlicePlane{SliceAxis::Z, z});
  };
  const Mask two = unite(discOn(1, 14, 6), discOn(7, 26, 12));
  const Mask filled = after(two, {.tool = "interpolate", .slice = SlicePlane{SliceAxis::Z, 0}});
  EXPECT_EQ(intersect(filled, two), two);
  for (std::int64_t z = 2; z < 7; ++z) {
    const double t = static_cast<double>(z - 1) / 6;
    const Mask wanted = discOn(z, 14 + 12 * t, 6 + 6 * t);
    const Mask slice = intersect(filled, test::boxMask(size, 0, 0, 40, 40, z, z + 1));
    const double dice = 2.0 * static_cast<double>(overlapArea(slice, wanted)) / static_cast<double>(slice.area() + wanted.area());
    EXPECT_GT(dice, 0.95) << "slice " << z;
  }
  EXPECT_TRUE(intersect(filled, test::boxMask(size, 0, 0, 40, 40, 0, 1)).empty());
  EXPECT_TRUE(intersect(filled, test::boxMask(size, 0, 0, 40, 40, 8, 9)).empty());
  const Mask three = unite(two, discOn(4, 20, 9));
  const Mask here = after(three, {.tool = "interpolate", .params = {{"gaps", "here"}}, .slice = SlicePlane{SliceAxis::Z, 5}});
  EXPECT_TRUE(here.contains(20, 20, 5) && !here.contains(17, 20, 2));
}

TEST(EditTools, CopySliceCopiesToItsNeighbours) {
  const Size size{6, 5, 4};
  const Mask own = unite(test::boxMask(size, 1, 1, 4, 4, 1, 2), test::boxMask(size, 0, 0, 1, 1, 2, 3));
  const Mask next = after(own, {.tool = "copy-slice", .slice = SlicePlane{SliceAxis::Z, 1}});
  EXPECT_EQ(next, test::boxMask(size, 1, 1, 4, 4, 1, 3));
  const Mask kept = after(own, {.tool = "copy-slice", .params = {{"mode", "add"}, {"count", 9}}, .slice = SlicePlane{SliceAxis::Z, 1}});
  EXPECT_EQ(kept, unite(own, test::boxMask(size, 1, 1, 4, 4, 1, 4)));
  const Mask before = after(own, {.tool = "copy-slice", .params = {{"direction", "previous"}}, .slice = SlicePlane{SliceAxis::Z, 1}});
  EXPECT_EQ(before, unite(own, test::boxMask(size, 1, 1, 4, 4, 0, 1)));
}

TEST(EditTools, AStopIsObeyed) {
  class Stopped : public Job {
    bool stopRequested() const override { return true; }
  };
  const Size size{30, 30, 5};
  Annotation labels = Annotation::empty(size, 1);
  labels.set(0, test::boxMask(size, 5, 5, 20, 20, 1, 4));
  const Geometry geometry = test::geometryOf(size);
  const Image image = test::randomImage(geometry, 1);
  const EditRequest request{.annotation = labels, .geometry = geometry, .image = &image};
  for (const auto* tool : {"grow-from-seeds", "smooth"}) EXPECT_THROW(useEditTool(findEditTool(tool), request, {}, Stopped()), Cancelled);
}

}  // namespace
}  // namespace roundel
