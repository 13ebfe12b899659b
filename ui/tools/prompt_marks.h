#pragma once
#include <QColor>
#include <QPointF>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/prompt.h"

class QPainter;

namespace roundel {

inline constexpr QColor kPromptColour{90, 200, 250};

/// What a person has pointed at on one picture or slice, in pixels of its plane: points inside and outside, and a box. Each can be taken
/// hold of and moved.
class PromptMarks {
 public:
  /// A place of the plane on the screen.
  using ToScreen = std::function<QPointF(double u, double v)>;

  const std::vector<PromptPoint>& points() const { return m_points; }
  const std::vector<PromptBox>& boxes() const { return m_boxes; }
  bool empty() const { return m_points.empty() && m_boxes.empty(); }
  void clear();
  /// What a prompt holds and is not here yet.
  void add(const Prompt& prompt);
  /// Only the box and the points inside.
  void keepPositive();

  void addPoint(double u, double v, bool positive) { m_points.push_back({std::round(u), std::round(v), 0, positive}); }
  /// A box around both places, kept within the plane; it takes the place of the one that was there.
  void setBox(const QPointF& from, const QPointF& to, std::int64_t sizeU, std::int64_t sizeV);
  /// A few points along a line that was drawn: a scribble.
  void addScribble(const std::vector<QPointF>& line, bool positive);
  /// The last one that was added; false where there is none.
  bool removeLast();
  /// What lies under the mouse is taken away; false: nothing does.
  bool removeAt(const QPointF& screen, const ToScreen& toScreen);

  /// Takes hold of the point, corner or side under the mouse; false: there is none.
  bool grab(const QPointF& screen, const ToScreen& toScreen);
  bool holding() const { return m_grip.what != Grip::None; }
  bool over(const QPointF& screen, const ToScreen& toScreen) const { return gripAt(screen, toScreen).what != Grip::None; }
  void moveTo(double u, double v, std::int64_t sizeU, std::int64_t sizeV);
  void letGo();

  void paint(QPainter& painter, const ToScreen& toScreen, const QColor& colour = kPromptColour) const;

  static void paintBox(QPainter& painter, const PromptBox& box, const ToScreen& toScreen, bool handles,
                       const QColor& colour = kPromptColour);

 private:
  struct Grip {
    enum What { None, Point, Box } what = None;
    std::size_t index = 0;
    int sideU = 0, sideV = 0;  ///< of a box: -1 its low side moves, +1 its high one
  };
  Grip gripAt(const QPointF& screen, const ToScreen& toScreen) const;

  std::vector<PromptPoint> m_points;
  std::vector<PromptBox> m_boxes;
  Grip m_grip;
};

}  // namespace roundel
