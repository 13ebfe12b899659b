#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QLineEdit>
#include <QSpinBox>

#include "ui/action_table.h"
#include "ui/dialogs/advanced_form.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/new_study_dialog.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/docks/review_dock.h"
#include "ui/docks/run_dock.h"
#include "ui/notice_bar.h"
#include "ui/studio.h"
#include "ui/tool_box.h"
#include "ui/tools/prompt_tool.h"

namespace roundel::test {
namespace {

/// From a folder of pictures to an export, with nothing but the window.
TEST_F(Studio, FromAFolderOfImagesToAnExport) {
  expectEngineRuns({"phantom", "dental", path("phantoms"), "--cases", "6", "--width", "64", "--height", "32", "--classes", "2", "--seed",
                    "3", "--variation", "0.2", "--acquisition", "0.2"});
  openWindow();

  // A study from the folder, and its labels with it.
  inDialog<NewStudyDialog>([&](NewStudyDialog& dialog) {
    dialog.setSource(path("phantoms"));
    for (int step = 0; step < 3; ++step) QTest::mouseClick(dialog.findChild<QPushButton*>("forward"), Qt::LeftButton);
    return true;
  });
  window->actions().action("new")->trigger();
  ASSERT_TRUE(window->document().isOpen()) << window->noticeBar().text().toStdString();
  ASSERT_EQ(window->document().cases().size(), 6U);
  ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr && window->area().lastOpenMs() > 0; }));

  // Two cases lose their labels: the machine is to label them.
  for (const int index : {4, 5}) {
    window->document().openCase(index);
    for (int c = 0; c < 2; ++c)
      window->document().commit(stateEdit(window->document().session()->annotation(), c, ClassState::NotAnnotated));
    ASSERT_TRUE(window->document().save());
  }

  // Paint, and think better of it.
  window->document().openCase(0);
  ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr; }));
  QTest::qWait(50);
  window->document().commit(stateEdit(window->document().session()->annotation(), 0, ClassState::NotAnnotated));
  window->tools().choose("brush");
  drag(at(10, 10), at(20, 10));
  EXPECT_GT(area(0), 0);
  window->actions().action("undo")->trigger();
  EXPECT_EQ(area(0), 0);
  window->actions().action("undo")->trigger();
  const Mask truth = window->document().session()->annotation().classes[0].mask;
  ASSERT_FALSE(truth.empty());

  // A prompt draws it anew.
  window->document().commit(stateEdit(window->document().session()->annotation(), 0, ClassState::NotAnnotated));
  window->tools().choose("prompt");
  ASSERT_TRUE(waitUntil([&] { return window->prompt().ready(); }, 60000));
  const PixelBox box = truth.bounds();
  drag(at(static_cast<double>(box.x0), static_cast<double>(box.y0)), at(static_cast<double>(box.x1 - 1), static_cast<double>(box.y1 - 1)));
  ASSERT_TRUE(waitUntil([&] { return window->prompt().hasAnswer(); }, 60000));
  QTest::keyClick(&view(), Qt::Key_Return);
  ASSERT_GT(area(0), 0);
  window->actions().action("save")->trigger();

  // Train one quick round.
  inDialog<TrainDialog>([](TrainDialog& dialog) {
    auto* form = dialog.findChild<AdvancedForm*>();
    QAbstractButton* start = buttonOf(dialog, "Start training");
    if (!form->ready() || start == nullptr || !start->isEnabled()) return false;
    for (const QString& setting : tinySettings(100) + QStringList{"round_steps=30"})
      if (const QStringList parts = setting.split('='); parts.size() == 2) form->set(parts[0].toStdString(), parts[1].toInt());
    dialog.findChild<QSpinBox*>()->setValue(1);
    QTest::mouseClick(start, Qt::LeftButton);
    return true;
  });
  window->actions().action("train")->trigger();
  ASSERT_TRUE(waitUntil([&] { return window->runs().watcher().state().state == "finished"; }, 120000))
      << window->noticeBar().text().toStdString() << window->runs().watcher().state().cause.toStdString();

  // Review: what the machine labelled becomes labels.
  window->findChild<QDockWidget*>("review")->raise();
  ASSERT_TRUE(waitUntil([&] { return window->review().caseCount() == 2; }));
  window->review().show(0);
  ASSERT_NE(window->document().session(), nullptr);
  window->review().acceptAsLabels();
  int present = 0;
  for (const auto& one : window->document().session()->annotation().classes) present += one.state == ClassState::Present;
  EXPECT_GT(present, 0);
  window->review().decide(Verdict::Accept);
  window->actions().action("save")->trigger();

  // Export.
  const QString out = path("exported");
  bool pressed = false;
  inDialog<ExportDialog>([&](ExportDialog& dialog) {
    QAbstractButton* go = buttonOf(dialog, "Export");
    if (go == nullptr || !go->isEnabled()) return false;
    if (!pressed) {
      dialog.findChild<QLineEdit*>()->setText(out);
      QTest::mouseClick(go, Qt::LeftButton);
      return !(pressed = true);
    }
    QTest::mouseClick(buttonOf(dialog, "Close"), Qt::LeftButton);
    return true;
  });
  window->actions().action("export")->trigger();
  EXPECT_TRUE(QFile::exists(out + "/roundel-export.json"));
}

}  // namespace
}  // namespace roundel::test
