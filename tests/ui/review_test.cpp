#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QTreeWidget>
#include <algorithm>

#include "ui/action_table.h"
#include "ui/dialogs/apply_dialog.h"
#include "ui/dialogs/calibration_dialog.h"
#include "ui/docks/review_dock.h"
#include "ui/docks/run_dock.h"
#include "ui/engine_command.h"
#include "ui/notice_bar.h"
#include "ui/studio.h"
#include "ui/tool_box.h"

namespace roundel::test {
namespace {

class Review : public Studio {
 protected:
  void openFinished() {
    expectOpens(finished());
    window->findChild<QDockWidget*>("review")->raise();
    ASSERT_EQ(window->review().caseCount(), 4);
    ASSERT_TRUE(waitUntil([&] { return window->review().calibration().is_object(); }));
  }
  QTreeWidget& list() { return *window->review().findChild<QTreeWidget*>(); }
  QImage pictureNow() {
    QTest::qWait(60);
    return view().grab().toImage();
  }
  /// Opens a class with prompts that are points or a box; the tree's row of it.
  QTreeWidgetItem* openClassWithPrompts() {
    for (int row = 0; row < list().topLevelItemCount(); ++row)
      for (int c = 0; c < list().topLevelItem(row)->childCount(); ++c) {
        list().setCurrentItem(list().topLevelItem(row)->child(c));
        waitUntil([&] { return window->document().picture() != nullptr; });
        window->review().findChild<QCheckBox*>()->setChecked(true);
        if (!window->review().marks().shown().empty() && !window->review().marks().shown().front().marks.points().empty())
          return list().topLevelItem(row)->child(c);
      }
    return nullptr;
  }
  void lay(int what) {
    for (auto* box : window->review().findChildren<QComboBox*>())
      if (box->accessibleName() == "What is laid over the picture") box->setCurrentIndex(box->findData(what));
  }
};

TEST_F(Review, TheQueueIsInTheEnginesOrderAndSaysWhetherEstimatesMeanAnything) {
  openFinished();
  Json said;
  EngineCommand::run({"review", window->document().folder()}, window.get(),
                     [&](const EngineCommand::Outcome& outcome) { said = outcome.result; });
  ASSERT_TRUE(waitUntil([&] { return said.is_object(); }));
  QStringList expected;
  for (const auto& one : said["cases"]) expected << QString::fromStdString(one["case"].get<std::string>());
  EXPECT_EQ(window->review().caseNames(), expected);
  EXPECT_FALSE(list().topLevelItem(0)->toolTip(0).isEmpty());
  // Four labelled cases cannot show that an estimate is informative.
  bool told = false;
  for (auto* label : window->review().findChildren<QLabel*>()) told |= label->text().contains("not informative");
  EXPECT_TRUE(told);
  QString heading;
  inDialog<CalibrationDialog>([&](CalibrationDialog& dialog) {
    heading = dialog.findChild<QLabel*>("heading")->text();
    dialog.reject();
    return true;
  });
  QTest::mouseClick(buttonOf(window->review(), "…"), Qt::LeftButton);
  EXPECT_TRUE(heading.startsWith("Not informative")) << heading.toStdString();
}

TEST_F(Review, DecisionsAreMadeByKeyOnCasesAndOnClasses) {
  openFinished();
  window->review().show(0);
  const std::string first = window->review().caseNames()[0].toStdString(), second = window->review().caseNames()[1].toStdString();
  view().setFocus();
  QTest::keyClick(&view(), Qt::Key_G);
  EXPECT_EQ(list().currentItem(), list().topLevelItem(1));  // on to the next
  ASSERT_GT(list().topLevelItem(1)->childCount(), 0) << "nothing was found in this case";
  QTreeWidgetItem* child = list().topLevelItem(1)->child(0);
  list().setCurrentItem(child);
  const std::string className = child->text(0).toStdString();
  view().setFocus();
  QTest::keyClick(&view(), Qt::Key_N);
  std::map<std::pair<std::string, std::string>, Verdict> decided;
  for (const auto& one : window->document().project()->decisions("r0001")) decided[{one.caseName, one.className}] = one.verdict;
  ASSERT_EQ(decided.size(), 2U);
  EXPECT_EQ((decided[{first, ""}]), Verdict::Accept);
  EXPECT_EQ((decided[{second, className}]), Verdict::Reject);
  EXPECT_EQ(child->text(3), "you: rejected");
  EXPECT_FALSE(QDir(window->document().folder() + "/runs/r0001/decisions").entryList({"*.json"}, QDir::Files).isEmpty());
}

TEST_F(Review, WhatIsLaidOverThePictureIsTheMachinesTheRoundBeforesOrItsDoubts) {
  openFinished();
  window->review().show(0);
  ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr; }));
  lay(4);
  const QImage bare = pictureNow();
  lay(0);
  const QImage machine = pictureNow();
  EXPECT_NE(machine, bare);
  window->review().findChild<QCheckBox*>()->setChecked(true);
  EXPECT_NE(pictureNow(), machine);
  window->review().findChild<QCheckBox*>()->setChecked(false);
  EXPECT_EQ(pictureNow(), machine);
  lay(2);
  const QImage before = pictureNow();
  EXPECT_NE(before, bare);
  lay(3);
  EXPECT_TRUE(waitUntil([&] {
    const QImage doubts = view().grab().toImage();
    return doubts != bare && doubts != before && doubts != machine;
  })) << window->noticeBar().text().toStdString();
}

