#include "ui/tool_box.h"

#include <QThreadPool>
#include <cmath>

#include "edit/brush_params.h"
#include "ui/docks/tool_dock.h"
#include "ui/document.h"
#include "ui/param_form.h"
#include "ui/texts.h"
#include "ui/tools/livewire_tool.h"
#include "ui/tools/prompt_tool.h"
#include "ui/view_area.h"

namespace roundel {
namespace {

const EditTool* editToolNamed(const std::string& name) {
  for (const EditTool& tool : builtinEditTools())
    if (tool.name == name) return &tool;
  return nullptr;
}

QString sentenceText(const std::string& sentence) { return QCoreApplication::translate("Words", sentence.c_str()); }

}  // namespace

ToolBox::ToolBox(Document& document, ViewArea& area, ToolDock& dock, PromptTool& prompt, QObject* parent)
    : QObject(parent),
      m_document(document),
      m_area(area),
      m_dock(dock),
      m_prompt(prompt),
      m_brush(document, PaintMode::Add),
      m_eraser(document, PaintMode::Remove),
      m_ruler(MeasureTool::Kind::Length),
      m_angle(MeasureTool::Kind::Angle) {
  connect(&dock, &ToolDock::edited, this, [this] {
    if (m_tool != nullptr) m_params[m_tool->name] = m_dock.form().values();
    readBrush();
    if (m_current == QLatin1String("prompt")) m_prompt.setParams(m_dock.form().values());
    else if (!m_preview.empty() && m_tool != nullptr) runTool(m_points, m_view);
  });
  connect(&dock, &ToolDock::previewWanted, this, [this] { runTool({}, m_area.active()); });
  connect(&dock, &ToolDock::applyWanted, this, &ToolBox::apply);
  connect(&dock, &ToolDock::discardWanted, this, &ToolBox::discard);
  connect(&dock, &ToolDock::paintOverChanged, this, [this](int over) { m_document.setPaintOver(static_cast<PaintOver>(over)); });
  connect(&prompt, &PromptTool::specsChanged, this, [this] {
    if (m_current == QLatin1String("prompt")) showForm();
  });
  connect(&area, &ViewArea::toolWheel, this, [this](int steps) {
    if (m_current == QLatin1String("brush") || m_current == QLatin1String("eraser")) scaleBrush(std::pow(1.2, steps));
  });
  connect(&m_runner, &ToolRunner::done, this, &ToolBox::toolDone);
  connect(&m_runner, &ToolRunner::failed, this, [this](const QString& sentence) {
    m_dock.setBusy(false);
    discard();
    Q_EMIT notice(sentence);
  });
  connect(&document, &Document::caseChanged, this, [this] {
    m_runner.stop();
    m_dock.setBusy(false);
    discard();
    if (m_gesture) m_gesture->clear();
  });
  // A volume's brush has a choice more.
  connect(&document, &Document::pictureChanged, this, [this] {
    if (m_tool != nullptr && m_document.picture() && m_document.picture()->isVolume() != m_formOfVolume) showForm();
  });
  connect(&document, &Document::currentClassChanged, this, &ToolBox::discard);
}

ToolBox::~ToolBox() = default;

void ToolBox::choose(const QString& id) {
  discard();
  m_prompt.leave();
  m_area.setTool(nullptr, QCursor());
  m_gesture.reset();
  m_tool = nullptr;
  m_current = id;
  if (id == QLatin1String("ruler")) m_area.setTool(&m_ruler, Qt::CrossCursor);
  else if (id == QLatin1String("angle")) m_area.setTool(&m_angle, Qt::CrossCursor);
  else if (id == QLatin1String("prompt")) {
    m_area.setTool(&m_prompt, Qt::CrossCursor);
    m_prompt.enter();
  } else if (const EditTool* tool = editToolNamed(id.toStdString())) {
    m_tool = tool;
    if (id == QLatin1String("brush")) m_area.setTool(&m_brush, Qt::BlankCursor);
    else if (id == QLatin1String("eraser")) m_area.setTool(&m_eraser, Qt::BlankCursor);
    else {
      const auto ready = [this](std::vector<EditPoint> points, SliceView& view) { runTool(std::move(points), &view); };
      if (id == QLatin1String("livewire"))
        m_gesture = std::make_unique<LivewireTool>(ready, [this](const SliceView& view) {
          const Json params = m_dock.form().values();
          return LivewirePaths::Ground{m_document.seenImage(), slicePlaneOf(view), params.value("smoothing", 1.5),
                                       params.value("sharpness", 2.0)};
        });
      else m_gesture = std::make_unique<GestureTool>(tool->gesture, ready);
      m_area.setTool(m_gesture.get(), tool->gesture == EditGesture::Press ? Qt::ArrowCursor : Qt::CrossCursor);
    }
  } else {
    m_current = QStringLiteral("window");
  }
  showForm();
  m_area.active()->setFocus();  // the keys are for the picture now
  Q_EMIT chosen(m_current);
}

std::vector<ParamSpec> ToolBox::specsOf(const EditTool& tool) const {
  std::vector<ParamSpec> specs = tool.params;
  if ((tool.name == "brush" || tool.name == "eraser") && m_document.picture() && m_document.picture()->isVolume())
    specs.insert(specs.begin(), {.name = "extent",
                                 .type = ParamType::Choice,
                                 .defaultValue = "slice",
                                 .choices = {"slice", "volume"},
                                 .sentence = "Paints on this slice alone, or a ball (cube) through the slices around it."});
  return specs;
}

void ToolBox::showForm() {
  m_formOfVolume = m_document.picture() && m_document.picture()->isVolume();
  m_dock.setPreview(false, false);
  m_dock.setPaints(m_tool != nullptr || m_current == QLatin1String("prompt"));
  if (m_tool != nullptr) {
    const bool live = m_current == QLatin1String("brush") || m_current == QLatin1String("eraser");
    auto& params = m_params[m_tool->name];
    if (params.is_null()) params = resolveParams(m_tool->params, Json());
    m_dock.show(wordText(m_tool->name), sentenceText(m_tool->sentence), specsOf(*m_tool), params);
    m_dock.setPreview(!live && m_tool->gesture == EditGesture::Press, false);
    m_dock.setHint(
        live ? tr("Left button paints, right button or Ctrl does the opposite. [ and ] change the size; Ctrl and right drag the window.")
        : m_tool->gesture == EditGesture::Outline
            ? tr("Click the corners, or drag around. A double click or Enter closes; Backspace takes a corner back.")
        : m_tool->gesture == EditGesture::Click  ? tr("Click into the structure.")
        : m_tool->gesture == EditGesture::Stroke ? tr("Drag with the left button.")
                                                 : tr("See what it would do first; Apply makes it one step that can be undone."));
    readBrush();
  } else if (m_current == QLatin1String("prompt")) {
    m_dock.show(tr("Prompt"), tr("A generalist outlines what you point at."), m_prompt.specs(), m_prompt.params());
    m_dock.setHint(tr(
        "Left click: inside. Right click: outside. Drag: a box or a scribble. Points, corners and sides can be dragged afterwards, Delete "
        "takes away what is under the mouse. Enter takes the answer over, Escape begins anew."));
  } else {
    const bool ruler = m_current == QLatin1String("ruler"), angle = m_current == QLatin1String("angle");
    m_dock.show(
        ruler   ? tr("Ruler")
        : angle ? tr("Angle")
                : tr("Window and level"),
        ruler || angle ? tr("Measures on the picture; nothing of it is stored.") : tr("Changes how the picture looks, never the data."), {},
        {});
    m_dock.setHint(ruler || angle ? tr("Click or drag from point to point. Escape takes the last one away.")
                                  : tr("Left drag: window and level. Middle: move. Right: zoom. Wheel: next case or slice."));
  }
}

void ToolBox::readBrush() {
  for (BrushTool* tool : {&m_brush, &m_eraser}) {
    const std::string name = tool == &m_brush ? "brush" : "eraser";
    const EditTool* declared = editToolNamed(name);
    if (declared == nullptr) continue;
    auto& params = m_params[name];
    if (params.is_null()) params = resolveParams(declared->params, Json());
    tool->setParams(params);
    // A brush that looks at grey values finds them ready when it is put down.
    if (params.value("gate", std::string("off")) != "off" && m_document.seenImage())
      QThreadPool::globalInstance()->start([seen = m_document.seenImage()] { seen->get(); });
  }
}

void ToolBox::scaleBrush(double factor) {
  const std::string name = m_current == QLatin1String("eraser") ? "eraser" : "brush";
  readBrush();
  Json& params = m_params[name];
  params["radius"] = std::clamp(params["radius"].get<double>() * factor, 0.5, 500.0);
  if (m_tool != nullptr && m_tool->name == name) m_dock.form().set("radius", params["radius"]);
  readBrush();
  m_area.active()->update();
}

void ToolBox::runTool(std::vector<EditPoint> points, SliceView* view) {
  EditSession* session = m_document.session();
  if (m_tool == nullptr || session == nullptr || view == nullptr || !m_document.canEdit()) return;
  if (m_document.classes().empty() || !m_document.picture()) {
    Q_EMIT notice(tr("There is nothing to work on yet: a tool needs a picture and a class."));
    return;
  }
  discard();
  m_points = points, m_view = view;
  ToolRunner::Order order{
      .tool = m_tool,
      .annotation = session->annotation(),
      .geometry = session->geometry(),
      .image = nullptr,
      .classIndex = m_document.currentClass(),
      .slice = m_tool->extent == ToolExtent::SliceOrVolume && m_document.picture()->isVolume() && m_tool->gesture == EditGesture::Press
                   ? std::nullopt
                   : slicePlaneOf(*view),
      .points = std::move(points),
      .policy = m_document.policy(),
      .params = m_dock.form().values()};
  if (m_tool->needsImage) order.image = m_document.seenImage();
  m_dock.setBusy(true);
  m_runner.run(std::move(order));
}

void ToolBox::toolDone(const LabelEdit& edit) {
  m_dock.setBusy(false);
  if (m_tool == nullptr) return;
  if (edit.empty()) {
    m_dock.setPreview(m_tool->gesture == EditGesture::Press, false);
    Q_EMIT notice(tr("%1 changes nothing here.").arg(wordText(m_tool->name)));
    return;
  }
  // An outline or a stroke says exactly what is meant; what spreads by itself is shown first.
  if (m_tool->gesture == EditGesture::Outline || m_tool->gesture == EditGesture::Stroke) {
    m_document.commit(edit);
    return;
  }
  m_preview = edit;
  std::vector<ExtraShape> shapes;
  for (const ClassChange& change : edit.changes) {
    if (!change.added.empty()) shapes.push_back({change.added, qRgb(80, 220, 120), 0.55});
    if (!change.removed.empty()) shapes.push_back({change.removed, qRgb(255, 90, 90), 0.55});
  }
  m_area.setExtra(std::move(shapes));
  m_dock.setPreview(m_tool->gesture == EditGesture::Press, true);
  m_dock.setHint(tr("Green comes in, red goes out. Enter applies, Escape discards."));
}

void ToolBox::apply() {
  if (m_current == QLatin1String("prompt")) {
    m_prompt.accept();
    return;
  }
  if (m_gesture && m_gesture->complete()) return;
  if (m_preview.empty()) return;
  const LabelEdit edit = std::move(m_preview);
  discard();
  m_document.commit(edit);
}

void ToolBox::escape() {
  if (m_gesture) m_gesture->clear();
  if (m_current == QLatin1String("ruler")) m_ruler.removeLast();
  if (m_current == QLatin1String("angle")) m_angle.removeLast();
  discard();
  m_area.active()->update();
}

void ToolBox::discard() {
  if (m_current == QLatin1String("prompt")) m_prompt.clear();
  if (m_preview.empty()) return;
  m_preview = {};
  m_area.setExtra({});
  if (m_tool != nullptr) m_dock.setPreview(m_tool->gesture == EditGesture::Press, false);
}

}  // namespace roundel
