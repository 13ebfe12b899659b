#include "ui/tools/brush_tool.h"

#include <QPainter>
#include <cmath>

#include "edit/brush_params.h"
#include "ui/document.h"
#include "viewer/slice_view.h"

namespace roundel {

std::optional<SlicePlane> slicePlaneOf(const SliceView& view) { return SlicePlane{static_cast<SliceAxis>(view.plane().n), view.slice()}; }

EditPoint editPoint(const std::array<double, 3>& index) { return {index[0], index[1], index[2]}; }

void BrushTool::setParams(const Params& params) {
  m_params = params;
  m_brush = brushOf(params);
}

bool BrushTool::pointer(const PointerEvent& event) {
  const auto repaint = [&] { event.view->update(); };
  m_over = event.phase == PointerPhase::Leave ? nullptr : event.view;
  m_at = event.screen;
  switch (event.phase) {
    case PointerPhase::Hover:
    case PointerPhase::Leave: repaint(); return false;
    case PointerPhase::DoubleClick:
    case PointerPhase::Press: {
      const bool control = (event.modifiers & Qt::ControlModifier) != 0;
      const bool right = event.button == Qt::RightButton;
      if ((event.button != Qt::LeftButton && !right) || (right && control) || (event.modifiers & Qt::ShiftModifier) != 0) return false;
      if (m_document.session() == nullptr || !m_document.canEdit() || (m_document.classes().empty() && m_document.currentClass() >= 0))
        return false;
      const bool opposite = right || control;
      Stroke stroke{.classIndex = m_document.currentClass(),
                    .mode = (m_mode == PaintMode::Add) != opposite ? PaintMode::Add : PaintMode::Remove,
                    .brush = m_brush,
                    .slice = slicePlaneOf(*event.view),
                    .policy = m_document.policy()};
      if (m_params.value("extent", std::string()) == "volume") stroke.slice = std::nullopt;
      if (m_params.value("gate", std::string("off")) != "off" && m_document.image() != nullptr) {
        EditRequest request = m_document.session()->request(stroke.classIndex);
        request.image = m_document.image();
        request.slice = stroke.slice;
        request.points = {editPoint(event.index)};
        stroke.gate = gateOf(m_params, request);
      }
      m_document.beginStroke(stroke);
      m_document.strokeTo(editPoint(event.index));
      m_painting = true;
      return true;
    }
    case PointerPhase::Move:
      if (!m_painting) return false;
      m_document.strokeTo(editPoint(event.index));
      repaint();
      return true;
    case PointerPhase::Release:
      if (!m_painting) return false;
      m_painting = false;
      m_document.endStroke();
      return true;
  }
  return false;
}

void BrushTool::paint(QPainter& painter, const SliceView& view) {
  if (m_over != &view || !view.picture()) return;
  const auto& geometry = view.picture()->geometry();
  const double u = geometry.spacingMm[static_cast<std::size_t>(view.plane().u)],
               v = geometry.spacingMm[static_cast<std::size_t>(view.plane().v)];
  double radiusU = m_brush.radius, radiusV = m_brush.radius;
  if (m_brush.unit == LengthUnit::Millimetres) radiusU /= u, radiusV /= v;
  const double x = radiusU * view.screenPerPixel(), y = radiusV * view.screenPerPixel() * view.plane().pixelAspect;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setBrush(Qt::NoBrush);
  for (const auto& [colour, width] : {std::pair{QColor(0, 0, 0, 180), 3.0}, std::pair{QColor(255, 255, 255, 230), 1.2}}) {
    painter.setPen(QPen(colour, width));
    if (m_brush.shape == BrushShape::Round) painter.drawEllipse(m_at, x, y);
    else painter.drawRect(QRectF(m_at.x() - x, m_at.y() - y, 2 * x, 2 * y));
  }
}

}  // namespace roundel
