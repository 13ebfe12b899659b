#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QStatusBar>
#include <QToolButton>

#include "ui/action_table.h"
#include "ui/case_model.h"
#include "ui/notice_bar.h"
#include "ui/studio.h"
#include "ui/tool_box.h"
#include "ui/tour.h"

namespace roundel::test {
namespace {

/// As if nobody had looked for any class.
void undoAll(Annotation& annotation) { annotation = Annotation::empty(annotation.size, static_cast<int>(annotation.classes.size())); }

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

TEST_F(Studio, CasesAreFoundByPatientClassAndQuality) {
  const QString folder = study(true);
  {
    Project project = Project::open(folder.toStdString(), Access::Edit);
    auto cases = project.cases();
    for (std::size_t i = 0; i < cases.size(); ++i) {
      cases[i].patient = i < 2 ? "somebody" : "somebody else";
      project.updateCase(cases[i]);
    }
    Annotation without = *project.latest(cases[4].id);
    undoAll(without);
    project.addAnnotation(cases[4].id, without, {.how = "test"});
  }
  expectOpens(folder);
  auto* list = window->findChild<QListView*>();
  const auto box = [&](const QString& name) {
    for (auto* one : window->findChildren<QComboBox*>())
      if (one->accessibleName() == name) return one;
    return static_cast<QComboBox*>(nullptr);
  };
  for (auto* button : window->findChildren<QToolButton*>())
    if (button->text() == "Filter") button->setChecked(true);
  ASSERT_TRUE(box("Patient")->isVisible());
  ASSERT_EQ(box("Patient")->count(), 3);
  box("Patient")->setCurrentIndex(1);
  EXPECT_EQ(list->model()->rowCount(), 2);
  box("Patient")->setCurrentIndex(2);
  EXPECT_EQ(list->model()->rowCount(), 3);
  box("Class")->setCurrentIndex(1);
  EXPECT_EQ(list->model()->rowCount(), 2);  // the fifth case has no label of it
  box("Patient")->setCurrentIndex(0);
  box("Class")->setCurrentIndex(0);
  EXPECT_TRUE(window->document().qualities().empty());
  // A run has judged two cases; of an earlier round nobody wants to know.
  const auto judged = [&](const char* round, int number, double dice) {
    QDir().mkpath(folder + "/runs/r0001/" + round + "/gate");
    QFile file(folder + "/runs/r0001/" + round + "/gate/case-" + QString::number(number) + ".json");
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    const Json label{{"estimated_dice", dice}}, none = Json::object();
    file.write(QByteArray::fromStdString(
        Json{{"case", window->document().cases()[static_cast<std::size_t>(number)].name}, {"classes", {label, none}}}.dump()));
  };
  judged("round-1", 2, 0.1);
  judged("round-2", 0, 0.75);
  judged("round-2", 1, 0.95);
  findQualities(window->document());
  ASSERT_TRUE(waitUntil([&] { return window->document().qualities().size() == 2U; }));
  box("Quality")->setCurrentIndex(2);
  EXPECT_EQ(list->model()->rowCount(), 1);
  box("Quality")->setCurrentIndex(4);
  EXPECT_EQ(list->model()->rowCount(), 3);
  for (auto* button : window->findChildren<QToolButton*>())
    if (button->text() == "Filter") button->setChecked(false);
  EXPECT_EQ(list->model()->rowCount(), 5);
}

TEST_F(Studio, TheTourGoesOnByItselfAndCanBeEnded) {
  expectOpens(study(false));
  EXPECT_FALSE(window->tour().running());  // it comes by itself on the study of phantoms alone
  window->actions().action("tour")->trigger();
  ASSERT_EQ(window->tour().step(), 0);
  QTest::keyClick(&view(), Qt::Key_D);
  EXPECT_EQ(window->tour().step(), 1);
  ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr; }));
  drag({200, 200}, {240, 220});
  EXPECT_EQ(window->tour().step(), 2);
  auto* panel = window->findChild<QFrame*>("tour");
  ASSERT_TRUE(panel->isVisible());
  EXPECT_TRUE(window->rect().contains(panel->geometry()));
  for (auto* button : panel->findChildren<QPushButton*>())
    if (button->text() == "Next") QTest::mouseClick(button, Qt::LeftButton);
  EXPECT_EQ(window->tour().step(), 3);
  window->tools().choose("brush");
  EXPECT_EQ(window->tour().step(), 4);
  drag(at(60, 60), at(120, 60));
  EXPECT_EQ(window->tour().step(), 5);
  window->document().undo();
  EXPECT_EQ(window->tour().step(), 6);
  for (auto* button : panel->findChildren<QPushButton*>())
    if (button->text() == "End the tour") QTest::mouseClick(button, Qt::LeftButton);
  EXPECT_FALSE(window->tour().running());
  EXPECT_FALSE(panel->isVisible());
  EXPECT_TRUE(Tour::seen());
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
