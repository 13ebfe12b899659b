#pragma once
#include <QObject>
#include <QTimer>
#include <set>

#include "core/mask.h"
#include "core/param_spec.h"
#include "core/prompt.h"
#include "viewer/view_tool.h"

namespace roundel {

class Document;
class ServeClient;
class ViewArea;

/// Prompting: points inside and outside, a box; the answer is shown while the mouse moves and taken over as one edit.
class PromptTool : public QObject, public ViewTool {
  Q_OBJECT

 public:
  PromptTool(Document& document, ViewArea& area, ServeClient& serve, QObject* parent = nullptr);

  void enter();  ///< the tool is in hand: the case is opened for prompts
  void leave();
  std::vector<ParamSpec> specs() const;
  const Json& params() const { return m_params; }
  void setParams(const Json& params);
  void accept();
  void clear();
  bool hasAnswer() const { return m_hasAnswer; }
  /// Whether the case is embedded: prompts are answered at once.
  bool ready() const { return m_open; }

  bool pointer(const PointerEvent& event) override;
  void paint(QPainter& painter, const SliceView& view) override;
  bool key(const QKeyEvent& event) override;

 Q_SIGNALS:
  void said(const QString& sentence);  ///< what it waits for; empty: nothing
  void notice(const QString& sentence);
  void answered();

 private:
  void openCase();
  void closeCase();
  void ask(bool hover);
  void take(const Json& message, bool hover, int question);
  void show(const Mask& mask);

  Document& m_document;
  ViewArea& m_area;
  ServeClient& m_serve;
  Json m_params;
  std::set<std::string> m_generalists{"random-walker", "graph-cut"};
  bool m_inHand = false, m_open = false;
  std::string m_caseId;  ///< id of the open request; empty: none
  std::vector<PromptPoint> m_points;
  std::vector<PromptBox> m_boxes;
  bool m_dragging = false;
  std::array<double, 3> m_from{}, m_hover{};
  bool m_hoverInside = false, m_hoverWaits = false;
  QTimer m_hoverTimer;
  int m_question = 0;
  Mask m_answer;
  bool m_hasAnswer = false;
  PixelBox m_shown;
};

}  // namespace roundel
