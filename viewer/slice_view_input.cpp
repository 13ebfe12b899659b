#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "viewer/slice_view.h"

// What mouse and keys do: first the tool is asked, then the scheme says (FIELD: window and level, pan, zoom, slices).
namespace roundel {

SliceView::Drag SliceView::dragFor(const QMouseEvent& event) const {
  if (event.button() == Qt::MiddleButton) return Drag::Pan;
  // Window and level stay within reach while a brush has the left button.
  if (event.button() == Qt::RightButton) return (event.modifiers() & Qt::ControlModifier) != 0 ? Drag::Window : Drag::Zoom;
  if (event.button() != Qt::LeftButton) return Drag::None;
  if ((event.modifiers() & Qt::ShiftModifier) != 0) return Drag::Pan;
  return m_scheme == MouseScheme::ItkSnap && m_plane.slices > 1 ? Drag::Crosshair : Drag::Window;
}

bool SliceView::sendToTool(PointerPhase phase, QMouseEvent* event) {
  if (!m_picture) return false;
  const bool holds = phase == PointerPhase::Move || phase == PointerPhase::Release;
  for (ViewTool* one : {m_marks, m_tool}) {
    if (one == nullptr || (holds && one != m_held)) continue;
    const bool used = one->pointer({.phase = phase,
                                    .button = event->button(),
                                    .buttons = event->buttons(),
                                    .modifiers = event->modifiers(),
                                    .index = indexAt(event->position()),
                                    .screen = event->position(),
                                    .view = this});
    if (!holds && used) m_held = one;
    if (used) return true;
  }
  return false;
}

void SliceView::mousePressEvent(QMouseEvent* event) {
  if (!m_picture || m_drag != Drag::None) return;
  m_last = m_pressed = event->position();
  m_dragButton = event->button();
  if (sendToTool(PointerPhase::Press, event)) {
    m_drag = Drag::Tool;
    return;
  }
  m_drag = dragFor(*event);
  if (m_drag == Drag::Crosshair) Q_EMIT crosshairMoved(indexAt(event->position()));
}

void SliceView::mouseMoveEvent(QMouseEvent* event) {
  if (!m_picture) return;
  const QPointF delta = event->position() - m_last;
  m_last = event->position();
  probe(event->position());
  switch (m_drag) {
    case Drag::None:
      sendToTool(PointerPhase::Hover, event);
      if ((event->modifiers() & Qt::ShiftModifier) != 0 && m_plane.slices > 1) Q_EMIT crosshairMoved(indexAt(event->position()));
      break;
    case Drag::Tool: sendToTool(PointerPhase::Move, event); break;
    case Drag::Window: dragWindow(delta); break;
    case Drag::Crosshair: Q_EMIT crosshairMoved(indexAt(event->position())); break;
    case Drag::Zoom: setZoom(m_zoom * std::exp(-delta.y() / 150), m_pressed); break;
    case Drag::Pan: {
      const QTransform back = transform().inverted();
      const QPointF moved = back.map(delta * devicePixelRatioF()) - back.map(QPointF(0, 0));
      m_centre[0] -= moved.x(), m_centre[1] -= moved.y();
      m_fitted = false;
      redraw();
      break;
    }
  }
}

void SliceView::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != m_dragButton) return;
  const Drag drag = m_drag;
  m_drag = Drag::None;
  m_dragButton = Qt::NoButton;
  if (drag == Drag::Tool) sendToTool(PointerPhase::Release, event);
}

void SliceView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (!m_picture || m_drag != Drag::None) return;
  if (sendToTool(PointerPhase::DoubleClick, event)) {
    m_drag = Drag::Tool;  // the second press of the mouse: its release is the tool's, too
    m_dragButton = event->button();
    return;
  }
  if (event->button() == Qt::LeftButton) Q_EMIT doubleClicked();
}

void SliceView::dragWindow(const QPointF& delta) {
  VoiWindow window = m_picture->windowOf(m_display);
  // A drag across the whole view changes the window about fourfold, whatever the values' range is.
  const double scale = std::max(1.0, std::max(window.width, 1e-6)) / 400.0;
  window.width = std::max(window.width * std::exp(delta.x() / 250.0), 1e-4);
  window.center -= delta.y() * scale * (m_display.polarity == PolarityChoice::Invert ? -1 : 1) * -1;
  window.explanation.clear();
  PixelPipelineSettings changed = m_display;
  changed.voi = VoiChoice::Custom;
  changed.window = window;
  setDisplay(changed);
  Q_EMIT displayChanged();
}

void SliceView::probe(const QPointF& screen) {
  const auto index = indexAt(screen);
  const std::array<std::int64_t, 3> pixel{std::lround(index[0]), std::lround(index[1]), std::lround(index[2])};
  const Size size = m_picture->size();
  const bool inside = pixel[0] >= 0 && pixel[1] >= 0 && pixel[2] >= 0 && pixel[0] < size.x && pixel[1] < size.y && pixel[2] < size.z;
  Q_EMIT probed(inside ? std::optional(pixel) : std::nullopt);
}

void SliceView::stepSlice(int step) {
  if (m_plane.slices > 1) setSlice(m_slice + step);
  else Q_EMIT caseWheel(step);
}

void SliceView::wheelEvent(QWheelEvent* event) {
  event->accept();
  const int delta = event->angleDelta().y() != 0 ? event->angleDelta().y() : event->angleDelta().x();
  if (!m_picture || delta == 0) return;
  if ((event->modifiers() & Qt::ControlModifier) != 0) {
    setZoom(m_zoom * std::exp(delta / 480.0), event->position());
    return;
  }
  m_wheel += delta;  // touch pads send small pieces
  const int steps = m_wheel / 120;
  m_wheel -= 120 * steps;
  if (steps == 0) return;
  if (m_tool != nullptr && (event->modifiers() & Qt::ShiftModifier) != 0) Q_EMIT toolWheel(steps);
  else stepSlice(-steps);
}

void SliceView::leaveEvent(QEvent*) {
  Q_EMIT probed(std::nullopt);
  if (m_tool != nullptr && m_drag == Drag::None) m_tool->pointer({.phase = PointerPhase::Leave, .view = this});
}

void SliceView::keyPressEvent(QKeyEvent* event) {
  if (m_tool != nullptr && m_tool->key(*event)) return;
  if (event->key() == Qt::Key_PageUp) stepSlice(-1);
  else if (event->key() == Qt::Key_PageDown) stepSlice(1);
  else QWidget::keyPressEvent(event);
}

void SliceView::resizeEvent(QResizeEvent*) {
  if (m_fitted) fit();
  redraw();
}

}  // namespace roundel
