#pragma once
#include <gtest/gtest.h>

#include <QElapsedTimer>
#include <QTemporaryDir>
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

/// A window of its own with a study of dental phantoms (three classes, 256 x 128) that is made once for the program and copied for each
/// test.
class Studio : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  QString path(const QString& name) const { return m_folder.path() + QLatin1Char('/') + name; }
  /// A copy of the study without labels ("bare") or with them.
  QString study(bool labelled);
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
