#include "raster/metrics.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "engine/raster/random_mask.h"

namespace roundel {
namespace {

Geometry gridOf(const Mask& mask) { return {.size = mask.size()}; }

const Mask kBlock = drawnMask({"......", ".###..", ".###..", "......"});
const Mask kMoved = drawnMask({"......", "..###.", "..###.", "......"});
const Mask kNothing = Mask(kBlock.size());

TEST(Metrics, OfABlockMovedByOnePixel) {
  const MaskMetrics metrics = compareMasks(kMoved, kBlock, gridOf(kBlock));
  EXPECT_DOUBLE_EQ(*metrics.dice, 8.0 / 12);
  EXPECT_DOUBLE_EQ(*metrics.iou, 4.0 / 8);
  EXPECT_DOUBLE_EQ(*metrics.precision, 4.0 / 6);
  EXPECT_DOUBLE_EQ(*metrics.recall, 4.0 / 6);
  EXPECT_DOUBLE_EQ(*metrics.hd, 1);
  EXPECT_DOUBLE_EQ(*metrics.asd, 2.0 / 6);
  EXPECT_DOUBLE_EQ(*metrics.assd, 4.0 / 12);
  EXPECT_DOUBLE_EQ(*metrics.volumeDifference, 0);
  EXPECT_EQ(metrics.unit, "px");
}

TEST(Metrics, AreInMillimetresWhereTheSpacingIsKnown) {
  Geometry grid{.size = kBlock.size(), .spacingMm = {0.5, 2, 1}};
  EXPECT_DOUBLE_EQ(*compareMasks(kMoved, kBlock, grid).hd, 1) << "a spacing without a source does not count";
  grid.spacingSource = SpacingSource::ImagerPixelSpacing;
  EXPECT_DOUBLE_EQ(*compareMasks(kMoved, kBlock, grid).hd, 0.5);
  EXPECT_EQ(compareMasks(kMoved, kBlock, grid).unit, "mm");
}

TEST(Metrics, AbsentIsNotZero) {
  const MaskMetrics missed = compareMasks(kNothing, kBlock, gridOf(kBlock));
  EXPECT_EQ(missed.dice, 0.0);
  EXPECT_EQ(missed.iou, 0.0);
  EXPECT_EQ(missed.recall, 0.0);
  EXPECT_FALSE(missed.precision || missed.hd || missed.hd95 || missed.asd || missed.assd);
  const MaskMetrics invented = compareMasks(kBlock, kNothing, gridOf(kBlock));
  EXPECT_TRUE(invented.falsePositive);
  EXPECT_EQ(invented.predictedPixels, 6);
  EXPECT_EQ(invented.precision, 0.0);
  EXPECT_FALSE(invented.dice || invented.iou || invented.recall || invented.hd95);
  const MaskMetrics agreed = compareMasks(kNothing, kNothing, gridOf(kBlock));
  EXPECT_FALSE(agreed.dice || agreed.iou || agreed.precision || agreed.recall || agreed.hd95 || agreed.falsePositive);
}

TEST(Metrics, IgnoredPixelsCountNowhere) {
  // The right-hand columns, where prediction and truth differ, are ignored.
  const Mask ignore = drawnMask({"...###", "...###", "...###", "...###"});
  const Mask truth = drawnMask({"......", ".####.", ".####.", "......"}), prediction = drawnMask({"......", ".##...", ".##...", "......"});
  const MaskMetrics metrics = compareMasks(prediction, truth, gridOf(truth), {.ignore = ignore});
  EXPECT_DOUBLE_EQ(*metrics.dice, 1);
  EXPECT_DOUBLE_EQ(*metrics.hd, 0);
  EXPECT_EQ(metrics.truePixels, 4);
  EXPECT_DOUBLE_EQ(*compareMasks(prediction, truth, gridOf(truth)).hd, 2);
}

TEST(Metrics, TheCutAlongIgnoredPixelsIsNoSurface) {
  // Truth ends at the left; all that is to the right of column 3 is ignored. Only the outer ends are surfaces.
  const Mask row = drawnMask({"##########", "##########", "##########", "##########", "##########"});
  const Mask ignore = drawnMask({"....######", "....######", "....######", "....######", "....######"});
  const MaskMetrics metrics =
      compareMasks(drawnMask({".#########", ".#########", ".#########", ".#########", ".#########"}), row, gridOf(row), {.ignore = ignore});
  EXPECT_DOUBLE_EQ(*metrics.hd, 1);
  // Surface of the prediction: 5 pixels of its left column and 4 of the top and bottom rows; 3 of the 9 are 1 away. With the
  // cut at column 3 as a surface it would be 3 of 12.
  EXPECT_DOUBLE_EQ(*metrics.asd, 3.0 / 9);
}

TEST(Metrics, AClassWhollyIgnoredHasNoValues) {
  const Mask all({6, 4, 1}, {{0, 24}});
  const MaskMetrics metrics = compareMasks(kMoved, kBlock, gridOf(kBlock), {.ignore = all});
  EXPECT_FALSE(metrics.dice || metrics.hd || metrics.falsePositive);
}

TEST(Metrics, OfACaseLeaveOutWhatIsNotAnnotated) {
  Annotation truth = Annotation::empty(kBlock.size(), 3);
  truth.set(0, kBlock);
  truth.set(1, kNothing);
  const std::vector<Mask> predicted{kBlock, kMoved, kMoved};
  const auto metrics = compareCase(predicted, truth, gridOf(kBlock));
  EXPECT_EQ(metrics[0]->dice, 1.0);
  ASSERT_TRUE(metrics[1].has_value());
  EXPECT_FALSE(metrics[1]->dice.has_value());
  EXPECT_TRUE(metrics[1]->falsePositive);
  EXPECT_FALSE(metrics[2].has_value());
  const std::vector<std::optional<double>> dices{metrics[0]->dice, metrics[1]->dice};
  EXPECT_EQ(meanOfPresent(dices), 1.0);
  EXPECT_EQ(meanOfPresent({}), std::nullopt);
  EXPECT_THROW(compareCase(std::span(predicted).first(2), truth, gridOf(kBlock)), Error);
}

TEST(Metrics, AgreementOfTwoOpinions) {
  EXPECT_EQ(diceOf(kNothing, kNothing), std::nullopt);
  EXPECT_EQ(diceOf(kNothing, kBlock), 0.0);
  EXPECT_DOUBLE_EQ(*diceOf(kMoved, kBlock), *diceOf(kBlock, kMoved));
}

TEST(Metrics, RefuseMasksOfDifferentSizes) {
  EXPECT_THROW(compareMasks(Mask(Size{3, 3, 1}), kBlock, gridOf(kBlock)), Error);
  EXPECT_THROW(compareMasks(kMoved, kBlock, {.size = {9, 9, 1}}), Error);
}

}  // namespace
}  // namespace roundel
