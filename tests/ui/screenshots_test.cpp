#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QPushButton>
#include <QTableWidget>
#include <QToolButton>
#include <QTreeWidget>

#include "project/reader_agreement.h"
#include "ui/action_table.h"
#include "ui/dialogs/apply_dialog.h"
#include "ui/dialogs/calibration_dialog.h"
#include "ui/dialogs/class_editor.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/new_study_dialog.h"
#include "ui/dialogs/report_window.h"
#include "ui/dialogs/reread_dialog.h"
#include "ui/dialogs/rounds_dialog.h"
#include "ui/dialogs/shortcuts_dialog.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/docks/review_dock.h"
#include "ui/docks/run_dock.h"
#include "ui/studio.h"
#include "ui/tool_box.h"
#include "ui/tools/prompt_tool.h"
#include "ui/tour.h"

namespace roundel::test {
namespace {

/// Kept where ROUNDEL_SCREENSHOTS names a folder (docs/screenshots.sh); looked at in any case.
void expectShows(QWidget& widget, const QString& name) {
  QTest::qWait(150);
  const QImage image = widget.grab().toImage();
  QSet<QRgb> colours;
  for (int y = 0; y < image.height(); y += 7)
    for (int x = 0; x < image.width(); x += 7) colours.insert(image.pixel(x, y));
  EXPECT_GT(colours.size(), 12) << name.toStdString();
  const QString folder = qEnvironmentVariable("ROUNDEL_SCREENSHOTS");
  if (folder.isEmpty()) return;
  EXPECT_TRUE(QDir().mkpath(folder) && image.save(folder + "/" + name + ".png"));
}

TEST_F(Studio, Screenshots) {
  openWindow();
  expectShows(*window, "start");
  NewStudyDialog dialog;
  dialog.setSource(path(""));
  dialog.show();
  expectShows(dialog, "new-study");
  dialog.close();
  expectOpens(study(true));
  for (const Theme theme : {Theme::Light, Theme::Dark}) {
    window->setTheme(theme);
    window->tools().choose("brush");
    expectShows(*window, "label-" + toString(theme));
    auto* runs = window->findChild<QDockWidget*>("runs");
    runs->raise();
    expectShows(*window, "training-" + toString(theme));
    window->findChild<QDockWidget*>("classes")->raise();
  }
  window->setTheme(Theme::Light);
  for (auto* button : window->findChildren<QToolButton*>())
    if (button->text() == "Filter") button->setChecked(true);
  window->actions().action("tour")->trigger();
  expectShows(*window, "tour");
  window->tour().end();
  window->tools().choose("prompt");
  ASSERT_TRUE(waitUntil([&] { return window->prompt().ready(); }, 60000));
  const PixelBox box = window->document().session()->annotation().classes[0].mask.bounds();
  drag(at(static_cast<double>(box.x0 - 2), static_cast<double>(box.y0 - 2)),
       at(static_cast<double>(box.x1 + 1), static_cast<double>(box.y1 + 1)));
  ASSERT_TRUE(waitUntil([&] { return window->prompt().hasAnswer(); }, 60000));
  expectShows(*window, "prompt");
  // A small screen: everything still fits.
  window->resize(1366, 700);
  EXPECT_LE(window->minimumSizeHint().width(), 1366);
  EXPECT_LE(window->minimumSizeHint().height(), 700);
}

TEST_F(Studio, AVolumeIsShownInThreeCutsAndFromOutside) {
  expectEngineRuns(
      {"phantom", "volume", path("phantoms"), "--cases", "1", "--width", "80", "--height", "72", "--depth", "48", "--seed", "2"});
  expectEngineRuns({"project", "new", path("volumes")});
  expectEngineRuns({"import", path("volumes"), path("phantoms/images"), "--labels", path("phantoms/labels"), "--format", "masks"});
  expectOpens(path("volumes"));
  ASSERT_TRUE(window->document().session()->annotation().anyAnnotated());
  VolumeView& outside = window->area().outside();
  ASSERT_TRUE(waitUntil([&] { return !outside.image().isNull(); }));
  const QImage front = outside.image();
  // Labels are seen in their colours: something there is no grey.
  const auto coloured = [](const QImage& image) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
      for (int x = 0; x < image.width(); ++x) count += QColor(image.pixel(x, y)).saturation() > 60 ? 1 : 0;
    return count;
  };
  EXPECT_GT(coloured(front), 200);
  QTest::qWait(300);  // the fine picture
  expectShows(*window, "volume");
  int drawn = 0;
  QObject::connect(&outside, &VolumeView::drawn, window.get(), [&drawn] { ++drawn; });
  QTest::mousePress(&outside, Qt::LeftButton, {}, QPoint(60, 60));
  QMouseEvent move(QEvent::MouseMove, QPointF(120, 60), outside.mapToGlobal(QPointF(120, 60)), Qt::NoButton, Qt::LeftButton,
                   Qt::NoModifier);
  QApplication::sendEvent(&outside, &move);
  QTest::mouseRelease(&outside, Qt::LeftButton, {}, QPoint(120, 60));
  EXPECT_NE(outside.look().yaw, 0);
  ASSERT_TRUE(waitUntil([&] { return drawn >= 2; }));
  EXPECT_NE(outside.image(), front);
  // Prompting on a slice: the answer lies in it alone.
  SliceView& axial = *window->area().views()[0];
  const Mask truth = window->document().session()->annotation().classes[0].mask;
  const std::int64_t slice = (truth.bounds().z0 + truth.bounds().z1) / 2;
  axial.setSlice(slice);
  std::vector<Mask::Run> runs;
  const std::int64_t plane = truth.size().x * truth.size().y;
  for (const Mask::Run& run : truth.runs())
    if (run.start / plane == slice) runs.push_back(run);
  const PixelBox box = Mask(truth.size(), runs).bounds();
  window->document().commit(stateEdit(window->document().session()->annotation(), 0, ClassState::NotAnnotated));
  window->tools().choose("prompt");
  const auto place = [&](std::int64_t x, std::int64_t y) {
    return axial.screenAt({static_cast<double>(x), static_cast<double>(y), static_cast<double>(slice)}).toPoint();
  };
  QTest::mousePress(&axial, Qt::LeftButton, {}, place(box.x0 - 1, box.y0 - 1));
  for (int step = 1; step <= 3; ++step) {
    const QPoint at = place(box.x0 - 1, box.y0 - 1) + (place(box.x1, box.y1) - place(box.x0 - 1, box.y0 - 1)) * step / 3;
    QMouseEvent on(QEvent::MouseMove, at, axial.mapToGlobal(at), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&axial, &on);
  }
  QTest::mouseRelease(&axial, Qt::LeftButton, {}, place(box.x1, box.y1));
  ASSERT_TRUE(waitUntil([&] { return window->prompt().hasAnswer(); }, 60000));
  expectShows(*window, "volume-prompt");
  QTest::keyClick(&axial, Qt::Key_Return);
  const Mask answer = window->document().session()->annotation().classes[0].mask;
  ASSERT_FALSE(answer.empty());
  EXPECT_EQ(answer.bounds().z0, slice);
  EXPECT_EQ(answer.bounds().z1, slice + 1);
  const Mask wanted(truth.size(), runs);
  EXPECT_GT(2.0 * static_cast<double>(overlapArea(answer, wanted)) / static_cast<double>(answer.area() + wanted.area()), 0.5);
}

TEST_F(Studio, ScreenshotsOfTrainingAndReview) {
  expectOpens(finished());
  auto* runs = window->findChild<QDockWidget*>("runs");
  runs->raise();
  expectShows(*window, "run");
  window->findChild<QDockWidget*>("review")->raise();
  ASSERT_TRUE(waitUntil([&] { return window->review().calibration().is_object(); }));
  window->review().show(0);
  window->review().findChild<QCheckBox*>()->setChecked(true);
  auto* list = window->review().findChild<QTreeWidget*>();
  list->expandItem(list->topLevelItem(0));
  ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr; }));
  expectShows(*window, "review");
  CalibrationDialog calibration(window->review().calibration());
  calibration.show();
  expectShows(calibration, "calibration");
  RoundsDialog rounds(window->document(), {"r0001"});
  rounds.show();
  rounds.findChild<QTableWidget*>()->selectRow(1);
  expectShows(rounds, "rounds");
  TrainDialog train(window->document());
  train.show();
  ASSERT_TRUE(waitUntil([&] { return train.forecast().is_object(); }, 60000));
  expectShows(train, "train");
  train.findChild<QToolButton*>()->click();
  expectShows(train, "train-advanced");
  ExportDialog out(window->document());
  out.show();
  auto* format = out.findChildren<QComboBox*>().last();
  ASSERT_TRUE(waitUntil([&] { return format->count() > 0; }));
  expectShows(out, "export");
  ApplyDialog apply(window->document());
  apply.show();
  expectShows(apply, "apply");
  RereadDialog reread(window->document());
  reread.show();
  expectShows(reread, "reread");
  const QString page = path("report");
  expectEngineRuns({"report", window->document().folder(), "--run", "r0001", "--out", page});
  auto* report = new ReportWindow("r0001", page + "/report.html");
  report->show();
  expectShows(*report, "report");
  report->close();
  ShortcutsDialog keys(window->actions());
  keys.show();
  expectShows(keys, "shortcuts");
  ClassEditor classes(window->document().classes());
  classes.show();
  expectShows(classes, "classes");
  reread.close();
  // Blind: nothing of the labels is seen.
  window->document().beginRereading({.session = "pictures", .reader = {}, .cases = drawForReading(*window->document().project(), 3, 1)});
  ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr; }));
  expectShows(*window, "reading");
  window->document().endRereading();
  // All of them fit a small screen.
  for (const QWidget* dialog : std::initializer_list<QWidget*>{&calibration, &rounds, &train, &out, &apply, &reread, &keys, &classes}) {
    EXPECT_LE(dialog->width(), 1366);
    EXPECT_LE(dialog->height(), 740);
  }
}

}  // namespace
}  // namespace roundel::test
