#include <gtest/gtest.h>
#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkNew.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>

#include <QDockWidget>
#include <QHBoxLayout>
#include <QMainWindow>
#include <QOpenGLContext>
#include <QProcess>
#include <QSignalSpy>

#include "ui/studio.h"
#include "ui/volumes.h"
#include "viewer/vtk_widget.h"

namespace roundel::test {
namespace {

/// A triangle in the right half of the view, upright, in one colour and without light.
struct Triangle {
  explicit Triangle(const QColor& colour) {
    const vtkNew<vtkPoints> points;
    points->InsertNextPoint(0.2, -0.6, 0);
    points->InsertNextPoint(0.8, -0.6, 0);
    points->InsertNextPoint(0.8, 0.6, 0);
    const vtkNew<vtkCellArray> cells;
    cells->InsertNextCell({0, 1, 2});
    const vtkNew<vtkPolyData> data;
    data->SetPoints(points);
    data->SetPolys(cells);
    const vtkNew<vtkPolyDataMapper> mapper;
    mapper->SetInputData(data);
    actor->SetMapper(mapper);
    actor->GetProperty()->LightingOff();
    actor->GetProperty()->SetColor(colour.redF(), colour.greenF(), colour.blueF());
    renderer->AddActor(actor);
    renderer->SetBackground(0, 0, 1);
    renderer->GetActiveCamera()->ParallelProjectionOn();
    renderer->GetActiveCamera()->SetParallelScale(1);
    renderer->GetActiveCamera()->SetPosition(0, 0, 2);
    renderer->GetActiveCamera()->SetFocalPoint(0, 0, 0);
  }
  vtkNew<vtkActor> actor;
  vtkNew<vtkRenderer> renderer;
};

QColor colourAt(const QImage& image, double x, double y) {
  return image.pixelColor(static_cast<int>(x * image.width()), static_cast<int>(y * image.height()));
}

void expectIs(const QColor& seen, const QColor& meant) {
  EXPECT_NEAR(seen.red(), meant.red(), 3);
  EXPECT_NEAR(seen.green(), meant.green(), 3);
  EXPECT_NEAR(seen.blue(), meant.blue(), 3);
}

/// Right and below is the triangle, left is the background, right and above, too: nothing is mirrored.
void expectTriangle(const QImage& image, const QColor& colour) {
  expectIs(colourAt(image, 0.85, 0.7), colour);
  expectIs(colourAt(image, 0.15, 0.7), Qt::blue);
  expectIs(colourAt(image, 0.65, 0.25), Qt::blue);
}

/// The widget as its window shows it, composed with everything else.
QImage seenInWindow(VtkWidget& widget) {
  QWidget* window = widget.window();
  return window->grab({widget.mapTo(window, QPoint(0, 0)), widget.size()}).toImage();
}

TEST(VtkWidget, HasOpenGlUnderXvfb) { EXPECT_EQ(VtkWidget::whyNot().toStdString(), ""); }

TEST(VtkWidget, ManyWishesInOneTurnAreOnePicture) {
  Triangle triangle(Qt::green);
  // In a window whose size stays: sizes of windows come back from the X server, in turns of their own.
  QWidget window;
  VtkWidget widget(&window);
  widget.add(triangle.renderer);
  window.resize(300, 300);
  widget.resize(200, 200);
  window.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&window));
  ASSERT_TRUE(waitUntil([&] { return widget.renders() > 0; }));
  std::int64_t before = 0;
  ASSERT_TRUE(waitUntil([&] {  // and is quiet
    before = widget.renders();
    QTest::qWait(200);
    return widget.renders() == before;
  }));
  for (int i = 0; i < 20; ++i) widget.requestRender();
  for (int side = 201; side < 220; ++side) widget.resize(side, side);  // Qt paints in each of these
  EXPECT_EQ(widget.renders(), before);
  QTest::qWait(100);
  EXPECT_EQ(widget.renders(), before + 1);
  // A paint that nobody asked VTK for is a copy of what there is.
  widget.update();
  QTest::qWait(50);
  EXPECT_EQ(widget.renders(), before + 1);
  expectTriangle(widget.grabFramebuffer(), Qt::green);
  EXPECT_EQ(widget.grabFramebuffer().size(), (QSizeF(219, 219) * widget.devicePixelRatioF()).toSize());
}

TEST(VtkWidget, TwoAtOnceShowEachTheirOwn) {
  Triangle green(Qt::green), red(Qt::red);
  QWidget window;
  QHBoxLayout layout(&window);
  auto* first = new VtkWidget(&window);
  auto* second = new VtkWidget(&window);
  layout.addWidget(first);
  layout.addWidget(second);
  first->add(green.renderer);
  second->add(red.renderer);
  window.resize(500, 240);
  window.show();
  ASSERT_TRUE(waitUntil([&] { return first->renders() > 0 && second->renders() > 0; }));
  for (int round = 0; round < 3; ++round) {
    first->requestRender(), second->requestRender();
    QTest::qWait(30);
  }
  expectTriangle(first->grabFramebuffer(), Qt::green);
  expectTriangle(second->grabFramebuffer(), Qt::red);
  expectTriangle(seenInWindow(*first), Qt::green);
  expectTriangle(seenInWindow(*second), Qt::red);
}

TEST(VtkWidget, DockedAndUndockedItShowsTheSame) {
  Triangle triangle(QColor(200, 120, 30));
  QMainWindow window;
  window.setCentralWidget(new QWidget);
  auto* dock = new QDockWidget;
  auto* widget = new VtkWidget;
  widget->setFixedSize(180, 160);
  widget->add(triangle.renderer);
  dock->setWidget(widget);
  window.addDockWidget(Qt::RightDockWidgetArea, dock);
  window.resize(500, 300);
  window.show();
  ASSERT_TRUE(waitUntil([&] { return widget->renders() > 0; }));
  const QImage docked = widget->grabFramebuffer();
  expectTriangle(docked, QColor(200, 120, 30));
  QSet<QOpenGLContext*> contexts{widget->context()};
  int lost = 0;
  for (const bool floating : {true, false, true, false}) {
    QObject::connect(widget->context(), &QOpenGLContext::aboutToBeDestroyed, &window, [&lost] { ++lost; });
    const std::int64_t before = widget->renders();
    dock->setFloating(floating);
    ASSERT_TRUE(waitUntil([&] { return widget->renders() > before; })) << floating;
    EXPECT_LT(differing(widget->grabFramebuffer(), docked), 0.2) << floating;
    EXPECT_LT(differing(seenInWindow(*widget), docked), 0.2) << floating;
  }
  EXPECT_EQ(lost, 4);  // else this tested nothing
  // What changes afterwards is seen.
  triangle.actor->GetProperty()->SetColor(1, 0, 0);
  widget->requestRender();
  QTest::qWait(50);
  expectTriangle(widget->grabFramebuffer(), Qt::red);
}

TEST(VtkWidget, GoesWithItsWindowWhileRenderersLiveOn) {
  Triangle triangle(Qt::green);
  for (int round = 0; round < 3; ++round) {
    auto widget = std::make_unique<VtkWidget>();
    widget->add(triangle.renderer);
    widget->resize(100, 100);
    widget->show();
    ASSERT_TRUE(waitUntil([&] { return widget->renders() > 0; }));
    expectTriangle(widget->grabFramebuffer(), Qt::green);
  }
}

}  // namespace
}  // namespace roundel::test
