#include "ui/tools/prompt_tool.h"

#include <QCursor>
#include <QKeyEvent>
#include <QPainter>
#include <QPolygonF>
#include <QSettings>
#include <cmath>

#include "ui/document.h"
#include "ui/serve_client.h"
#include "ui/texts.h"
#include "ui/view_area.h"

// What a person does with the pointer. What is asked of the engine and what it answers: prompt_session.cpp.
namespace roundel {
namespace {

constexpr double kDragBegins = 6;  ///< logical pixels of the screen

std::array<double, 2> planeAt(const SliceView& view, const PointerEvent& event) { return view.plane().planeOf(event.index); }

}  // namespace

PromptTool::PromptTool(Document& document, ViewArea& area, ServeClient& serve, QObject* parent)
    : QObject(parent), m_document(document), m_area(area), m_serve(serve) {
  const std::string chosen = bytesOf(QSettings().value(QStringLiteral("prompt/generalist"), QLatin1String(kFirstGeneralist)).toString());
  m_generalists.insert(chosen);
  m_params = resolveParams(specs(), {{"generalist", chosen}});
  m_hoverTimer.setSingleShot(true);
  m_hoverTimer.setInterval(60);
  connect(&m_hoverTimer, &QTimer::timeout, this, [this] { ask(Asking::Hover); });
  // A slice is given to the engine when the mouse rests on it, not while somebody scrolls past.
  m_restTimer.setSingleShot(true);
  m_restTimer.setInterval(250);
  connect(&m_restTimer, &QTimer::timeout, this, [this] {
    if (m_inHand && m_resting != nullptr && m_marks.empty() && !isHere(*m_resting)) goTo(*m_resting);
  });
  connect(&document, &Document::caseChanged, this, [this] {
    clear();
    close(m_now);
    m_place.reset();
  });
  connect(&document, &Document::pictureChanged, this, [this] {
    if (m_inHand && m_document.picture() && !m_now) goTo(*m_area.active());
  });
  connect(&document, &Document::currentClassChanged, this, &PromptTool::clear);
  connect(&serve, &ServeClient::ended, this, [this] {
    m_now.reset();
    m_ahead.reset();
    m_hoverWaits = false;
  });
}

std::vector<ParamSpec> PromptTool::specs() const {
  return {{.name = "generalist",
           .type = ParamType::Choice,
           .defaultValue = kFirstGeneralist,
           .choices = {m_generalists.begin(), m_generalists.end()},
           .sentence = "Which generalist outlines."},
          {.name = "drag",
           .type = ParamType::Choice,
           .defaultValue = "box",
           .choices = {"box", "scribble"},
           .sentence = "What a drag means: a box around the structure, or a line through it."},
          {.name = "preview", .type = ParamType::Flag, .defaultValue = true, .sentence = "Show its answer while the mouse moves."}};
}

bool PromptTool::scribbles() const { return m_params.value("drag", std::string("box")) == "scribble"; }

void PromptTool::leave() {
  if (!m_inHand) return;
  clear();
  m_inHand = false;
  m_restTimer.stop();
  Q_EMIT said({});
}

void PromptTool::setParams(const Json& params) {
  const bool other = m_params.value("generalist", std::string()) != params.value("generalist", std::string());
  m_params = params;
  if (!other) return;
  QSettings().setValue(QStringLiteral("prompt/generalist"), textOf(m_params.value("generalist", std::string())));
  clear();
  close(m_now);
  close(m_ahead);
  if (m_inHand) openCase();
}

void PromptTool::clear() {
  ++m_epoch, ++m_question;
  m_marks.clear();
  m_line.clear();
  m_dragging = m_hasAnswer = m_again = false;
  m_hoverTimer.stop();
  if (!m_answer.empty() || !m_shown.empty()) show(Mask(m_answer.size()));
}

bool PromptTool::isHere(const SliceView& view) const {
  return m_place && m_place->plane.kind == view.plane().kind && m_place->slice == view.slice();
}

void PromptTool::goTo(const SliceView& view) {
  clear();
  close(m_now);
  m_place = Place{view.plane(), view.slice()};
  openCase();
}

PromptMarks::ToScreen PromptTool::toScreen(const SliceView& view) const {
  return [&view](double u, double v) { return view.screenAt(view.plane().indexOf(u, v, view.slice())); };
}

bool PromptTool::press(const PointerEvent& event, const std::array<double, 2>& at) {
  if ((event.modifiers & (Qt::ShiftModifier | Qt::ControlModifier)) != 0 || !m_hoverInside) return false;
  if (event.button != Qt::LeftButton && event.button != Qt::RightButton) return false;
  if (!isHere(*event.view)) goTo(*event.view);
  m_hoverTimer.stop();
  m_dragging = true;
  m_negative = event.button == Qt::RightButton;
  m_line = {QPointF(at[0], at[1])};
  if (!m_negative) m_marks.grab(event.screen, toScreen(*event.view));
  return true;
}

void PromptTool::release(const PointerEvent& event) {
  m_dragging = false;
  const std::vector<QPointF> line = std::move(m_line);
  m_line.clear();
  const QPointF way = line.back() - line.front();
  const bool moved = std::hypot(way.x(), way.y()) * event.view->screenPerPixel() >= kDragBegins;
  if (m_marks.holding()) m_marks.letGo();
  else if (!moved && line.size() < 4) m_marks.addPoint(line.front().x(), line.front().y(), !m_negative);
  else if (m_negative || scribbles()) m_marks.addScribble(line, !m_negative);
  else m_marks.setBox(line.front(), line.back(), event.view->plane().sizeU, event.view->plane().sizeV);
  ask(Asking::Click);
}

bool PromptTool::pointer(const PointerEvent& event) {
  if (event.phase == PointerPhase::Leave) {
    m_hoverInside = false;
    m_restTimer.stop();
    if (!m_hasAnswer && m_marks.empty() && !m_answer.empty()) show(Mask(m_answer.size()));
    return false;
  }
  if (!event.view->picture()) return false;
  const Plane& plane = event.view->plane();
  const auto at = planeAt(*event.view, event);
  m_hover = at;
  m_hoverInside =
      at[0] >= -0.5 && at[1] >= -0.5 && at[0] < static_cast<double>(plane.sizeU) - 0.5 && at[1] < static_cast<double>(plane.sizeV) - 0.5;
  switch (event.phase) {
    case PointerPhase::Press:
    case PointerPhase::DoubleClick: return press(event, at);
    case PointerPhase::Move:
      if (!m_dragging) return false;
      m_line.emplace_back(std::clamp(at[0], 0.0, static_cast<double>(plane.sizeU - 1)),
                          std::clamp(at[1], 0.0, static_cast<double>(plane.sizeV - 1)));
      if (m_marks.holding()) {
        m_marks.moveTo(at[0], at[1], plane.sizeU, plane.sizeV);
        ask(Asking::Moving);
      }
      event.view->update();
      return true;
    case PointerPhase::Release:
      if (m_dragging) release(event);
      event.view->update();
      return true;
    case PointerPhase::Hover: {
      const bool grip = isHere(*event.view) && m_marks.over(event.screen, toScreen(*event.view));
      event.view->setToolCursor(grip ? Qt::SizeAllCursor : Qt::CrossCursor);
      m_resting = event.view;
      if (!isHere(*event.view)) m_restTimer.start();
      else if (!m_hasAnswer && !grip) m_hoverTimer.start();
      return false;
    }
    default: return false;
  }
}

bool PromptTool::key(const QKeyEvent& event) {
  const SliceView& view = *m_area.active();
  const auto again = [this] {
    if (m_marks.empty()) clear();
    else ask(Asking::Click);
  };
  if (event.key() == Qt::Key_Return || event.key() == Qt::Key_Enter) accept();
  else if (event.key() == Qt::Key_Escape) clear();
  else if (event.key() == Qt::Key_Backspace && m_marks.removeLast()) again();
  else if (event.key() == Qt::Key_Delete && isHere(view) && m_marks.removeAt(QPointF(view.mapFromGlobal(QCursor::pos())), toScreen(view)))
    again();
  else return false;
  m_area.active()->update();
  return true;
}

void PromptTool::paint(QPainter& painter, const SliceView& view) {
  if (!view.picture() || !isHere(view)) return;
  const auto place = toScreen(view);
  m_marks.paint(painter, place);
  if (!m_dragging || m_line.size() < 2 || m_marks.holding()) return;
  if (!m_negative && !scribbles()) {
    PromptMarks drawn;
    drawn.setBox(m_line.front(), m_line.back(), view.plane().sizeU, view.plane().sizeV);
    PromptMarks::paintBox(painter, drawn.boxes().front(), place, false);
    return;
  }
  QPolygonF line;
  for (const QPointF& point : m_line) line << place(point.x(), point.y());
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(0, 0, 0, 170), 5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.drawPolyline(line);
  painter.setPen(QPen(m_negative ? QColor(213, 94, 0) : QColor(86, 180, 233), 2.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.drawPolyline(line);
}

}  // namespace roundel
