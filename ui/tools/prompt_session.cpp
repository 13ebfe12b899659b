#include <QFile>
#include <cmath>

#include "core/document.h"
#include "edit/paint_policy.h"
#include "ui/document.h"
#include "ui/serve_client.h"
#include "ui/texts.h"
#include "ui/tools/prompt_slice.h"
#include "ui/tools/prompt_tool.h"
#include "ui/view_area.h"

// What the prompt tool asks of the engine, and what it answers (docs/PROTOCOL.md).
namespace roundel {
namespace {

PixelBox around(const PixelBox& a, const PixelBox& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1),
          std::max(a.y1, b.y1), std::min(a.z0, b.z0), std::max(a.z1, b.z1)};
}

}  // namespace

void PromptTool::enter() {
  m_inHand = true;
  m_serve.send({{"type", "models"}}, [this](const Json& message) {
    if (message.value("type", std::string()) != "result") return;
    const auto known = m_generalists.size();
    for (const auto& model : message["result"].value("models", Json::array()))
      if (model.value("dimensions", 2) == 2) m_generalists.insert(model.value("name", std::string()));
    if (m_generalists.size() != known) Q_EMIT specsChanged();
  });
  if (m_document.picture() && !m_now) goTo(*m_area.active());
}

std::shared_ptr<PromptTool::Opening> PromptTool::send(Json request, const std::string& caseName) {
  request["type"] = "open";
  request["generalist"] = m_params.value("generalist", std::string(kFirstGeneralist));
  auto opening = std::make_shared<Opening>();
  opening->caseName = caseName;
  opening->id = m_serve.send(std::move(request), [this, opening](const Json& message) { opened(opening, message); });
  return opening;
}

void PromptTool::openCase() {
  const Case* one = m_document.currentCase();
  const PicturePointer& picture = m_document.picture();
  if (one == nullptr || !picture || m_now) return;
  if (!m_place) m_place = Place{m_area.active()->plane(), m_area.active()->slice()};
  if (!picture->isVolume() && m_ahead && m_ahead->caseName == one->name) {
    m_now = std::move(m_ahead);  // it was embedded while the case before was worked on
    if (m_now->ready) openAhead();
    else Q_EMIT said(tr("The generalist looks at the picture …"));
    return;
  }
  close(m_ahead);
  if (!picture->isVolume()) {
    Q_EMIT said(tr("The generalist looks at the picture …"));
    m_now = send({{"project", bytesOf(m_document.folder())}, {"case", one->name}}, one->name);
    return;
  }
  const QString file = m_slices.filePath(QStringLiteral("slice-%1.png").arg(++m_epoch));
  if (!greySlice(*picture, m_place->plane, m_place->slice, m_area.active()->display()).save(file, "PNG", 90)) {
    Q_EMIT notice(tr("The slice could not be given to the generalist: there is no room in %1.").arg(m_slices.path()));
    return;
  }
  Q_EMIT said(tr("The generalist looks at the slice …"));
  m_now = send({{"image", bytesOf(file)}}, one->name);
  m_now->file = file;
}

void PromptTool::openAhead() {
  const int next = m_document.caseIndex() + 1;
  if (m_ahead || !m_document.picture() || m_document.picture()->isVolume() || next >= static_cast<int>(m_document.cases().size())) return;
  const Case& one = m_document.cases()[static_cast<std::size_t>(next)];
  if (one.geometry.size.z > 1) return;
  m_ahead = send({{"project", bytesOf(m_document.folder())}, {"case", one.name}}, one.name);
}

void PromptTool::opened(const std::shared_ptr<Opening>& opening, const Json& message) {
  const std::string type = message.value("type", std::string());
  opening->ready = type == "result";
  if (!opening->file.isEmpty()) QFile::remove(opening->file);  // the engine holds what it needs of it
  if (opening == m_ahead && !opening->ready) m_ahead.reset();  // said when somebody goes there
  if (opening != m_now) return;
  Q_EMIT said({});
  if (type == "result") {
    if (!m_marks.empty()) ask(Asking::Click);
    openAhead();
  } else {
    m_now.reset();
    if (type == "error") Q_EMIT notice(errorOfAnswer(message));
  }
}

