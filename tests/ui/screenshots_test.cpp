#include <QDir>
#include <QDockWidget>
#include <QPushButton>

#include "ui/dialogs/new_study_dialog.h"
#include "ui/docks/run_dock.h"
#include "ui/studio.h"
#include "ui/tool_box.h"

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
  // A small screen: everything still fits.
  window->resize(1366, 700);
  EXPECT_LE(window->minimumSizeHint().width(), 1366);
  EXPECT_LE(window->minimumSizeHint().height(), 700);
}

}  // namespace
}  // namespace roundel::test
