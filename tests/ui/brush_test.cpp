#include <algorithm>

#include "ui/action_table.h"
#include "ui/studio.h"
#include "ui/tool_box.h"

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
