#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QTableWidget>

#include "project/reader_agreement.h"
#include "ui/action_table.h"
#include "ui/dialogs/reread_dialog.h"
#include "ui/notice_bar.h"
#include "ui/reading_bar.h"
#include "ui/studio.h"
#include "ui/tool_box.h"

namespace roundel::test {
namespace {

class Reread : public Studio {
 protected:
  /// Through the menu: so many cases, drawn by that number, read by somebody.
  void begin(int cases, int seed, const QString& reader) {
    inDialog<RereadDialog>([=](RereadDialog& dialog) {
      const auto spins = dialog.findChildren<QSpinBox*>();
      spins[0]->setValue(cases);
      spins[1]->setValue(seed);
      dialog.findChild<QLineEdit*>("reader")->setText(reader);
      QTest::mouseClick(buttonOf(dialog, "Begin"), Qt::LeftButton);
      return true;
    });
    window->actions().action("reread")->trigger();
    ASSERT_TRUE(window->document().rereading().has_value());
    window->activateWindow();  // there is no window manager that would
    ASSERT_TRUE(QTest::qWaitForWindowActive(window.get()));
    ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr; }));
    QTest::qWait(60);
  }
  bool labelled() {
    const auto& annotation = window->document().session()->annotation();
    return annotation.anyAnnotated();
  }
};

TEST_F(Reread, IsBlindKeptApartAndCompared) {
  expectOpens(study(true));
  const std::vector<std::string> drawn = drawForReading(*window->document().project(), 2, 7);
  ASSERT_EQ(drawn.size(), 2U);
  window->tools().choose("brush");
  begin(2, 7, "");
  std::map<std::string, Annotation> before;
  for (const auto& name : drawn)
    before[name] = *window->document().project()->latest(
        window->document().cases()[static_cast<std::size_t>(window->document().indexOfCase(name))].id);
  // Blind: nothing of the labels is on the screen, and nothing else can be opened.
  EXPECT_EQ(window->document().currentCase()->name, drawn[0]);
  EXPECT_FALSE(labelled());
  EXPECT_NE(window->document().session()->journal(), nullptr) << window->noticeBar().text().toStdString();
  const QImage bare = view().grab().toImage();
  window->actions().action("toggle-labels")->trigger();
  EXPECT_EQ(view().grab().toImage(), bare) << "labels are on the screen";
  window->actions().action("toggle-labels")->trigger();
  for (const char* name : {"cases", "runs", "review"}) EXPECT_FALSE(window->findChild<QDockWidget*>(name)->isEnabled()) << name;
  const int here = window->document().caseIndex();
  window->document().openCase(here == 0 ? 1 : 0);
  EXPECT_EQ(window->document().caseIndex(), here);
  QTest::keyClick(&view(), Qt::Key_D);
  EXPECT_EQ(window->document().caseIndex(), here);
  // An empty reading is none.
  QTest::keyClick(&view(), Qt::Key_Return, Qt::ControlModifier);
  EXPECT_TRUE(window->noticeBar().text().contains("Nothing is labelled here yet")) << window->noticeBar().text().toStdString();
  EXPECT_TRUE(window->document().project()->readings().empty());
  // The first is read exactly as it was, the second by a stroke.
  window->document().commit(differenceOf(window->document().session()->annotation(), before[drawn[0]], "test", 0));
  window->actions().action("save")->trigger();  // a save makes no version of it
  EXPECT_EQ(window->document().project()->history(window->document().currentCase()->id).size(), 1U);
  auto* bar = window->findChild<ReadingBar*>();
  ASSERT_TRUE(bar->isVisible());
  QTest::mouseClick(buttonOf(*bar, "Done, next"), Qt::LeftButton);
  ASSERT_TRUE(window->document().rereading().has_value());
  EXPECT_EQ(window->document().currentCase()->name, drawn[1]);
  EXPECT_FALSE(labelled());
  ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr; }));
  QTest::qWait(60);
  window->document().setCurrentClass(0);
  drag(at(20, 20), at(60, 20));
  EXPECT_GT(area(0), 0);
  QString summary;
  int rows = 0;
  inDialog<RereadDialog>([&](RereadDialog& dialog) {
    for (auto* label : dialog.findChildren<QLabel*>()) summary += label->text();
    rows = dialog.findChild<QTableWidget*>()->rowCount();
    dialog.reject();
    return true;
  });
  QTest::keyClick(&view(), Qt::Key_Return, Qt::ControlModifier);
  EXPECT_FALSE(window->document().rereading().has_value());
  ASSERT_TRUE(waitUntil([&] { return rows > 0; }));
  EXPECT_EQ(rows, 2);
  EXPECT_TRUE(summary.contains("Intra-reader Dice")) << summary.toStdString();
  EXPECT_FALSE(summary.contains("Inter-reader Dice"));
  const auto comparisons = readerComparisons(*window->document().project());
  ASSERT_EQ(comparisons.size(), 2U);
  for (const auto& one : comparisons) {
    if (one.caseName == drawn[0]) EXPECT_DOUBLE_EQ(*one.mean, 1.0);
    else EXPECT_LT(*one.dice[0], 0.9);
  }
  // The labels are what they were, also on the screen.
  for (const auto& name : drawn) {
    window->document().openCase(window->document().indexOfCase(name));
    EXPECT_EQ(window->document().session()->annotation(), before[name]);
    EXPECT_EQ(*window->document().project()->latest(window->document().currentCase()->id), before[name]);
  }
  for (const char* name : {"cases", "runs", "review"}) EXPECT_TRUE(window->findChild<QDockWidget*>(name)->isEnabled()) << name;
}

TEST_F(Reread, AnotherReaderIsComparedBetweenReadersAndMayStop) {
  expectOpens(study(true));
  begin(3, 1, "Ben");
  const Annotation truth = *window->document().project()->latest(window->document().currentCase()->id);
  window->document().commit(differenceOf(window->document().session()->annotation(), truth, "test", 0));
  QTest::keyClick(&view(), Qt::Key_Return, Qt::ControlModifier);
  ASSERT_TRUE(window->document().rereading().has_value());
  QTest::mouseClick(buttonOf(*window->findChild<ReadingBar*>(), "Stop"), Qt::LeftButton);
  EXPECT_FALSE(window->document().rereading().has_value());
  EXPECT_FALSE(window->findChild<ReadingBar*>()->isVisible());
  const auto readings = window->document().project()->readings();
  ASSERT_EQ(readings.size(), 1U);
  EXPECT_EQ(readings[0].who, "Ben");
  const auto comparisons = readerComparisons(*window->document().project());
  ASSERT_EQ(comparisons.size(), 1U);
  EXPECT_FALSE(comparisons[0].sameReader());
  QString summary;
  inDialog<RereadDialog>([&](RereadDialog& dialog) {
    for (auto* label : dialog.findChildren<QLabel*>()) summary += label->text();
    dialog.reject();
    return true;
  });
  window->actions().action("reread")->trigger();
  EXPECT_TRUE(summary.contains("Inter-reader Dice 1.000")) << summary.toStdString();
}

}  // namespace
}  // namespace roundel::test
