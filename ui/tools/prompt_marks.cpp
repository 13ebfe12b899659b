#include "ui/tools/prompt_marks.h"

#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace roundel {
namespace {

constexpr double kReach = 9;  ///< logical pixels around a mark that take hold of it
/// A generalist needs few points; more of them only cost time.
constexpr int kScribblePoints = 6;

double apart(const QPointF& a, const QPointF& b) { return std::hypot(a.x() - b.x(), a.y() - b.y()); }

}  // namespace

void PromptMarks::clear() {
  m_points.clear();
  m_boxes.clear();
  m_grip = {};
}

void PromptMarks::add(const Prompt& prompt) {
  if (prompt.box && std::find(m_boxes.begin(), m_boxes.end(), *prompt.box) == m_boxes.end()) m_boxes.push_back(*prompt.box);
  for (const PromptPoint& point : prompt.points)
    if (std::find(m_points.begin(), m_points.end(), point) == m_points.end()) m_points.push_back(point);
}

void PromptMarks::keepPositive() {
  std::erase_if(m_points, [](const PromptPoint& one) { return !one.positive; });
}

void PromptMarks::setBox(const QPointF& from, const QPointF& to, std::int64_t sizeU, std::int64_t sizeV) {
  const auto low = [](double a, double b) { return std::max(0.0, std::floor(std::min(a, b) + 0.5)); };
  const auto high = [](double a, double b, std::int64_t end) {
    return std::min(static_cast<double>(end), std::floor(std::max(a, b) + 0.5) + 1);
  };
  m_boxes = {{low(from.x(), to.x()), low(from.y(), to.y()), high(from.x(), to.x(), sizeU), high(from.y(), to.y(), sizeV)}};
}

void PromptMarks::addScribble(const std::vector<QPointF>& line, bool positive) {
  if (line.empty()) return;
  std::vector<double> way{0};
  for (std::size_t i = 1; i < line.size(); ++i) way.push_back(way.back() + apart(line[i - 1], line[i]));
  const int count = std::clamp(static_cast<int>(way.back() / 4), 1, kScribblePoints);
  for (int i = 0; i < count; ++i) {
    const double wanted = way.back() * (i + 0.5) / count;
    const auto at = static_cast<std::size_t>(std::lower_bound(way.begin(), way.end(), wanted) - way.begin());
    const QPointF& point = line[std::min(at, line.size() - 1)];
    addPoint(point.x(), point.y(), positive);
  }
}

bool PromptMarks::removeLast() {
  if (!m_points.empty()) m_points.pop_back();
  else if (!m_boxes.empty()) m_boxes.pop_back();
  else return false;
  return true;
}

bool PromptMarks::removeAt(const QPointF& screen, const ToScreen& toScreen) {
  const Grip grip = gripAt(screen, toScreen);
  if (grip.what == Grip::None) return false;
  if (grip.what == Grip::Point) m_points.erase(m_points.begin() + static_cast<std::ptrdiff_t>(grip.index));
  else m_boxes.erase(m_boxes.begin() + static_cast<std::ptrdiff_t>(grip.index));
  return true;
}

PromptMarks::Grip PromptMarks::gripAt(const QPointF& screen, const ToScreen& toScreen) const {
  Grip best;
  double nearest = kReach;
  const auto offer = [&](const QPointF& at, Grip grip) {
    const double distance = apart(at, screen);
    if (distance <= nearest) nearest = distance, best = grip;
  };
  for (std::size_t i = 0; i < m_boxes.size(); ++i) {
    const PromptBox& box = m_boxes[i];
    const std::array<double, 3> us{box.x0 - 0.5, (box.x0 + box.x1 - 1) / 2, box.x1 - 0.5},
        vs{box.y0 - 0.5, (box.y0 + box.y1 - 1) / 2, box.y1 - 0.5};
    for (int v = -1; v <= 1; ++v)
      for (int u = -1; u <= 1; ++u)
        if (u != 0 || v != 0)
          offer(toScreen(us[static_cast<std::size_t>(u + 1)], vs[static_cast<std::size_t>(v + 1)]), {Grip::Box, i, u, v});
  }
  for (std::size_t i = 0; i < m_points.size(); ++i) offer(toScreen(m_points[i].x, m_points[i].y), {Grip::Point, i, 0, 0});
  return best;
}

bool PromptMarks::grab(const QPointF& screen, const ToScreen& toScreen) {
  m_grip = gripAt(screen, toScreen);
  return holding();
}

void PromptMarks::moveTo(double u, double v, std::int64_t sizeU, std::int64_t sizeV) {
  const double lastU = static_cast<double>(sizeU - 1), lastV = static_cast<double>(sizeV - 1);
  u = std::clamp(std::round(u), 0.0, lastU), v = std::clamp(std::round(v), 0.0, lastV);
  if (m_grip.what == Grip::Point) {
    m_points[m_grip.index].x = u, m_points[m_grip.index].y = v;
  } else if (m_grip.what == Grip::Box) {
    // A side that is drawn over the other one becomes the other one.
    PromptBox& box = m_boxes[m_grip.index];
    const auto move = [](double& low, double& high, int& side, double to) {
      if (side < 0) low = to;
      if (side > 0) high = to + 1;
      if (side != 0 && high <= low) {
        std::swap(low, high);
        --low, ++high;
        side = -side;
      }
    };
    move(box.x0, box.x1, m_grip.sideU, u);
    move(box.y0, box.y1, m_grip.sideV, v);
  }
}

void PromptMarks::letGo() { m_grip = {}; }

void PromptMarks::paintBox(QPainter& painter, const PromptBox& box, const ToScreen& toScreen, bool handles, const QColor& colour) {
  const QRectF rect = QRectF(toScreen(box.x0 - 0.5, box.y0 - 0.5), toScreen(box.x1 - 0.5, box.y1 - 0.5)).normalized();
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(0, 0, 0, 170), 3));
  painter.drawRect(rect);
  painter.setPen(QPen(colour, 1.5));
  painter.drawRect(rect);
  if (!handles) return;
  painter.setPen(QPen(QColor(0, 0, 0, 200), 1));
  painter.setBrush(colour);
  const QPointF middle = rect.center();
  for (const double x : {rect.left(), middle.x(), rect.right()})
    for (const double y : {rect.top(), middle.y(), rect.bottom()})
      if (x != middle.x() || y != middle.y()) painter.drawRect(QRectF(x - 3, y - 3, 6, 6));
}

void PromptMarks::paint(QPainter& painter, const ToScreen& toScreen, const QColor& colour) const {
  painter.setRenderHint(QPainter::Antialiasing);
  for (const PromptBox& box : m_boxes) paintBox(painter, box, toScreen, true, colour);
  for (const PromptPoint& point : m_points) {
    const QPointF at = toScreen(point.x, point.y);
    painter.setPen(QPen(QColor(0, 0, 0, 200), 1.5));
    // Blue and orange are told apart by everybody; plus and minus say it again.
    painter.setBrush(point.positive ? QColor(0, 114, 178) : QColor(213, 94, 0));
    painter.drawEllipse(at, 7, 7);
    painter.setPen(QPen(Qt::white, 2));
    painter.drawLine(at - QPointF(4, 0), at + QPointF(4, 0));
    if (point.positive) painter.drawLine(at - QPointF(0, 4), at + QPointF(0, 4));
  }
}

}  // namespace roundel
