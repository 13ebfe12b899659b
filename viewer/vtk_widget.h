#pragma once
#include <QOpenGLWidget>
#include <QString>
#include <cstdint>
#include <memory>

class vtkRenderer;

namespace roundel {

/// A view of VTK in a window of Qt 6 (Debian's own is built for Qt 5). VTK draws into a framebuffer of its own, which is laid into that of
/// the widget; so a paint that nobody asked VTK for (a window uncovered, a widget resized) costs a copy.
///
/// Any number may be open at once. Docked or undocked, a widget gets another OpenGL context: what VTK has on the graphics card is given
/// back before the old one goes, and is made anew in the next. Pixels are those of the screen, whatever its scale.
class VtkWidget : public QOpenGLWidget {
  Q_OBJECT

 public:
  /// Makes the OpenGL that VTK wants the default of all windows. Call it once, before the QApplication.
  static void setDefaultFormat();
  /// Why VTK cannot draw on this screen, as a sentence; empty where it can. Tried once, at the first call.
  static QString whyNot();
  /// OpenGL is there, but the processor draws (llvmpipe and its like): what takes a graphics card 1 ms takes it 50.
  static bool isDrawnByProcessor();

  explicit VtkWidget(QWidget* parent = nullptr);
  ~VtkWidget() override;

  /// Kept until the widget goes.
  void add(vtkRenderer* renderer);
  /// A picture is wanted. However often it is called in a turn of the event loop, one is rendered.
  void requestRender();
  /// Pictures that VTK has rendered.
  std::int64_t renders() const { return m_renders; }
  /// Of the last one, from the first call to the last pixel.
  double lastRenderMs() const { return m_lastRenderMs; }
  /// Size of the view in pixels of the screen.
  QSize pixels() const;

 Q_SIGNALS:
  void aboutToRender();  ///< the size is known and the context current: cameras can be set
  void rendered();
  void emptied();  ///< another context or another size: what was drawn is gone, and all of it is rendered anew

 protected:
  void initializeGL() override;
  void paintGL() override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  struct Bridge;
  void release();
  void renderNow();
  void layIn();

  std::unique_ptr<Bridge> m_bridge;
  bool m_wanted = false;
  bool m_resizing = false;
  bool m_hasPicture = false;
  std::int64_t m_renders = 0;
  double m_lastRenderMs = 0;
};

}  // namespace roundel