void PromptTool::close(std::shared_ptr<Opening>& opening) {
  if (!opening) return;
  const auto closed = std::move(opening);
  opening.reset();
  if (closed->ready) m_serve.send({{"type", "close"}, {"case_id", closed->id}}, {});
  else m_serve.cancel(closed->id);
}

void PromptTool::ask(Asking how) {
  if (!ready() || (m_document.classes().empty() && m_document.currentClass() >= 0)) return;
  if (how != Asking::Click && m_hoverWaits) {
    m_again = how == Asking::Moving;
    return;
  }
  if (how == Asking::Hover && (!m_hoverInside || !m_params.value("preview", true))) return;
  if (how == Asking::Moving && !m_params.value("preview", true)) return;
  Json request{{"type", "prompt"}, {"case_id", m_now->id}, {"stability", 0}};
  // Of a volume's slice the engine knows no classes, and of a region to be ignored no mask of its own.
  request["class"] = m_document.picture()->isVolume() ? 0 : std::max(0, m_document.currentClass());
  Json points = Json::array(), boxes = Json::array();
  for (const PromptPoint& point : m_marks.points()) points.push_back({{"x", point.x}, {"y", point.y}, {"positive", point.positive}});
  if (how == Asking::Hover) points.push_back({{"x", std::round(m_hover[0])}, {"y", std::round(m_hover[1])}, {"positive", true}});
  for (const PromptBox& box : m_marks.boxes()) boxes.push_back({box.x0, box.y0, box.x1, box.y1});
  if (points.empty() && boxes.empty()) return;
  if (how != Asking::Click) request["kind"] = "hover", m_hoverWaits = true;
  if (!points.empty()) request["points"] = points;
  if (!boxes.empty()) request["boxes"] = boxes;
  m_serve.send(std::move(request),
               [this, how, asked = Question{m_epoch, ++m_question}](const Json& message) { take(message, how, asked); });
}

void PromptTool::take(const Json& message, Asking how, const Question& asked) {
  if (how != Asking::Click) m_hoverWaits = false;
  const std::string type = message.value("type", std::string());
  if (asked.epoch != m_epoch) return;  // of marks that are gone
  if (type == "error" && how == Asking::Click) Q_EMIT notice(errorOfAnswer(message));
  if (how != Asking::Click && m_again && m_marks.holding()) {  // what is held has gone on meanwhile
    m_again = false;
    ask(Asking::Moving);
  }
  if (type != "result" || !m_inHand || m_document.session() == nullptr || !m_place) return;
  // A later click counts; of what moves the last answer that came is better than none.
  if (how == Asking::Hover && asked.number != m_question) return;
  if (how == Asking::Moving && !m_marks.holding()) return;
  try {
    const Size size = m_document.session()->geometry().size;
    const Size flat = m_document.picture()->isVolume() ? Size{m_place->plane.sizeU, m_place->plane.sizeV, 1} : size;
    Mask mask(flat);
    for (const auto& one : message.at("result").at("masks")) mask = unite(mask, maskOfAnswer(one.at("mask")));
    if (m_document.picture()->isVolume()) mask = liftedMask(mask, size, m_place->plane, m_place->slice);
    m_hasAnswer = how != Asking::Hover && !mask.empty();
    if (how == Asking::Click && mask.empty()) Q_EMIT notice(tr("The generalist found nothing there. Another point or a box may help."));
    show(std::move(mask));
    if (how == Asking::Click) Q_EMIT answered();
  } catch (const std::exception&) {
    Q_EMIT notice(tr("The engine's answer could not be read."));
  }
}

void PromptTool::show(Mask mask) {
  m_answer = std::move(mask);
  const PixelBox now = m_answer.bounds(), both = around(now, m_shown);
  m_shown = now;
  std::vector<ExtraShape> shapes;
  if (!m_answer.empty()) shapes.push_back({m_answer, qRgb(90, 200, 250), 0.45});
  m_area.setExtra(std::move(shapes), both);
}

void PromptTool::accept() {
  if (!m_hasAnswer || m_document.session() == nullptr) return;
  const Mask mask = m_answer;
  clear();
  m_document.commit(
      paintEdit(m_document.session()->annotation(), m_document.currentClass(), mask, PaintMode::Add, m_document.policy(), "prompt"));
}

}  // namespace roundel
