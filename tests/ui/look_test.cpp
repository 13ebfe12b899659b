#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QStatusBar>

#include "ui/action_table.h"
#include "ui/notice_bar.h"
#include "ui/studio.h"

namespace roundel::test {
namespace {

TEST_F(Studio, OpensAStudyAndWalksThroughItsCases) {
  expectOpens(study(true));
  EXPECT_EQ(window->document().caseIndex(), 0);
  auto* list = window->findChild<QListView*>();
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->model()->rowCount(), 5);
  QTest::keyClick(&view(), Qt::Key_D);
  EXPECT_EQ(window->document().caseIndex(), 1);
  ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr; }));
  QWheelEvent wheel(QPointF(100, 100), view().mapToGlobal(QPointF(100, 100)), {}, QPoint(0, -120), Qt::NoButton, Qt::NoModifier,
                    Qt::NoScrollPhase, false);
  QApplication::sendEvent(&view(), &wheel);
  EXPECT_EQ(window->document().caseIndex(), 2);
  ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr; }));
  window->findChild<QLineEdit*>()->setText("no such case");
  EXPECT_EQ(list->model()->rowCount(), 0);
}

TEST_F(Studio, AFolderThatIsNoStudyIsRefusedWithASentence) {
  openWindow();
  EXPECT_FALSE(window->openStudy(path("nothing-here")));
  EXPECT_FALSE(window->document().isOpen());
  EXPECT_FALSE(window->noticeBar().text().isEmpty());
}

TEST_F(Studio, LeftDragChangesTheWindowAndNothingElse) {
  expectOpens(study(true));
  const auto before = window->document().session()->annotation();
  const VoiWindow was = window->document().picture()->windowOf(view().display());
  drag({200, 200}, {300, 200});
  const VoiWindow now = window->document().picture()->windowOf(view().display());
  EXPECT_GT(now.width, was.width);
  QTest::keyClick(&view(), Qt::Key_Space);
  EXPECT_EQ(window->document().picture()->windowOf(view().display()), was);
  EXPECT_EQ(window->document().session()->annotation(), before);
  EXPECT_FALSE(window->document().unsaved());
}

TEST_F(Studio, InvertTurnAndMirrorChangeWhatIsSeenAndAreTakenBack) {
  expectOpens(study(true));
  const QImage before = view().grab().toImage();
  QTest::keyClick(&view(), Qt::Key_I);
  EXPECT_NE(view().grab().toImage(), before);
  QTest::keyClick(&view(), Qt::Key_R);
  QTest::keyClick(&view(), Qt::Key_H);
  QTest::keyClick(&view(), Qt::Key_Space);
  const QImage after = view().grab().toImage();
  ASSERT_EQ(after.size(), before.size());
  EXPECT_EQ(after, before);
}

TEST_F(Studio, TheProbeSaysValueAndWhereMillimetresComeFrom) {
  expectOpens(study(true));
  QMouseEvent move(QEvent::MouseMove, at(10, 20), view().mapToGlobal(at(10, 20)), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
  QApplication::sendEvent(&view(), &move);
  QString text;
  for (auto* label : window->statusBar()->findChildren<QLabel*>())
    if (label->text().startsWith("10, 20")) text = label->text();
  ASSERT_FALSE(text.isEmpty());
  const double value = window->document().picture()->valueAt(10, 20, 0);
  EXPECT_TRUE(text.contains(QLocale().toString(value, 'g', 6))) << text.toStdString();
  EXPECT_TRUE(text.contains("mm") || text.contains("no spacing")) << text.toStdString();
}

TEST_F(Studio, EveryShortcutBelongsToOneAction) {
  openWindow();
  QHash<QString, QString> owners;
  for (const auto& entry : window->actions().entries())
    for (const QKeySequence& keys : entry.action->shortcuts()) {
      EXPECT_FALSE(owners.contains(keys.toString()))
          << keys.toString().toStdString() << " of " << entry.id.toStdString() << " and " << owners.value(keys.toString()).toStdString();
      owners[keys.toString()] = entry.id;
    }
  EXPECT_GT(owners.size(), 20);
}

TEST_F(Studio, AShortcutOfOnesOwnIsKept) {
  openWindow();
  window->actions().setKeys("invert", {QKeySequence("Ctrl+Alt+I")});
  window->close();
  openWindow();
  EXPECT_EQ(window->actions().action("invert")->shortcut(), QKeySequence("Ctrl+Alt+I"));
}

}  // namespace
}  // namespace roundel::test
