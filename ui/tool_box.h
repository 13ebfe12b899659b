#pragma once
#include <QObject>
#include <map>
#include <memory>

#include "edit/edit_tool.h"
#include "ui/tools/brush_tool.h"
#include "ui/tools/gesture_tool.h"
#include "ui/tools/measure_tool.h"
#include "ui/tools/tool_runner.h"

namespace roundel {

class Document;
class PromptTool;
class ToolDock;
class ViewArea;

/// The tool in hand: joins what a person does in the views, the form beside them, and the engine's list of tools.
class ToolBox : public QObject {
  Q_OBJECT

 public:
  ToolBox(Document& document, ViewArea& area, ToolDock& dock, PromptTool& prompt, QObject* parent = nullptr);
  ~ToolBox() override;

  /// "window", "ruler", "angle", "prompt", or the name of an edit tool ("brush", "polygon" ...).
  void choose(const QString& id);
  const QString& current() const { return m_current; }
  /// The brush larger (> 1) or smaller.
  void scaleBrush(double factor);
  /// Takes over what is previewed; throws it away.
  void apply();
  void discard();
  /// As discard(), and what is half pointed at or was measured last.
  void escape();

 Q_SIGNALS:
  void chosen(const QString& id);
  void notice(const QString& sentence);

 private:
  void showForm();
  /// The tool's parameters, and for the brush in a volume whether it paints through the slices.
  std::vector<ParamSpec> specsOf(const EditTool& tool) const;
  void readBrush();
  void runTool(std::vector<EditPoint> points, SliceView* view);
  void toolDone(const LabelEdit& edit);

  Document& m_document;
  ViewArea& m_area;
  ToolDock& m_dock;
  PromptTool& m_prompt;
  BrushTool m_brush, m_eraser;
  MeasureTool m_ruler, m_angle;
  std::unique_ptr<GestureTool> m_gesture;
  ToolRunner m_runner;
  QString m_current;
  const EditTool* m_tool = nullptr;
  std::map<std::string, Json> m_params;  ///< of every tool, as a person left them
  LabelEdit m_preview;
  bool m_formOfVolume = false;
  std::vector<EditPoint> m_points;
  SliceView* m_view = nullptr;
};

}  // namespace roundel