TEST_F(Review, AMovedPromptIsAskedAgainAndTheNextRoundMayLearnFromTheAnswer) {
  openFinished();
  QTreeWidgetItem* item = openClassWithPrompts();
  ASSERT_NE(item, nullptr) << "the run kept no points";
  const std::string caseName = item->parent()->text(0).toStdString(), className = item->text(0).toStdString();
  const ReviewMarks::OfClass shown = window->review().marks().shown().front();
  const auto index = static_cast<std::size_t>(shown.classIndex);
  const Mask before = window->review().shownLabels()[index].mask;
  const PromptPoint point = shown.marks.points().front();
  int answers = 0;
  QObject::connect(&window->review(), &ReviewDock::answered, window.get(), [&answers] { ++answers; });
  window->tools().choose("brush");  // whatever is in hand, a mark can be taken hold of
  const std::size_t steps = window->document().session()->history().size();
  drag(at(point.x, point.y), at(point.x < 32 ? 55 : 8, point.y < 16 ? 26 : 5));
  ASSERT_TRUE(waitUntil([&] { return answers == 1; }, 60000)) << window->noticeBar().text().toStdString();
  EXPECT_EQ(window->document().session()->history().size(), steps) << "the brush painted";
  const MachineLabel& after = window->review().shownLabels()[index];
  EXPECT_TRUE(after.moved);
  EXPECT_NE(after.mask, before);
  const auto& points = window->review().marks().shown().front().marks.points();
  EXPECT_TRUE(std::any_of(points.begin(), points.end(), [&](const PromptPoint& one) { return one.x == (point.x < 32 ? 55 : 8); }));
  const Mask answer = after.mask;
  view().setFocus();
  QTest::keyClick(&view(), Qt::Key_G);
  std::optional<Decision> said;
  for (const auto& one : window->document().project()->decisions("r0001"))
    if (one.caseName == caseName && one.className == className) said = one;
  ASSERT_TRUE(said && said->label);
  EXPECT_EQ(said->verdict, Verdict::Accept);
  EXPECT_EQ(said->label->mask, answer);
  EXPECT_EQ(window->document().project()->auditLog().back().action, "decisions saved");
  // It is there again when the study is opened again, and can be taken back.
  const QString folder = window->document().folder();
  window->close();
  window.reset();
  expectOpens(folder);
  window->findChild<QDockWidget*>("runs")->raise();
  ASSERT_TRUE(waitUntil([&] { return buttonOf(window->runs(), "Learn from your decisions") != nullptr; })) << "there is no way on";
  window->findChild<QDockWidget*>("review")->raise();
  const int row = static_cast<int>(window->review().caseNames().indexOf(QString::fromStdString(caseName)));
  window->review().show(row);
  EXPECT_EQ(window->review().shownLabels()[index].mask, answer);
  for (auto* button : window->review().findChildren<QToolButton*>())
    if (button->accessibleName() == "The prompts as the machine made them") QTest::mouseClick(button, Qt::LeftButton);
  EXPECT_EQ(window->review().shownLabels()[index].mask, before);
  // The run goes on with what was decided, although it had ended.
  window->findChild<QDockWidget*>("runs")->raise();
  QTest::mouseClick(buttonOf(window->runs(), "Learn from your decisions"), Qt::LeftButton);
  const auto learnt = [&] {
    for (const auto& one : readMachineRound(machineSources(folder.toStdString()).front(), folder.toStdString()).cases)
      if (one.name == caseName) return readMachineLabels(one.file)[index].mask == answer;
    return false;
  };
  EXPECT_TRUE(waitUntil([&] { return learnt() && window->runs().watcher().state().state == "finished"; }, 120000))
      << window->noticeBar().text().toStdString();
  EXPECT_TRUE(waitUntil([&] { return buttonOf(window->runs(), "Learn from your decisions") == nullptr; }));
}

