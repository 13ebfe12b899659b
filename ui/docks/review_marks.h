#pragma once
#include <QColor>
#include <QCursor>
#include <functional>
#include <vector>

#include "ui/tools/prompt_marks.h"
#include "viewer/view_tool.h"

namespace roundel {

/// The prompts that a run asked with, over the picture under review: each box and point can be taken hold of and moved.
class ReviewMarks : public ViewTool {
 public:
  struct OfClass {
    int classIndex = 0;  ///< of the round
    PromptMarks marks;
    QColor colour;
  };
  /// Called when something was moved and let go.
  using Moved = std::function<void(int classIndex, const PromptMarks& marks)>;

  explicit ReviewMarks(Moved moved) : m_moved(std::move(moved)) {}

  /// Those that are shown; `movable` false: to look at.
  void show(std::vector<OfClass> classes, bool movable);
  const std::vector<OfClass>& shown() const { return m_classes; }
  bool holding() const { return m_held >= 0; }

  bool pointer(const PointerEvent& event) override;
  void paint(QPainter& painter, const SliceView& view) override;

 private:
  /// Index into the shown classes; -1: none is under the mouse.
  int under(const PointerEvent& event) const;
  void setOver(SliceView& view, bool over);

  Moved m_moved;
  std::vector<OfClass> m_classes;
  bool m_movable = false, m_over = false, m_changed = false;
  int m_held = -1;
  QCursor m_cursor;  ///< what it was before the mouse came over a mark
};

}  // namespace roundel
