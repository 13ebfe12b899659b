#pragma once
#include <QElapsedTimer>
#include <QImage>
#include <QWidget>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "viewer/compositor.h"
#include "viewer/label_layer.h"
#include "viewer/picture.h"
#include "viewer/plane.h"
#include "viewer/view_tool.h"

namespace roundel {

/// What the buttons do where no tool takes them.
enum class MouseScheme {
  Pacs,    ///< left window and level, middle pan, right zoom, wheel slice or case
  Slicer,  ///< left window and level, middle pan, right zoom, Ctrl + wheel zoom
  ItkSnap  ///< left crosshair, middle pan, right zoom
};

/// One picture or one cut through a volume, with its labels.
///
/// Drawn by the processor at the resolution of the screen: what a picture costs does not depend on its size, the pixel pipeline is the
/// engine's own, and it is as fast over a remote connection as without a graphics card. Only what changed is drawn; changes within one turn
/// of the event loop are drawn once.
class SliceView : public QWidget {
  Q_OBJECT

 public:
  explicit SliceView(QWidget* parent = nullptr);
  ~SliceView() override;

  /// Null: nothing, with `placeholder` in the middle. Fits the picture to the view where `keepView` is false.
  void setPicture(PicturePointer picture, PlaneKind kind, bool keepView = false);
  const PicturePointer& picture() const { return m_picture; }
  void setPlaceholder(const QString& text);
  /// How values become grey on the screen; never changes data.
  void setDisplay(const PixelPipelineSettings& settings);
  const PixelPipelineSettings& display() const { return m_display; }
  void setSlice(std::int64_t slice);
  std::int64_t slice() const { return m_slice; }
  const Plane& plane() const { return m_plane; }

  void setLabels(LabelSource source);
  /// Everything about the labels changed.
  void updateLabels();
  /// Pixels of this box changed.
  void updateLabels(const PixelBox& box);

  void setOrientation(const Orientation& orientation);
  const Orientation& orientation() const { return m_orientation; }
  void fit();
  void setZoom(double devicePixels, const QPointF& at);  ///< device pixels a pixel; `at` stays where it is
  double zoom() const { return m_zoom; }
  /// Zoom and middle, to be put back with restoreView() after a reload.
  void oneToOne();
  void centreOn(const std::array<double, 3>& index);

  void setScheme(MouseScheme scheme) { m_scheme = scheme; }
  void setTool(ViewTool* tool);  ///< not owned; null: none
  ViewTool* tool() const { return m_tool; }
  /// Marks over the picture that can be taken hold of, whatever tool is in hand: they are asked first. Not owned; null: none.
  void setMarks(ViewTool* marks);
  /// The crosshair's place; nothing: none is drawn.
  void setCrosshair(std::optional<std::array<double, 3>> index);
  void setToolCursor(const QCursor& cursor);

  std::array<double, 3> indexAt(const QPointF& screen) const;
  QPointF screenAt(const std::array<double, 3>& index) const;
  /// Logical pixels of the screen a millimetre along u; 0 where the spacing is not known.
  double screenPerMm() const;
  /// Logical pixels of the screen a pixel of the picture.
  double screenPerPixel() const;

  /// What took how long: for benches. Milliseconds of the last drawing.
  double lastPaintMs() const { return m_lastPaintMs; }

 Q_SIGNALS:
  /// A drag of the mouse changed the window.
  void displayChanged();
  void sliceChanged(std::int64_t slice);
  /// The mouse is over this pixel; nothing: it left the picture.
  void probed(const std::optional<std::array<std::int64_t, 3>>& index);
  /// Wheel over a picture that has no slices: +1 next case, -1 the one before.
  void caseWheel(int step);
  /// Shift and wheel while a tool is in hand: it becomes larger (> 0) or smaller.
  void toolWheel(int steps);
  void crosshairMoved(const std::array<double, 3>& index);
  void zoomChanged();
  /// A double click that no tool made use of.
  void doubleClicked();
  /// Shown for the first time since setPicture().
  void painted();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  QSize minimumSizeHint() const override { return {160, 120}; }
  QSize sizeHint() const override { return {800, 600}; }

 private:
  enum class Drag { None, Tool, Window, Pan, Zoom, Crosshair };

  QTransform transform() const;  ///< plane to device pixels
  void redraw();                 ///< all of it, at the next turn
  int levelFor(double zoom) const;
  void compose(const QRect& device);
  void drawMarks(QPainter& painter);
  void drawScaleBar(QPainter& painter);
  bool sendToTool(PointerPhase phase, QMouseEvent* event);
  Drag dragFor(const QMouseEvent& event) const;
  void dragWindow(const QPointF& delta);
  void probe(const QPointF& screen);
  void stepSlice(int step);

  PicturePointer m_picture;
  Plane m_plane;
  std::int64_t m_slice = 0;
  PixelPipelineSettings m_display;
  std::vector<std::uint8_t> m_grey;
  Orientation m_orientation;
  double m_zoom = 1;
  std::array<double, 2> m_centre{0, 0};
  bool m_fitted = true;
  QString m_placeholder;

  LabelSource m_labels;
  LabelLayer m_layer;
  QImage m_frame;
  QRegion m_staleFrame;

  MouseScheme m_scheme = MouseScheme::Pacs;
  ViewTool *m_tool = nullptr, *m_marks = nullptr;
  ViewTool* m_held = nullptr;  ///< which of both has the drag
  std::optional<std::array<double, 3>> m_crosshair;
  Drag m_drag = Drag::None;
  Qt::MouseButton m_dragButton = Qt::NoButton;
  QPointF m_last, m_pressed;
  int m_wheel = 0;
  bool m_paintedOnce = false;
  double m_lastPaintMs = 0;
};

}  // namespace roundel
