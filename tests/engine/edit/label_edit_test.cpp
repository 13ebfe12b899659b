// Edits and their history: exact, small, refused where they do not belong.
#include "edit/label_edit.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "edit/edit_history.h"
#include "edit/paint_policy.h"
#include "engine/edit/edit_support.h"

namespace roundel {
namespace {

constexpr Size kEditSize{50, 30, 4};

TEST(LabelEdit, BetweenAnyTwoAnnotationsGoesThereAndBack) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Annotation before = test::randomAnnotation(kEditSize, 5, seed), after = test::randomAnnotation(kEditSize, 5, seed + 1000);
    const LabelEdit edit = differenceOf(before, after, "test", 0);
    Annotation labels = before;
    applyEdit(labels, edit);
    EXPECT_EQ(labels, after);
    undoEdit(labels, edit);
    EXPECT_EQ(labels, before);
    EXPECT_EQ(unpackEdit(packEdit(edit)), edit);
    EXPECT_EQ(inverted(inverted(edit)), edit);
  }
}

TEST(LabelEdit, IsRefusedWholeWhereItDoesNotBelong) {
  Annotation labels = Annotation::empty(kEditSize, 2);
  labels.set(0, test::boxMask(kEditSize, 0, 0, 10, 10));
  const Annotation before = labels;
  const LabelEdit good = paintEdit(labels, 1, test::boxMask(kEditSize, 5, 5, 20, 20), PaintMode::Add, {.exclusiveGroup = {1, 1}}, "brush");
  ASSERT_EQ(good.changes.size(), 2U);
  const auto refused = [&](LabelEdit edit) {
    EXPECT_THROW(applyEdit(labels, edit), Error);
    EXPECT_EQ(labels, before);
  };
  LabelEdit bad = good;
  bad.changes[1].added = unite(bad.changes[1].added, bad.changes[0].removed);  // fits still, so the first change would have been made
  bad.changes[1].before = ClassState::Present;
  refused(bad);
  bad = good;
  bad.changes[0].removed = test::boxMask(kEditSize, 9, 9, 12, 12);  // not all of it is in
  refused(bad);
  bad = good;
  std::swap(bad.changes[0], bad.changes[1]);
  refused(bad);
  bad = good;
  bad.changes[1].classIndex = 2;
  refused(bad);
  bad = good;
  bad.changes[1].after = ClassState::Absent;  // with pixels in it
  refused(bad);
  bad = good;
  bad.size = {50, 30, 1};
  refused(bad);
  applyEdit(labels, good);
  EXPECT_EQ(labels.classes[1].mask.area(), 225);
  EXPECT_EQ(labels.classes[0].mask.area(), 75);
}

TEST(LabelEdit, StatesAreMarkedAndUnmarked) {
  Annotation labels = Annotation::empty(kEditSize, 2);
  labels.set(1, test::boxMask(kEditSize, 1, 1, 5, 5, 0, 3));
  const Annotation before = labels;
  for (const auto state : {ClassState::Absent, ClassState::NotAnnotated, ClassState::Present}) {
    const LabelEdit edit = stateEdit(labels, 1, state);
    applyEdit(labels, edit);
    EXPECT_EQ(labels.classes[1].state, state);
    EXPECT_EQ(labels.classes[1].mask.empty(), state != ClassState::Present);
    undoEdit(labels, edit);
    EXPECT_EQ(labels, before);
  }
  EXPECT_TRUE(stateEdit(labels, 1, ClassState::Present).empty());
  EXPECT_THROW(stateEdit(labels, kIgnoreRegion, ClassState::Absent), Error);
}

TEST(LabelEdit, ErasingTheLastPixelDoesNotClaimThatAClassIsAbsent) {
  Annotation labels = Annotation::empty(kEditSize, 1);
  labels.set(0, test::boxMask(kEditSize, 1, 1, 5, 5));
  const Mask all(kEditSize, {{0, kEditSize.count()}});
  Annotation erased = labels;
  applyEdit(erased, paintEdit(labels, 0, all, PaintMode::Remove, {}, "eraser"));
  EXPECT_EQ(erased.classes[0].state, ClassState::NotAnnotated);
  erased = labels;
  applyEdit(erased, paintEdit(labels, 0, all, PaintMode::Remove, {.emptied = ClassState::Absent}, "eraser"));
  EXPECT_EQ(erased.classes[0].state, ClassState::Absent);
}

TEST(LabelEdit, DamagedBytesAreRefused) {
  const LabelEdit edit = differenceOf(test::randomAnnotation(kEditSize, 3, 1), test::randomAnnotation(kEditSize, 3, 2), "test", 1);
  const std::string bytes = packEdit(edit);
  for (std::size_t length = 0; length < bytes.size(); ++length) EXPECT_THROW(unpackEdit(std::string_view(bytes).substr(0, length)), Error);
  EXPECT_THROW(unpackEdit(bytes + "x"), Error);
}

TEST(LabelEdit, AStrokeCostsHundredsOfBytesNotMegabytes) {
  const Size large{3000, 2000, 1};
  const Annotation labels = Annotation::empty(large, 40);
  const Mask disc = strokeMask({.radius = 30}, {{1000, 1000}, {1200, 1010}}, test::geometryOf(large), SlicePlane{});
  EXPECT_LT(packEdit(paintEdit(labels, 7, disc, PaintMode::Add, {}, "brush")).size(), 500U);
}

TEST(EditHistory, IsBoundedByBytesNotSteps) {
  Annotation labels = Annotation::empty(kEditSize, 1);
  EditHistory history(20'000);
  for (int i = 0; i < 400; ++i) {
    const LabelEdit edit = paintEdit(labels, 0, test::boxMask(kEditSize, i % 40, 0, i % 40 + 1, 30),
                                     i < 200 ? PaintMode::Add : PaintMode::Remove, {}, "brush");
    applyEdit(labels, edit);
    history.push(edit);
    EXPECT_LE(history.bytes(), 20'000U);
  }
  EXPECT_GT(history.size(), 5U);
  EXPECT_LT(history.size(), 80U);
  EditHistory tiny(10);
  tiny.push(differenceOf(Annotation::empty(kEditSize, 1), test::randomAnnotation(kEditSize, 1, 4), "large", 0));
  EXPECT_TRUE(tiny.canUndo());  // the newest always stays
}

TEST(EditHistory, ANewEditForgetsWhatWasUndone) {
  Annotation labels = Annotation::empty(kEditSize, 1);
  EditHistory history;
  for (int i = 0; i < 3; ++i) {
    history.push(paintEdit(labels, 0, test::boxMask(kEditSize, i, 0, i + 1, 5), PaintMode::Add, {}, "step" + std::to_string(i)));
    applyEdit(labels, history.nextUndo());
  }
  history.undone();
  history.undone();
  EXPECT_EQ(history.steps()[1].undone, true);
  EXPECT_EQ(EditHistory::unpack(history.pack()).pack(), history.pack());
  EXPECT_EQ(EditHistory::unpack(history.pack()).position(), 1U);
  history.push(paintEdit(Annotation::empty(kEditSize, 1), 0, test::boxMask(kEditSize, 9, 0, 10, 5), PaintMode::Add, {}, "other"));
  EXPECT_FALSE(history.canRedo());
  EXPECT_EQ(history.size(), 2U);
  EXPECT_THROW(history.redone(), Error);
  std::size_t sum = 0;
  for (const auto& step : history.steps()) sum += step.bytes;
  EXPECT_EQ(history.bytes(), sum);
}

}  // namespace
}  // namespace roundel
