#include <sys/stat.h>

#include <QCheckBox>
#include <QComboBox>
#include <QDateTime>
#include <QDesktopServices>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QLabel>
#include <QTableWidget>
#include <QTextBlock>
#include <QTimeEdit>
#include <csignal>
#include <fstream>
#include <sstream>

#include "ui/action_table.h"
#include "ui/dialogs/advanced_form.h"
#include "ui/dialogs/report_window.h"
#include "ui/dialogs/rounds_dialog.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/docks/run_dock.h"
#include "ui/notice_bar.h"
#include "ui/pause_time_field.h"
#include "ui/run_lock.h"
#include "ui/studio.h"

namespace roundel::test {
namespace {

/// Process that holds the run's lock; 0: none.
pid_t workerOf(const QString& runFolder) {
  struct stat facts {};
  if (::stat((runFolder + "/run.lock").toStdString().c_str(), &facts) != 0) return 0;
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, mode, access, where;
    pid_t process = 0;
    words >> number >> kind >> mode >> access >> process >> where;
    if (kind == "FLOCK" && where.ends_with(":" + std::to_string(facts.st_ino))) return process;
  }
  return 0;
}

class Runs : public Studio {
 protected:
  /// Presses Train, makes the training tiny in the advanced form, and starts it.
  void train(int steps, int rounds) {
    inDialog<TrainDialog>([steps, rounds](TrainDialog& dialog) {
      auto* form = dialog.findChild<AdvancedForm*>();
      QAbstractButton* start = buttonOf(dialog, "Start training");
      if (!form->ready() || start == nullptr || !start->isEnabled()) return false;
      for (const QString& setting : tinySettings(steps))
        if (const QStringList parts = setting.split('='); parts.size() == 2) form->set(parts[0].toStdString(), parts[1].toInt());
      dialog.findChild<QSpinBox*>()->setValue(rounds);
      QTest::mouseClick(start, Qt::LeftButton);
      return true;
    });
    window->actions().action("train")->trigger();
    window->findChild<QDockWidget*>("runs")->raise();
  }
  void press(const QString& text) {
    ASSERT_TRUE(waitUntil([&] { return buttonOf(window->runs(), text) != nullptr && buttonOf(window->runs(), text)->isEnabled(); }))
        << text.toStdString();
    QTest::mouseClick(buttonOf(window->runs(), text), Qt::LeftButton);
  }
  const RunWatcher::State& state() { return window->runs().watcher().state(); }
  bool learns() { return state().state == "running" && state().alive && state().stage == "train" && state().done > 0; }
  QString headline() {
    for (auto* label : window->runs().findChildren<QLabel*>())
      if (label->font().bold()) return label->text();
    return {};
  }
  void closeWindow() {
    window->close();
    window.reset();
  }
};

TEST_F(Runs, PauseGoOnAndCancelAreObeyedAlsoByAWindowThatWasOpenedAnew) {
  const QString study = trainable(), run = study + "/runs/r0001";
  expectOpens(study);
  train(200000, 1);
  ASSERT_TRUE(waitUntil([&] { return learns(); }, 60000)) << state().cause.toStdString() << window->noticeBar().text().toStdString();
  press("Pause");
  ASSERT_TRUE(waitUntil([&] { return state().state == "paused"; }));
  EXPECT_EQ(headline(), "Paused.");
  EXPECT_EQ(buttonOf(window->runs(), "Pause"), nullptr);
  const auto done = state().done;
  closeWindow();

  expectOpens(study);
  window->findChild<QDockWidget*>("runs")->raise();
  EXPECT_EQ(window->runs().runId(), "r0001");
  EXPECT_EQ(state().state, "paused");
  press("Go on");
  ASSERT_TRUE(waitUntil([&] { return learns() && state().done > done; }, 60000)) << window->noticeBar().text().toStdString();
  closeWindow();
  ASSERT_TRUE(isLockedHere((run + "/run.lock").toStdString()));  // it goes on without a window

  expectOpens(study);
  window->findChild<QDockWidget*>("runs")->raise();
  ASSERT_TRUE(waitUntil([&] { return learns(); }));
  EXPECT_TRUE(headline().contains("The network learns")) << headline().toStdString();
  EXPECT_FALSE(buttonOf(window->runs(), "Train …")->isEnabled());
  press("Cancel");
  ASSERT_TRUE(waitUntil([&] { return state().state == "cancelled"; }));
  EXPECT_TRUE(waitUntil([&] { return !isLockedHere((run + "/run.lock").toStdString()); }));
  EXPECT_NE(buttonOf(window->runs(), "Go on"), nullptr);
}

TEST_F(Runs, PausesAtATimeOfDayAlsoWithoutAWindow) {
  const QString study = trainable(), run = study + "/runs/r0001";
  expectOpens(study);
  inDialog<TrainDialog>([](TrainDialog& dialog) {  // the wish is an argument of the run
    QAbstractButton* start = buttonOf(dialog, "Start training");
    if (start == nullptr || !start->isEnabled()) return false;
    auto* field = dialog.findChild<PauseTimeField*>();
    EXPECT_FALSE(dialog.arguments().contains("--stop-at"));
    field->findChild<QCheckBox*>()->setChecked(true);
    field->findChild<QTimeEdit*>()->setTime(QTime(6, 30));
    EXPECT_TRUE(dialog.arguments().contains("--stop-at") && dialog.arguments().contains("06:30"));
    dialog.reject();
    return true;
  });
  window->actions().action("train")->trigger();
  train(200000, 1);
  ASSERT_TRUE(waitUntil([&] { return learns(); }, 60000)) << window->noticeBar().text().toStdString();
  auto* field = window->runs().findChild<PauseTimeField*>();
  ASSERT_TRUE(field->isVisible());
  EXPECT_FALSE(pauseTimeOf((run.toStdString())).has_value());
  // At the hour that is shown: the next one, and no other.
  field->findChild<QTimeEdit*>()->setTime(QTime(6, 30));
  field->findChild<QCheckBox*>()->setChecked(true);
  const auto when = pauseTimeOf(run.toStdString());
  ASSERT_TRUE(when.has_value());
  EXPECT_EQ(when->time(), QTime(6, 30));
  EXPECT_GT(*when, QDateTime::currentDateTime());
  EXPECT_LE(*when, QDateTime::currentDateTime().addSecs(25 * 3600));
  field->findChild<QCheckBox*>()->setChecked(false);
  EXPECT_FALSE(pauseTimeOf(run.toStdString()).has_value());
  closeWindow();
  // The time comes while no window is open.
  QFile file(run + "/control/pause-at");
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  file.write(QByteArray::number(QDateTime::currentSecsSinceEpoch() + 1));
  file.close();
  ASSERT_TRUE(waitUntil([&] { return !isLockedHere((run + "/run.lock").toStdString()); }));
  expectOpens(study);
  window->findChild<QDockWidget*>("runs")->raise();
  EXPECT_EQ(state().state, "paused");
  EXPECT_TRUE(headline().startsWith("Paused at ")) << headline().toStdString();
  press("Go on");
  ASSERT_TRUE(waitUntil([&] { return learns(); }, 60000)) << window->noticeBar().text().toStdString();
  press("Cancel");
  ASSERT_TRUE(waitUntil([&] { return state().state == "cancelled"; }));
}

TEST_F(Runs, AnEngineThatIsKilledIsSaidAtOnceAndTheRunGoesOn) {
  const QString study = trainable(), run = study + "/runs/r0001";
  expectOpens(study);
  train(200000, 1);
  ASSERT_TRUE(waitUntil([&] { return learns(); }, 60000)) << window->noticeBar().text().toStdString();
  const pid_t worker = workerOf(run);
  ASSERT_GT(worker, 0);
  ASSERT_EQ(::kill(worker, SIGKILL), 0);
  ASSERT_TRUE(waitUntil([&] { return headline().contains("The engine ended before the run did"); }, 5000)) << headline().toStdString();
  press("Go on");
  ASSERT_TRUE(waitUntil([&] { return learns(); }, 60000));
  press("Cancel");
  ASSERT_TRUE(waitUntil([&] { return state().state == "cancelled"; }));
}

TEST_F(Runs, AStartThatIsRefusedSaysWhy) {
  const QString study = trainable();
  expectOpens(study);
  inDialog<TrainDialog>([](TrainDialog& dialog) {
    QAbstractButton* start = buttonOf(dialog, "Start training");
    if (start == nullptr || !start->isEnabled()) return false;
    dialog.findChild<AdvancedForm*>()->set("bce_weight", 0);
    dialog.findChild<AdvancedForm*>()->set("dice_weight", 0);
    QTest::mouseClick(start, Qt::LeftButton);
    return true;
  });
  window->actions().action("train")->trigger();
  ASSERT_TRUE(waitUntil([&] { return window->noticeBar().text().contains("bce_weight"); })) << window->noticeBar().text().toStdString();
  EXPECT_TRUE(QDir(study + "/runs").entryList({"r*"}, QDir::Dirs).isEmpty());
}

/// Takes what would be opened in another program.
class Opened : public QObject {
  Q_OBJECT
 public:
  QUrl url;
 public Q_SLOTS:
  void open(const QUrl& what) { url = what; }
};

TEST_F(Runs, ReportComparePromoteAndRollBack) {
  const QString study = finished();
  expectOpens(study);
  window->findChild<QDockWidget*>("runs")->raise();
  ASSERT_TRUE(waitUntil([&] { return state().state == "finished"; }));
  EXPECT_TRUE(window->document().project()->run("r0001").has_value()) << "a run that ended while no window was open is taken in";
  press("Report");
  ReportWindow* report = nullptr;
  ASSERT_TRUE(waitUntil([&] { return (report = window->findChild<ReportWindow*>()) != nullptr && report->isVisible(); }))
      << window->noticeBar().text().toStdString();
  const QString said = report->page().toPlainText();
  for (const char* expected : {"state finished", "estimated Dice", "Plan, versions, hashes"})
    EXPECT_TRUE(said.contains(expected, Qt::CaseInsensitive)) << expected << " is not in " << said.left(2000).toStdString();
  EXPECT_FALSE(said.contains("data:image")) << "a picture became text";
  EXPECT_FALSE(said.contains("color-scheme")) << "the page's style became text";
  // Its charts and the cases' pictures with their outlines are there.
  int charts = 0, pictures = 0;
  for (QTextBlock block = report->page().document()->begin(); block.isValid(); block = block.next())
    for (auto at = block.begin(); !at.atEnd(); ++at)
      if (const QTextImageFormat image = at.fragment().charFormat().toImageFormat(); image.isValid()) {
        const QImage drawn = report->page().document()->resource(QTextDocument::ImageResource, QUrl(image.name())).value<QImage>();
        EXPECT_FALSE(drawn.isNull()) << image.name().toStdString();
        (drawn.hasAlphaChannel() ? charts : pictures) += 1;
      }
  EXPECT_GT(charts, 0);
  EXPECT_GT(pictures, 0);
  Opened opened;
  QDesktopServices::setUrlHandler("file", &opened, "open");
  QTest::mouseClick(buttonOf(*report, "Open in the browser"), Qt::LeftButton);
  QDesktopServices::unsetUrlHandler("file");
  EXPECT_TRUE(QFile(opened.url.toLocalFile()).size() > 1000) << opened.url.toString().toStdString();
  QTest::keyClick(report, Qt::Key_Escape);
  EXPECT_TRUE(waitUntil([&] { return window->findChild<ReportWindow*>() == nullptr; }));

  press("Use the model of round 2");
  ASSERT_TRUE(waitUntil([&] { return window->document().isOpen() && window->document().project()->promotedModel().has_value(); }));
  EXPECT_EQ(window->document().project()->promotedModel()->round, 2);
  // Back to an earlier one, from the table of all rounds.
  inDialog<RoundsDialog>([](RoundsDialog& dialog) {
    auto* table = dialog.findChild<QTableWidget*>();
    EXPECT_EQ(table->rowCount(), 3);
    EXPECT_TRUE(table->item(2, 1)->text().contains("in use"));
    EXPECT_TRUE(table->item(2, 7)->text().contains("±")) << table->item(2, 7)->text().toStdString();
    table->selectRow(1);
    QTest::mouseClick(buttonOf(dialog, "Use this model"), Qt::LeftButton);
    return true;
  });
  press("Compare …");
  ASSERT_TRUE(waitUntil([&] {
    const auto used = window->document().isOpen() ? window->document().project()->promotedModel() : std::nullopt;
    return used && used->round == 1;
  }));
}

}  // namespace
}  // namespace roundel::test

#include "run_test.moc"
