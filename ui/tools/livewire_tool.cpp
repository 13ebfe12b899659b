#include "ui/tools/livewire_tool.h"

#include <QPainter>
#include <QPolygonF>
#include <algorithm>

#include "viewer/slice_view.h"

namespace roundel {
LivewireTool::LivewireTool(Ready ready, GroundOf ground)
    : GestureTool(EditGesture::Outline, std::move(ready)), m_ground(std::move(ground)) {
  QObject::connect(&m_paths, &LivewirePaths::found, &m_paths,
                   [this](const EditPoint& from, const EditPoint& to, const std::vector<EditPoint>& path) {
                     const auto known =
                         std::find_if(m_pieces.begin(), m_pieces.end(), [&](const Piece& one) { return one.from == from && one.to == to; });
                     if (known != m_pieces.end()) known->path = path;
                     else if (!m_points.empty() && m_points.back() == from) m_wire = path, m_wireFrom = from;
                     if (m_view != nullptr) m_view->update();
                   });
}

const LivewireTool::Piece* LivewireTool::pieceOf(const EditPoint& from, const EditPoint& to) const {
  const auto found = std::find_if(m_pieces.begin(), m_pieces.end(), [&](const Piece& one) { return one.from == from && one.to == to; });
  return found == m_pieces.end() ? nullptr : &*found;
}

bool LivewireTool::pointer(const PointerEvent& event) {
  const bool used = GestureTool::pointer(event);
  if (m_points.empty() || m_view == nullptr) {
    m_pieces.clear();
    m_wire.clear();
    return used;
  }
  std::vector<LivewirePaths::Way> ways;
  for (std::size_t i = 1; i < m_points.size(); ++i)
    if (pieceOf(m_points[i - 1], m_points[i]) == nullptr) {
      m_pieces.push_back({m_points[i - 1], m_points[i], {}});
      ways.emplace_back(m_points[i - 1], m_points[i]);
    }
  ways.emplace_back(m_points.back(), m_hover);
  m_paths.ask(m_ground(*m_view), std::move(ways));
  return used;
}

void LivewireTool::paint(QPainter& painter, const SliceView& view) {
  if (m_view != &view || m_points.empty()) return;
  QPolygonF line;
  const auto add = [&](const EditPoint& point) { line << view.screenAt({point.x, point.y, point.z}); };
  add(m_points.front());
  for (std::size_t i = 1; i < m_points.size(); ++i) {
    if (const Piece* piece = pieceOf(m_points[i - 1], m_points[i]))
      for (const EditPoint& point : piece->path) add(point);
    add(m_points[i]);
  }
  if (!m_wire.empty() && m_wireFrom == m_points.back())
    for (const EditPoint& point : m_wire) add(point);
  add(m_hover);
  paintLine(painter, line);
  painter.setPen(QPen(QColor(0, 0, 0, 200), 1));
  painter.setBrush(QColor(255, 214, 90));
  for (const EditPoint& point : m_points) painter.drawEllipse(view.screenAt({point.x, point.y, point.z}), 3.5, 3.5);
}

}  // namespace roundel