TEST_F(Review, LabelsAreTakenOverAsOneStep) {
  openFinished();
  int row = 0;
  while (row < list().topLevelItemCount() && list().topLevelItem(row)->childCount() == 0) ++row;
  ASSERT_LT(row, list().topLevelItemCount());
  window->review().show(row);
  const std::size_t steps = window->document().session()->history().size();
  view().setFocus();
  QTest::keyClick(&view(), Qt::Key_T);
  EXPECT_EQ(window->document().session()->history().size(), steps + 1);
  int present = 0;
  for (const auto& one : window->document().session()->annotation().classes) present += one.state == ClassState::Present;
  EXPECT_EQ(present, list().topLevelItem(row)->childCount());
  window->document().undo();
  for (const auto& one : window->document().session()->annotation().classes) EXPECT_EQ(one.state, ClassState::NotAnnotated);
}

TEST_F(Review, TheModelIsAppliedToNewImagesAndWhatItSaysWaitsForAPerson) {
  expectEngineRuns({"phantom", "dental", path("new"), "--cases", "3", "--width", "64", "--height", "32", "--classes", "3", "--seed", "9"});
  QDir images(path("new") + "/images");
  const QString source = images.exists() ? images.path() : path("new");
  openFinished();
  const auto before = window->document().cases().size();
  QString said;
  bool pressed = false;
  inDialog<ApplyDialog>([&](ApplyDialog& dialog) {
    if (!pressed) {
      for (auto* box : dialog.findChildren<QComboBox*>())
        if (const int at = box->findData("random-walker"); at >= 0) box->setCurrentIndex(at), pressed = true;
      if (!pressed) return false;
      dialog.setSource(source);
      QTest::mouseClick(buttonOf(dialog, "Apply"), Qt::LeftButton);
      return false;
    }
    if (QAbstractButton* go = buttonOf(dialog, "Apply"); go != nullptr && go->isEnabled()) {  // it came back: it failed
      for (auto* label : dialog.findChildren<QLabel*>()) said += label->text() + '\n';
      dialog.done(QDialog::Rejected);
      return true;
    }
    return !dialog.isVisible();
  });
  window->actions().action("apply-model")->trigger();
  ASSERT_EQ(window->document().cases().size(), before + 3) << said.toStdString();
  ASSERT_EQ(window->review().caseCount(), 3);
  EXPECT_EQ(buttonOf(window->review(), "Good"), nullptr);  // it is no round: there is nothing to decide
  int row = 0;
  while (row < 3 && list().topLevelItem(row)->childCount() == 0) ++row;
  ASSERT_LT(row, 3) << "the model found nothing in any of the three";
  window->review().show(row);
  ASSERT_NE(window->document().session(), nullptr);
  for (const auto& one : window->document().session()->annotation().classes) EXPECT_NE(one.state, ClassState::Present);
  window->review().acceptAsLabels();
  int present = 0;
  for (const auto& one : window->document().session()->annotation().classes) present += one.state == ClassState::Present;
  EXPECT_EQ(present, list().topLevelItem(row)->childCount());
}

}  // namespace
}  // namespace roundel::test
