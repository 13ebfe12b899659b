#include <QTreeWidget>
#include <algorithm>
#include <cmath>

#include "ui/action_table.h"
#include "ui/studio.h"
#include "ui/tool_box.h"
#include "ui/tools/livewire_tool.h"

namespace roundel::test {
namespace {

TEST_F(Studio, AStrokeIsOneStepThatCanBeUndoneRedoneAndSaved) {
  const QString folder = study(false);
  expectOpens(folder);
  window->tools().choose("brush");
  const Annotation empty = window->document().session()->annotation();
  drag(at(60, 60), at(120, 60));
  const Annotation painted = window->document().session()->annotation();
  EXPECT_GT(area(0), 60 * 10);
  EXPECT_TRUE(painted.classes[0].mask.contains(90, 60));
  EXPECT_EQ(window->document().session()->history().size(), 1U);
  QTest::keyClick(&view(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(window->document().session()->annotation(), empty);
  QTest::keyClick(&view(), Qt::Key_Y, Qt::ControlModifier);
  EXPECT_EQ(window->document().session()->annotation(), painted);
  QTest::keyClick(&view(), Qt::Key_S, Qt::ControlModifier);
  EXPECT_FALSE(window->document().unsaved());
  const std::int64_t id = window->document().currentCase()->id;
  EXPECT_EQ(window->document().project()->latest(id)->classes[0].mask, painted.classes[0].mask);
  window->close();
  EXPECT_EQ(Project::open(folder.toStdString(), Access::ReadOnly).latest(id)->classes[0].mask, painted.classes[0].mask);
}

TEST_F(Studio, TheRightButtonErasesAndWhatIsSeenIsWhatIsThere) {
  expectOpens(study(false));
  window->tools().choose("brush");
  drag(at(60, 60), at(120, 60));
  const std::int64_t before = area(0);
  drag(at(80, 60), at(100, 60), Qt::RightButton);
  EXPECT_LT(area(0), before);
  EXPECT_FALSE(window->document().session()->annotation().classes[0].mask.contains(90, 60));
  // The picture with these labels is the same as one that was drawn anew from them.
  const QImage grown = view().grab().toImage();
  view().updateLabels();
  const QImage anew = view().grab().toImage();
  EXPECT_EQ(anew, grown);
}

TEST_F(Studio, ADoubleClickPaintsTwoDabsAndNoMore) {
  expectOpens(study(false));
  window->tools().choose("brush");
  QTest::mouseClick(&view(), Qt::LeftButton, {}, at(60, 60));
  const std::int64_t dab = area(0);
  QTest::mouseDClick(&view(), Qt::LeftButton, {}, at(120, 60));  // the second press of it
  QTest::mouseRelease(&view(), Qt::LeftButton, {}, at(120, 60));
  EXPECT_FALSE(window->document().session()->surface().strokeUnderWay());
  QMouseEvent move(QEvent::MouseMove, at(200, 90), view().mapToGlobal(at(200, 90)), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
  QApplication::sendEvent(&view(), &move);
  EXPECT_NEAR(static_cast<double>(area(0)), 2.0 * static_cast<double>(dab), 0.03 * static_cast<double>(dab));
}

TEST_F(Studio, LeavingACaseSavesIt) {
  expectOpens(study(false));
  const std::int64_t id = window->document().currentCase()->id;
  window->tools().choose("brush");
  drag(at(60, 60), at(90, 60));
  const Mask painted = window->document().session()->annotation().classes[0].mask;
  QTest::keyClick(&view(), Qt::Key_D);
  EXPECT_EQ(window->document().project()->latest(id)->classes[0].mask, painted);
}

TEST_F(Studio, ALockedClassIsNotPainted) {
  expectOpens(study(false));
  window->document().setLook(0, {.visible = true, .locked = true});
  window->tools().choose("brush");
  drag(at(60, 60), at(120, 60));
  EXPECT_EQ(area(0), 0);
  EXPECT_FALSE(window->document().unsaved());
}

TEST_F(Studio, WhatIsToBeIgnoredIsPaintedLikeAClassAndStored) {
  expectOpens(study(false));
  const std::int64_t id = window->document().currentCase()->id;
  QTest::keyClick(&view(), Qt::Key_I, Qt::ShiftModifier);
  EXPECT_EQ(window->document().currentClass(), kIgnoreRegion);
  window->tools().choose("brush");
  drag(at(60, 60), at(120, 60));
  const Mask ignored = window->document().session()->annotation().ignore;
  EXPECT_TRUE(ignored.contains(90, 60));
  EXPECT_EQ(area(0), 0);
  drag(at(80, 60), at(100, 60), Qt::RightButton);
  EXPECT_FALSE(window->document().session()->annotation().ignore.contains(90, 60));
  window->document().undo();
  EXPECT_EQ(window->document().session()->annotation().ignore, ignored);
  ASSERT_TRUE(window->document().save());
  EXPECT_EQ(window->document().project()->latest(id)->ignore, ignored);
  QTreeWidget* classes = nullptr;
  for (auto* tree : window->findChildren<QTreeWidget*>())
    if (tree->accessibleName() == "Classes") classes = tree;
  ASSERT_NE(classes, nullptr);
  EXPECT_EQ(classes->topLevelItemCount(), window->document().classes().size() + 1);
  EXPECT_EQ(classes->currentItem(), classes->topLevelItem(window->document().classes().size()));
}

TEST_F(Studio, AClassIsSaidToBeAbsentWithOneKey) {
  expectOpens(study(false));
  window->document().setCurrentClass(1);
  QTest::keyClick(&view(), Qt::Key_A, Qt::ShiftModifier);
  EXPECT_EQ(window->document().session()->annotation().classes[1].state, ClassState::Absent);
  EXPECT_EQ(window->document().session()->annotation().classes[0].state, ClassState::NotAnnotated);
  QTest::keyClick(&view(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(window->document().session()->annotation().classes[1].state, ClassState::NotAnnotated);
}

TEST_F(Studio, ABrushHeldToSimilarGreyPaintsThoseAlone) {
  expectOpens(study(false));
  window->tools().choose("brush");
  expectBrushIs("radius", 30.0);
  expectBrushIs("gate", "similar");
  expectBrushIs("tolerance", 0.05);
  drag(at(128, 64), at(129, 64));
  const Mask painted = window->document().session()->annotation().classes[0].mask;
  ASSERT_FALSE(painted.empty());
  const Image& image = *window->document().image();
  const float centre = image.values[64 * 256 + 128];
  std::int64_t others = 0;
  for (std::int64_t y = 40; y < 88; ++y)
    for (std::int64_t x = 104; x < 152; ++x) {
      const bool similar = std::abs(image.values[static_cast<std::size_t>(y * 256 + x)] - centre) <= 0.0501F;
      EXPECT_TRUE(similar || !painted.contains(x, y)) << x << " " << y;
      others += similar ? 0 : 1;
    }
  EXPECT_GT(others, 0);  // or the gate had nothing to hold back
}

TEST_F(Studio, TheLivewireIsShownWhereItWouldRun) {
  expectOpens(study(true));
  window->tools().choose("livewire");
  QTest::mouseClick(&view(), Qt::LeftButton, {}, at(60, 60));
  const auto hover = [&](QPoint to) {
    QMouseEvent move(QEvent::MouseMove, to, view().mapToGlobal(to), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(&view(), &move);
  };
  hover(at(120, 80));
  const auto* tool = dynamic_cast<const LivewireTool*>(view().tool());
  ASSERT_NE(tool, nullptr);
  ASSERT_TRUE(waitUntil([&] { return tool->wire().size() > 40; }));
  const std::vector<EditPoint> wire = tool->wire();
  EXPECT_NEAR(wire.front().x, 60, 1);
  EXPECT_NEAR(wire.back().x, 120, 1);
  EXPECT_NEAR(wire.back().y, 80, 1);
  EXPECT_GT(wire.size(), 55U);
  // What is shown is what is filled: its pixels are in the mask of the closed outline.
  window->document().setCurrentClass(0);
  window->document().commit(stateEdit(window->document().session()->annotation(), 0, ClassState::NotAnnotated));
  QTest::mouseClick(&view(), Qt::LeftButton, {}, at(120, 80));
  QTest::mouseClick(&view(), Qt::LeftButton, {}, at(70, 110));
  QTest::keyClick(&view(), Qt::Key_Return);
  ASSERT_TRUE(waitUntil([&] { return area(0) > 0; }));
  const Mask filled = window->document().session()->annotation().classes[0].mask;
  for (const EditPoint& point : wire) EXPECT_TRUE(filled.contains(std::lround(point.x), std::lround(point.y)));
}

TEST_F(Studio, EveryToolOfTheListCanBeTakenInHandAndPutAway) {
  expectOpens(study(true));
  for (const EditTool& tool : builtinEditTools()) {
    window->tools().choose(QString::fromStdString(tool.name));
    EXPECT_EQ(window->tools().current().toStdString(), tool.name);
    EXPECT_FALSE(window->grab().isNull());
  }
  window->tools().choose("window");
  EXPECT_EQ(window->tools().current(), "window");
}

}  // namespace
}  // namespace roundel::test
