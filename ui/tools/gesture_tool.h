#pragma once
#include <QPolygonF>
#include <functional>
#include <vector>

#include "edit/edit_tool.h"
#include "viewer/view_tool.h"

namespace roundel {

/// Collects what a tool of the list wants pointed at: a click, a drag, or the corners of an outline (clicked one by one, or dragged as a
/// lasso; a double click or Enter closes, Backspace takes the last corner back, Escape all).
class GestureTool : public ViewTool {
 public:
  using Ready = std::function<void(std::vector<EditPoint> points, SliceView& view)>;

  GestureTool(EditGesture gesture, Ready ready) : m_gesture(gesture), m_ready(std::move(ready)) {}

  bool pointer(const PointerEvent& event) override;
  void paint(QPainter& painter, const SliceView& view) override;
  bool key(const QKeyEvent& event) override;
  void clear();
  /// As Enter: false where there is nothing to finish.
  bool complete();

 protected:
  /// An open line with the side that would close it.
  void paintLine(QPainter& painter, const QPolygonF& line) const;

  std::vector<EditPoint> m_points;
  EditPoint m_hover;
  SliceView* m_view = nullptr;

 private:
  void finish();

  EditGesture m_gesture;
  Ready m_ready;
  bool m_dragging = false, m_dragged = false;
};

}  // namespace roundel
