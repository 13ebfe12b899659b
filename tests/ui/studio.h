#pragma once
#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTimer>
#include <QtTest/QTest>
#include <functional>
#include <memory>

#include "ui/document.h"
#include "ui/main_window.h"
#include "ui/view_area.h"

namespace roundel::test {

/// Turns the event loop until it is so, at most so long.
bool waitUntil(const std::function<bool()>& so, int milliseconds = 20000);
/// Runs `roundel ARGUMENTS`; fails the test where it does not go well.
void expectEngineRuns(const QStringList& arguments);

/// Settings that make a training tiny, as `--set` takes them.
QStringList tinySettings(int steps);
/// Does something with the next dialog of that kind as soon as it is shown, again and again until it answers that it is done.
template <class Dialog>
void inDialog(const std::function<bool(Dialog&)>& act) {
  auto* timer = new QTimer(qApp);
  QObject::connect(timer, &QTimer::timeout, timer, [timer, act] {
    auto* dialog = qobject_cast<Dialog*>(QApplication::activeModalWidget());
    if (dialog != nullptr && act(*dialog)) timer->deleteLater();
  });
  timer->start(20);
}
/// The visible button of that text below the widget; null: there is none.
QAbstractButton* buttonOf(QWidget& widget, const QString& text);

/// A window of its own with a study of dental phantoms (three classes, 256 x 128) that is made once for the program and copied for each
/// test.
class Studio : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  QString path(const QString& name) const { return m_folder.path() + QLatin1Char('/') + name; }
  /// A copy of the study without labels ("bare") or with them.
  QString study(bool labelled);
  /// A study of ten small phantoms (64 x 32, three classes), six of them labelled, without a split: ready to be trained on in seconds.
  QString trainable();
  /// The same with a finished run r0001 of two rounds, refined by the random walker. Made once for the program and copied.
  QString finished();
  void openWindow();
  void expectOpens(const QString& folder);
  SliceView& view() { return *window->area().active(); }
  /// Where a pixel is on the view.
  QPoint at(double x, double y) { return view().screenAt({x, y, 0}).toPoint(); }
  void drag(QPoint from, QPoint to, Qt::MouseButton button = Qt::LeftButton, Qt::KeyboardModifiers modifiers = {});
  /// Sets a field of the form of the tool in hand.
  void expectBrushIs(const std::string& name, const Json& value);
  std::int64_t area(int classIndex) {
    return window->document().session()->annotation().classes[static_cast<std::size_t>(classIndex)].mask.area();
  }

  QTemporaryDir m_folder;
  std::unique_ptr<MainWindow> window;
};

}  // namespace roundel::test
