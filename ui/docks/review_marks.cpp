#include "ui/docks/review_marks.h"

#include "viewer/slice_view.h"

namespace roundel {
namespace {

PromptMarks::ToScreen screenOf(const SliceView& view) {
  return [&view](double u, double v) { return view.screenAt(view.plane().indexOf(u, v, view.slice())); };
}

}  // namespace

void ReviewMarks::show(std::vector<OfClass> classes, bool movable) {
  m_classes = std::move(classes);
  m_movable = movable;
  m_held = -1;
}

int ReviewMarks::under(const PointerEvent& event) const {
  for (std::size_t i = 0; m_movable && i < m_classes.size(); ++i)
    if (m_classes[i].marks.over(event.screen, screenOf(*event.view))) return static_cast<int>(i);
  return -1;
}

void ReviewMarks::setOver(SliceView& view, bool over) {
  if (over == m_over) return;
  if (over) m_cursor = view.cursor();
  m_over = over;
  view.setToolCursor(over ? QCursor(Qt::SizeAllCursor) : m_cursor);
}

bool ReviewMarks::pointer(const PointerEvent& event) {
  switch (event.phase) {
    case PointerPhase::Hover: {
      const bool over = under(event) >= 0;
      setOver(*event.view, over);
      return over;
    }
    case PointerPhase::Press:
    case PointerPhase::DoubleClick:
      if (event.button != Qt::LeftButton || event.modifiers != Qt::NoModifier) return false;
      m_held = under(event);
      if (m_held < 0) return false;
      m_changed = false;
      return m_classes[static_cast<std::size_t>(m_held)].marks.grab(event.screen, screenOf(*event.view));
    case PointerPhase::Move: {
      if (m_held < 0) return false;
      const Plane& plane = event.view->plane();
      const auto at = plane.planeOf(event.index);
      m_classes[static_cast<std::size_t>(m_held)].marks.moveTo(at[0], at[1], plane.sizeU, plane.sizeV);
      m_changed = true;
      event.view->update();
      return true;
    }
    case PointerPhase::Release: {
      if (m_held < 0) return false;
      OfClass& held = m_classes[static_cast<std::size_t>(m_held)];
      m_held = -1;
      held.marks.letGo();
      event.view->update();
      if (m_changed) m_moved(held.classIndex, PromptMarks(held.marks));  // what is shown may be replaced by it
      return true;
    }
    case PointerPhase::Leave: setOver(*event.view, false); return false;
  }
  return false;
}

void ReviewMarks::paint(QPainter& painter, const SliceView& view) {
  if (!view.picture()) return;
  for (const OfClass& one : m_classes) one.marks.paint(painter, screenOf(view), one.colour);
}

}  // namespace roundel
