#include "ui/tools/measure_tool.h"

#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <cmath>
#include <numbers>

#include "viewer/slice_view.h"

namespace roundel {

QString spacingNote(SpacingSource source) {
  const auto say = [](const char* text) { return QCoreApplication::translate("Spacing", text); };
  switch (source) {
    case SpacingSource::None: return say(QT_TRANSLATE_NOOP("Spacing", "no spacing in the file"));
    case SpacingSource::PixelSpacing: return say(QT_TRANSLATE_NOOP("Spacing", "PixelSpacing, calibration not stated"));
    case SpacingSource::PixelSpacingCalibrated: return say(QT_TRANSLATE_NOOP("Spacing", "calibrated"));
    case SpacingSource::ImagerPixelSpacing: return say(QT_TRANSLATE_NOOP("Spacing", "at the detector"));
    case SpacingSource::NominalScannedPixelSpacing: return say(QT_TRANSLATE_NOOP("Spacing", "of the scanned film"));
    case SpacingSource::FunctionalGroup: return say(QT_TRANSLATE_NOOP("Spacing", "from the file"));
    case SpacingSource::FileHeader: return say(QT_TRANSLATE_NOOP("Spacing", "from the file"));
    case SpacingSource::User: return say(QT_TRANSLATE_NOOP("Spacing", "entered"));
  }
  return {};
}

QString MeasureTool::lengthText(const Geometry& geometry, const std::array<double, 3>& from, const std::array<double, 3>& to) {
  const bool known = geometry.hasSpacing();
  double sum = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double step = (to[axis] - from[axis]) * (known ? geometry.spacingMm[axis] : 1);
    sum += step * step;
  }
  const QString number = QLocale().toString(std::sqrt(sum), 'f', 1);
  return known ? tr("%1 mm (%2)").arg(number, spacingNote(geometry.spacingSource)) : tr("%1 px").arg(number);
}

bool MeasureTool::pointer(const PointerEvent& event) {
  if (event.phase == PointerPhase::Leave) return false;
  const auto update = [&] { event.view->update(); };
  if (event.phase == PointerPhase::Press || event.phase == PointerPhase::DoubleClick) {
    if (event.button != Qt::LeftButton) return false;
    if (!m_open || m_figures.back().view != event.view) {
      m_figures.push_back({event.view, event.view->slice(), {event.index, event.index}});
      m_open = true;
    } else if (m_figures.back().points.size() < wanted()) {
      m_figures.back().points.back() = event.index;
      m_figures.back().points.push_back(event.index);
    } else {
      m_figures.back().points.back() = event.index;
      m_open = false;
    }
    update();
    return true;
  }
  if (!m_open) return false;
  auto& points = m_figures.back().points;
  points.back() = event.index;
  update();
  if (event.phase == PointerPhase::Release) {
    // A drag sets the second point where it ends; a click leaves it hanging on the mouse.
    const QPointF from = event.view->screenAt(points[points.size() - 2]);
    if (std::hypot(from.x() - event.screen.x(), from.y() - event.screen.y()) > 5) {
      if (points.size() < wanted()) points.push_back(event.index);
      else m_open = false;
    }
    return true;
  }
  return event.phase == PointerPhase::Move;
}

bool MeasureTool::removeLast() {
  if (m_figures.empty()) return false;
  m_figures.pop_back();
  m_open = false;
  return true;
}

bool MeasureTool::key(const QKeyEvent& event) {
  return (event.key() == Qt::Key_Escape || event.key() == Qt::Key_Delete || event.key() == Qt::Key_Backspace) && removeLast();
}

QString MeasureTool::textOf(const Figure& figure, const Geometry& geometry) const {
  const auto& p = figure.points;
  if (m_kind == Kind::Length || p.size() < 3) return lengthText(geometry, p[0], p[1]);
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double a = (p[0][axis] - p[1][axis]) * geometry.spacingMm[axis], b = (p[2][axis] - p[1][axis]) * geometry.spacingMm[axis];
    ab += a * b, aa += a * a, bb += b * b;
  }
  if (!(aa > 0) || !(bb > 0)) return {};
  return tr("%1°").arg(QLocale().toString(std::acos(std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0)) * 180 / std::numbers::pi, 'f', 1));
}

void MeasureTool::paint(QPainter& painter, const SliceView& view) {
  painter.setRenderHint(QPainter::Antialiasing);
  for (const Figure& figure : m_figures) {
    if (figure.view != &view || figure.slice != view.slice()) continue;
    QPolygonF line;
    for (const auto& point : figure.points) line << view.screenAt(point);
    for (const auto& [colour, width] : {std::pair{QColor(0, 0, 0, 190), 4.0}, std::pair{QColor(255, 214, 90), 1.6}}) {
      painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::RoundCap));
      painter.drawPolyline(line);
      for (const QPointF& point : line) painter.drawEllipse(point, 2.5, 2.5);
    }
    QPainterPath text;
    text.addText(line.last() + QPointF(10, -8), painter.font(), textOf(figure, view.picture()->geometry()));
    painter.strokePath(text, QPen(QColor(0, 0, 0, 210), 3));
    painter.fillPath(text, QColor(255, 224, 130));
  }
}

}  // namespace roundel
