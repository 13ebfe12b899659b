#include "weights/state_dict_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "engine/weights/weights_support.h"

namespace roundel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class Value>
StridedTensor over(const std::vector<Value>& values, const std::string& dtype, std::vector<std::int64_t> shape,
                   std::vector<std::int64_t> strides) {
  return {dtype, std::move(shape), std::move(strides), std::as_bytes(std::span(values))};
}

StateDict holding(std::map<std::string, StridedTensor> tensors) { return {.path = "sam.pth", .tensors = std::move(tensors)}; }

TEST(StateDictComparison, NamesEveryDifference) {
  const std::vector<float> values(6);
  const StateDict weights = holding(
      {{"a", over(values, "F32", {2, 3}, {3, 1})}, {"b", over(values, "F32", {3, 2}, {2, 1})}, {"surplus", over(values, "F32", {6}, {1})}});
  const std::vector<ExpectedTensor> expected = {{"z", {1}}, {"a", {2, 3}}, {"b", {2, 3}}, {"y", {}}};
  const StateDictComparison found = compare(weights, expected);
  EXPECT_THAT(found.missing, ElementsAre("y", "z"));
  EXPECT_THAT(found.unexpected, ElementsAre("surplus"));
  ASSERT_EQ(found.wrongShapes.size(), 1u);
  EXPECT_EQ(found.wrongShapes[0].key, "b");
  EXPECT_THAT(found.wrongShapes[0].expected, ElementsAre(2, 3));
  EXPECT_THAT(found.wrongShapes[0].found, ElementsAre(3, 2));
  EXPECT_FALSE(found.fits());
  EXPECT_THAT(test::refusalOf([&] { requireFit(weights, found, "SAM ViT-B"); }),
              testing::AllOf(HasSubstr("sam.pth"), HasSubstr("SAM ViT-B"), HasSubstr("y, z"), HasSubstr("surplus")));
  EXPECT_THAT(test::refusalOf([&] {
                requireFit(weights, compare(weights, std::vector<ExpectedTensor>{{"b", {2, 3}}}), "SAM ViT-B");
              }),
              HasSubstr("tensor b is 3 x 2 where SAM ViT-B needs 2 x 3"));
  const StateDictComparison fits = compare(weights, std::vector<ExpectedTensor>{{"a", {2, 3}}});
  EXPECT_TRUE(fits.fits());
  EXPECT_NO_THROW(requireFit(weights, fits, "SAM ViT-B"));
}

TEST(StateDictComparison, FindsValuesThatAreNoNumbers) {
  std::vector<float> values(6, 1.0f);
  values[4] = std::numeric_limits<float>::quiet_NaN();
  const StateDict weights = holding({{"a", over(values, "F32", {2, 3}, {3, 1})}});
  const std::vector<ExpectedTensor> expected = {{"a", {2, 3}}};
  const StateDictComparison found = compare(weights, expected);
  EXPECT_THAT(found.nonFinite, ElementsAre("a"));
  EXPECT_TRUE(found.fits());
  EXPECT_THAT(test::refusalOf([&] { requireFit(weights, found, "SAM ViT-B"); }), HasSubstr("finite numbers are in a"));
  EXPECT_TRUE(compare(weights, expected, NonFinite::Ignore).nonFinite.empty());
}

TEST(AllFinite, LooksAtEachElementOfEachType) {
  std::vector<double> doubles(3, 0.5);
  EXPECT_TRUE(allFinite(over(doubles, "F64", {3}, {1})));
  doubles[2] = -std::numeric_limits<double>::infinity();
  EXPECT_FALSE(allFinite(over(doubles, "F64", {3}, {1})));
  for (const auto& [dtype, largest, infinity] : std::vector<std::tuple<std::string, int, int>>{
           {"F16", 0x7BFF, 0x7C00}, {"F16", 0xFBFF, 0xFE00}, {"BF16", 0x7F7F, 0x7F80}, {"BF16", 0x0001, 0xFFC0}}) {
    EXPECT_TRUE(allFinite(over(std::vector<std::uint16_t>{0, static_cast<std::uint16_t>(largest)}, dtype, {2}, {1}))) << dtype;
    EXPECT_FALSE(allFinite(over(std::vector<std::uint16_t>{0, static_cast<std::uint16_t>(infinity)}, dtype, {2}, {1}))) << dtype;
  }
  EXPECT_TRUE(allFinite(over(std::vector<std::int64_t>{-1}, "I64", {1}, {1})));
}

TEST(AllFinite, FollowsTheStrides) {
  // NaN at flat position 5 of 3 x 4.
  std::vector<float> values(12, 1.0f);
  values[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(allFinite(over(values, "F32", {4, 3}, {1, 4})));
  EXPECT_TRUE(allFinite(over(values, "F32", {3, 2}, {4, 2}))) << "columns 0 and 2";
  EXPECT_FALSE(allFinite(over(values, "F32", {2, 2, 3}, {2, 1, 4}))) << "column 1 is the second of two and two";
  EXPECT_TRUE(allFinite(over(values, "F32", {5}, {1})));
  EXPECT_TRUE(allFinite(over(values, "F32", {2, 0}, {1, 1})));
}

}  // namespace
}  // namespace roundel
