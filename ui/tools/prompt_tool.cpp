#include "ui/tools/prompt_tool.h"

#include <QKeyEvent>
#include <QPainter>
#include <cmath>
#include <fstream>

#include "core/document.h"
#include "edit/paint_policy.h"
#include "ui/document.h"
#include "ui/serve_client.h"
#include "ui/texts.h"
#include "ui/view_area.h"

namespace roundel {
namespace {

/// A mask of an answer: run lengths in the message, or in a file of the session's folder.
Mask maskOf(const Json& json) {
  if (!json.contains("runs") || !json["runs"].is_object()) return maskFromJson(json);
  const Size size = sizeFromJson(json.at("size"));
  const auto rows = json["runs"].at("shape").at(0).get<std::size_t>();
  const std::string bytes = readFile(json["runs"].at("path").get<std::string>());
  const auto offset = json["runs"].at("offset").get<std::size_t>();
  if (offset > bytes.size() || (bytes.size() - offset) / 16 < rows)
    throw Error(ErrorKind::BadInput, "bad-mask", "The engine's answer was cut short.");
  std::vector<Mask::Run> runs(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    std::int64_t pair[2];
    std::memcpy(pair, bytes.data() + offset + 16 * i, 16);
    runs[i] = {pair[0], pair[1]};
  }
  return Mask(size, std::move(runs));
}

QString errorText(const Json& message) {
  const Json& error = message.at("error");
  QString text = textOf(error.value("message", std::string()));
  if (error.contains("remedy") && error["remedy"].is_string()) text += QLatin1Char(' ') + textOf(error["remedy"].get<std::string>());
  return text;
}

}  // namespace

PromptTool::PromptTool(Document& document, ViewArea& area, ServeClient& serve, QObject* parent)
    : QObject(parent), m_document(document), m_area(area), m_serve(serve) {
  m_params = resolveParams(specs(), Json());
  m_hoverTimer.setSingleShot(true);
  m_hoverTimer.setInterval(60);
  connect(&m_hoverTimer, &QTimer::timeout, this, [this] { ask(true); });
  connect(&document, &Document::caseChanged, this, [this] {
    clear();
    closeCase();
  });
  connect(&document, &Document::pictureChanged, this, [this] {
    if (m_inHand && m_document.picture()) openCase();
  });
  connect(&document, &Document::currentClassChanged, this, &PromptTool::clear);
  connect(&serve, &ServeClient::ended, this, [this] {
    m_open = false;
    m_caseId.clear();
  });
}

std::vector<ParamSpec> PromptTool::specs() const {
  return {{.name = "generalist",
           .type = ParamType::Choice,
           .defaultValue = "random-walker",
           .choices = {m_generalists.begin(), m_generalists.end()},
           .sentence = "Which generalist outlines."},
          {.name = "preview", .type = ParamType::Flag, .defaultValue = true, .sentence = "Show its answer while the mouse moves."}};
}

void PromptTool::enter() {
  m_inHand = true;
  m_serve.send({{"type", "models"}}, [this](const Json& message) {
    if (message.value("type", std::string()) != "result") return;
    for (const auto& model : message["result"].value("models", Json::array()))
      if (model.value("dimensions", 2) == 2) m_generalists.insert(model.value("name", std::string()));
  });
  if (m_document.picture()) openCase();
}

void PromptTool::leave() {
  if (!m_inHand) return;
  clear();
  m_inHand = false;
  Q_EMIT said({});
}

void PromptTool::setParams(const Json& params) {
  const bool other = m_params.value("generalist", std::string()) != params.value("generalist", std::string());
  m_params = params;
  if (!other) return;
  clear();
  closeCase();
  if (m_inHand) openCase();
}

void PromptTool::openCase() {
  const Case* one = m_document.currentCase();
  if (one == nullptr || !m_caseId.empty()) return;
  if (m_document.picture()->isVolume()) {
    Q_EMIT notice(tr("Prompting in volumes is not part of the desktop yet."));
    return;
  }
  Q_EMIT said(tr("The generalist looks at the picture …"));
  m_caseId = m_serve.send({{"type", "open"},
                           {"project", bytesOf(m_document.folder())},
                           {"case", one->name},
                           {"generalist", m_params.value("generalist", std::string("random-walker"))}},
                          [this](const Json& message) {
                            const std::string type = message.value("type", std::string());
                            if (message.contains("id") && message["id"] != m_caseId) return;
                            Q_EMIT said({});
                            if (type == "result") {
                              m_open = true;
                              if (!m_points.empty() || !m_boxes.empty()) ask(false);
                            } else if (type == "error") {
                              m_caseId.clear();
                              Q_EMIT notice(errorText(message));
                            }
                          });
}

void PromptTool::closeCase() {
  if (m_caseId.empty()) return;
  if (m_open) m_serve.send({{"type", "close"}, {"case_id", m_caseId}}, {});
  else m_serve.cancel(m_caseId);
  m_caseId.clear();
  m_open = false;
}

void PromptTool::ask(bool hover) {
  if (!m_open || m_document.classes().empty() || m_document.currentClass() < 0) return;
  if (hover && (m_hoverWaits || !m_hoverInside || !m_params.value("preview", true))) return;
  Json request{{"type", "prompt"}, {"case_id", m_caseId}, {"class", m_document.currentClass()}, {"stability", 0}};
  Json points = Json::array(), boxes = Json::array();
  for (const PromptPoint& point : m_points) points.push_back({{"x", point.x}, {"y", point.y}, {"positive", point.positive}});
  if (hover) {
    request["kind"] = "hover";
    points.push_back({{"x", std::round(m_hover[0])}, {"y", std::round(m_hover[1])}, {"positive", true}});
    m_hoverWaits = true;
  }
  for (const PromptBox& box : m_boxes) boxes.push_back({box.x0, box.y0, box.x1, box.y1});
  if (!points.empty()) request["points"] = points;
  if (!boxes.empty()) request["boxes"] = boxes;
  const int question = ++m_question;
  m_serve.send(std::move(request), [this, hover, question](const Json& message) { take(message, hover, question); });
}

void PromptTool::take(const Json& message, bool hover, int question) {
  if (hover) m_hoverWaits = false;
  const std::string type = message.value("type", std::string());
  if (type == "error" && !hover) Q_EMIT notice(errorText(message));
  if (type != "result" || !m_inHand) return;
  if (hover && question != m_question) {  // the mouse has gone on meanwhile
    return;
  }
  try {
    Mask mask(m_document.session()->geometry().size);
    for (const auto& one : message.at("result").at("masks")) mask = unite(mask, maskOf(one.at("mask")));
    m_hasAnswer = !hover && !mask.empty();
    if (!hover && mask.empty()) Q_EMIT notice(tr("The generalist found nothing there. Another point or a box may help."));
    show(mask);
    if (!hover) Q_EMIT answered();
  } catch (const std::exception&) {
    Q_EMIT notice(tr("The engine's answer could not be read."));
  }
}

void PromptTool::show(const Mask& mask) {
  m_answer = mask;
  const PixelBox now = mask.bounds();
  PixelBox both = now;
  if (!m_shown.empty()) {
    both = now.empty() ? m_shown : PixelBox{std::min(now.x0, m_shown.x0),
                                            std::min(now.y0, m_shown.y0),
                                            std::max(now.x1, m_shown.x1),
                                            std::max(now.y1, m_shown.y1),
                                            0,
                                            1};
  }
  m_shown = now;
  std::vector<ExtraShape> shapes;
  if (!mask.empty()) shapes.push_back({mask, qRgb(90, 200, 250), 0.45});
  m_area.setExtra(std::move(shapes), both);
}

void PromptTool::accept() {
  if (!m_hasAnswer || m_document.session() == nullptr) return;
  const Mask mask = m_answer;
  clear();
  m_document.commit(
      paintEdit(m_document.session()->annotation(), m_document.currentClass(), mask, PaintMode::Add, m_document.policy(), "prompt"));
}

void PromptTool::clear() {
  ++m_question;
  m_points.clear();
  m_boxes.clear();
  m_dragging = m_hasAnswer = false;
  m_hoverTimer.stop();
  if (!m_answer.empty() || !m_shown.empty()) show(Mask(m_answer.size()));
}

bool PromptTool::pointer(const PointerEvent& event) {
  if (event.phase == PointerPhase::Leave) {
    m_hoverInside = false;
    if (!m_hasAnswer && m_points.empty() && m_boxes.empty() && !m_answer.empty()) show(Mask(m_answer.size()));
    return false;
  }
  const Size size = m_document.picture() ? m_document.picture()->size() : Size{};
  const auto inside = [&](const std::array<double, 3>& at) {
    return at[0] >= -0.5 && at[1] >= -0.5 && at[0] < static_cast<double>(size.x) - 0.5 && at[1] < static_cast<double>(size.y) - 0.5;
  };
  m_hover = event.index;
  m_hoverInside = inside(event.index);
  switch (event.phase) {
    case PointerPhase::Press:
    case PointerPhase::DoubleClick:
      if ((event.modifiers & (Qt::ShiftModifier | Qt::ControlModifier)) != 0 || !m_hoverInside) return false;
      if (event.button == Qt::RightButton) {
        m_points.push_back({std::round(event.index[0]), std::round(event.index[1]), 0, false});
        ask(false);
        event.view->update();
        return true;
      }
      if (event.button != Qt::LeftButton) return false;
      m_dragging = true;
      m_from = event.index;
      return true;
    case PointerPhase::Move:
      if (!m_dragging) return event.buttons == Qt::RightButton;
      event.view->update();
      return true;
    case PointerPhase::Release: {
      if (!m_dragging) return true;
      m_dragging = false;
      const double moved = std::hypot(event.index[0] - m_from[0], event.index[1] - m_from[1]) * event.view->screenPerPixel();
      if (moved < 6) {
        m_points.push_back({std::round(m_from[0]), std::round(m_from[1]), 0, true});
      } else {
        const auto low = [&](std::size_t axis) { return std::max(0.0, std::floor(std::min(m_from[axis], event.index[axis]) + 0.5)); };
        const auto high = [&](std::size_t axis, std::int64_t end) {
          return std::min(static_cast<double>(end), std::floor(std::max(m_from[axis], event.index[axis]) + 0.5) + 1);
        };
        m_boxes = {{low(0), low(1), high(0, size.x), high(1, size.y)}};
      }
      ask(false);
      event.view->update();
      return true;
    }
    case PointerPhase::Hover:
      if (!m_hasAnswer) m_hoverTimer.start();
      return false;
    default: return false;
  }
}

bool PromptTool::key(const QKeyEvent& event) {
  if (event.key() == Qt::Key_Return || event.key() == Qt::Key_Enter) accept();
  else if (event.key() == Qt::Key_Escape) clear();
  else if (event.key() == Qt::Key_Backspace && !m_points.empty()) {
    m_points.pop_back();
    if (m_points.empty() && m_boxes.empty()) clear();
    else ask(false);
  } else return false;
  m_area.active()->update();
  return true;
}

void PromptTool::paint(QPainter& painter, const SliceView& view) {
  painter.setRenderHint(QPainter::Antialiasing);
  const auto box = [&](const PromptBox& one) {
    const QRectF rect(view.screenAt({one.x0 - 0.5, one.y0 - 0.5, 0}), view.screenAt({one.x1 - 0.5, one.y1 - 0.5, 0}));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 170), 3));
    painter.drawRect(rect.normalized());
    painter.setPen(QPen(QColor(90, 200, 250), 1.5));
    painter.drawRect(rect.normalized());
  };
  for (const PromptBox& one : m_boxes) box(one);
  if (m_dragging)
    box({std::min(m_from[0], m_hover[0]), std::min(m_from[1], m_hover[1]), std::max(m_from[0], m_hover[0]),
         std::max(m_from[1], m_hover[1])});
  for (const PromptPoint& point : m_points) {
    const QPointF at = view.screenAt({point.x, point.y, 0});
    painter.setPen(QPen(QColor(0, 0, 0, 200), 1.5));
    painter.setBrush(point.positive ? QColor(60, 200, 110) : QColor(240, 80, 80));
    painter.drawEllipse(at, 7, 7);
    painter.setPen(QPen(Qt::white, 2));
    painter.drawLine(at - QPointF(4, 0), at + QPointF(4, 0));
    if (point.positive) painter.drawLine(at - QPointF(0, 4), at + QPointF(0, 4));
  }
}

}  // namespace roundel
