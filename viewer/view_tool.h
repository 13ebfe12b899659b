#pragma once
#include <QtCore/qnamespace.h>
#include <QPointF>
#include <array>

class QPainter;
class QKeyEvent;

namespace roundel {

class SliceView;

enum class PointerPhase { Press, Move, Release, Hover, DoubleClick, Leave };

/// What the mouse or pen does over a picture.
struct PointerEvent {
  PointerPhase phase = PointerPhase::Hover;
  Qt::MouseButton button = Qt::NoButton;
  Qt::MouseButtons buttons = Qt::NoButton;
  Qt::KeyboardModifiers modifiers = Qt::NoModifier;
  std::array<double, 3> index{};  ///< pixels of the grid, centres at integers
  QPointF screen;                 ///< logical pixels of the view
  SliceView* view = nullptr;
};

/// Something that a person does with the pointer on a picture: a brush, a polygon, a ruler, prompts.
class ViewTool {
 public:
  virtual ~ViewTool() = default;
  /// True where the tool made use of it; otherwise the view takes it for window, pan or zoom.
  virtual bool pointer(const PointerEvent& event) = 0;
  /// Draws over the picture, in logical pixels of the view.
  virtual void paint(QPainter& painter, const SliceView& view) = 0;
  virtual bool key(const QKeyEvent&) { return false; }
};

}  // namespace roundel
