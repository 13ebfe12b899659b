#pragma once
#include <QObject>
#include <QTemporaryDir>
#include <QTimer>
#include <memory>
#include <optional>
#include <set>

#include "core/mask.h"
#include "core/param_spec.h"
#include "ui/tools/prompt_marks.h"
#include "viewer/plane.h"
#include "viewer/view_tool.h"

namespace roundel {

class Document;
class ServeClient;
class ViewArea;

/// Asked until a person chooses another: it comes with Roundel, and on radiographs that it never saw it was right more often than those
/// without learnt weights, from boxes and from clicks (docs/MODELS.md).
inline constexpr const char* kFirstGeneralist = "builtin-2d";

/// Prompting: points inside and outside, a box, a scribble; each can be moved afterwards. The answer is shown while the mouse moves and
/// taken over as one edit.
///
/// A radiograph is opened by the engine itself, and the one after it is embedded meanwhile. Of a volume the slice under the mouse is
/// given to the engine, as a picture with the window that is on the screen; its answer comes back into that slice.
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
  /// Whether the picture or slice is embedded: prompts are answered at once.
  bool ready() const { return m_now && m_now->ready; }
  const PromptMarks& marks() const { return m_marks; }
  /// The next case that was embedded meanwhile; empty: none yet.
  std::string preparedCase() const { return m_ahead && m_ahead->ready ? m_ahead->caseName : std::string(); }

  bool pointer(const PointerEvent& event) override;
  void paint(QPainter& painter, const SliceView& view) override;
  bool key(const QKeyEvent& event) override;

 Q_SIGNALS:
  void said(const QString& sentence);  ///< what it waits for; empty: nothing
  void notice(const QString& sentence);
  void answered();
  void specsChanged();  ///< more generalists are known

 private:
  /// What the engine has open, or is opening.
  struct Opening {
    std::string id, caseName;
    QString file;  ///< that was written for it
    bool ready = false;
  };
  struct Question {
    int epoch = 0, number = 0;
  };
  /// Where prompts are given: the picture, or one slice of a volume.
  struct Place {
    Plane plane;
    std::int64_t slice = 0;
  };
  enum class Asking { Click, Moving, Hover };

  bool press(const PointerEvent& event, const std::array<double, 2>& at);
  void release(const PointerEvent& event);
  bool isHere(const SliceView& view) const;
  void goTo(const SliceView& view);
  void openCase();
  void openAhead();
  void opened(const std::shared_ptr<Opening>& opening, const Json& message);
  void close(std::shared_ptr<Opening>& opening);
  std::shared_ptr<Opening> send(Json request, const std::string& caseName);
  void ask(Asking how);
  void take(const Json& message, Asking how, const Question& asked);
  void show(Mask mask);
  bool scribbles() const;
  PromptMarks::ToScreen toScreen(const SliceView& view) const;

  Document& m_document;
  ViewArea& m_area;
  ServeClient& m_serve;
  Json m_params;
  std::set<std::string> m_generalists{kFirstGeneralist, "random-walker", "graph-cut"};
  bool m_inHand = false;
  std::shared_ptr<Opening> m_now, m_ahead;
  std::optional<Place> m_place;
  PromptMarks m_marks;
  bool m_dragging = false, m_negative = false;
  std::vector<QPointF> m_line;  ///< of the drag, in pixels of the plane
  std::array<double, 2> m_hover{};
  bool m_hoverInside = false, m_hoverWaits = false, m_again = false;
  QTimer m_hoverTimer, m_restTimer;
  const SliceView* m_resting = nullptr;
  int m_epoch = 0;  ///< goes on where marks are thrown away or given elsewhere
  int m_question = 0;
  Mask m_answer;
  bool m_hasAnswer = false;
  PixelBox m_shown;
  QTemporaryDir m_slices;
};

}  // namespace roundel
