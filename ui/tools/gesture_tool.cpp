#include "ui/tools/gesture_tool.h"

#include <QKeyEvent>
#include <QPainter>
#include <cmath>

#include "ui/tools/brush_tool.h"
#include "viewer/slice_view.h"

namespace roundel {

bool GestureTool::pointer(const PointerEvent& event) {
  const bool plainLeft = event.button == Qt::LeftButton && (event.modifiers & Qt::ShiftModifier) == 0;
  if (event.phase == PointerPhase::Leave || m_gesture == EditGesture::Press) return false;
  m_hover = editPoint(event.index);
  if (event.view != m_view) clear();
  m_view = event.view;
  switch (event.phase) {
    case PointerPhase::Press:
      if (!plainLeft) return false;
      m_dragging = true, m_dragged = false;
      if (m_gesture != EditGesture::Outline) m_points.clear();
      m_points.push_back(m_hover);
      break;
    case PointerPhase::Move: {
      if (!m_dragging) return false;
      if (m_gesture == EditGesture::Click) return true;
      const EditPoint& last = m_points.back();
      const double far = std::hypot(m_hover.x - last.x, m_hover.y - last.y, m_hover.z - last.z) * event.view->screenPerPixel();
      if (far >= (m_dragged ? 2.0 : 6.0)) m_points.push_back(m_hover), m_dragged = true;
      break;
    }
    case PointerPhase::Release:
      if (!m_dragging) return false;
      m_dragging = false;
      if (m_gesture != EditGesture::Outline || (m_dragged && m_points.size() > 8)) finish();
      break;
    case PointerPhase::DoubleClick:
      if (!plainLeft || m_gesture != EditGesture::Outline) return false;
      finish();
      break;
    default: break;
  }
  event.view->update();
  return event.phase != PointerPhase::Hover;
}

void GestureTool::finish() {
  const std::vector<EditPoint> points = std::move(m_points);
  clear();
  const std::size_t least = m_gesture == EditGesture::Outline ? 3 : 1;
  if (points.size() >= least && m_view != nullptr) m_ready(points, *m_view);
}

bool GestureTool::complete() {
  if (m_points.empty()) return false;
  finish();
  return true;
}

void GestureTool::clear() {
  m_points.clear();
  m_dragging = m_dragged = false;
  if (m_view != nullptr) m_view->update();
}

bool GestureTool::key(const QKeyEvent& event) {
  if (m_points.empty()) return false;
  if (event.key() == Qt::Key_Return || event.key() == Qt::Key_Enter) finish();
  else if (event.key() == Qt::Key_Escape) clear();
  else if (event.key() == Qt::Key_Backspace) m_points.pop_back();
  else return false;
  if (m_view != nullptr) m_view->update();
  return true;
}

void GestureTool::paint(QPainter& painter, const SliceView& view) {
  if (m_view != &view || m_points.empty()) return;
  QPolygonF line;
  for (const EditPoint& point : m_points) line << view.screenAt({point.x, point.y, point.z});
  if (!m_dragging || !m_dragged) line << view.screenAt({m_hover.x, m_hover.y, m_hover.z});
  paintLine(painter, line);
}

void GestureTool::paintLine(QPainter& painter, const QPolygonF& line) const {
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setBrush(Qt::NoBrush);
  for (const auto& [colour, width] : {std::pair{QColor(0, 0, 0, 180), 3.5}, std::pair{QColor(255, 255, 255, 235), 1.5}}) {
    painter.setPen(QPen(colour, width));
    painter.drawPolyline(line);
  }
  if (m_gesture == EditGesture::Outline && line.size() > 2) {
    painter.setPen(QPen(QColor(255, 255, 255, 140), 1, Qt::DashLine));
    painter.drawLine(line.last(), line.first());
  }
}

}  // namespace roundel
