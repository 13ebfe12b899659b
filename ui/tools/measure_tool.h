#pragma once
#include <QCoreApplication>
#include <vector>

#include "core/geometry.h"
#include "viewer/view_tool.h"

namespace roundel {

/// Ruler (two points) or angle (three); nothing of it is stored. Lengths say what their millimetres mean.
class MeasureTool : public ViewTool {
  Q_DECLARE_TR_FUNCTIONS(MeasureTool)

 public:
  enum class Kind { Length, Angle };
  explicit MeasureTool(Kind kind) : m_kind(kind) {}

  bool pointer(const PointerEvent& event) override;
  void paint(QPainter& painter, const SliceView& view) override;
  bool key(const QKeyEvent& event) override;
  /// False where there is none.
  bool removeLast();
  /// "12.3 mm (detector)", or pixels where the spacing is not known.
  static QString lengthText(const Geometry& geometry, const std::array<double, 3>& from, const std::array<double, 3>& to);

 private:
  struct Figure {
    const SliceView* view = nullptr;
    std::int64_t slice = 0;
    std::vector<std::array<double, 3>> points;
  };
  QString textOf(const Figure& figure, const Geometry& geometry) const;
  std::size_t wanted() const { return m_kind == Kind::Length ? 2 : 3; }

  Kind m_kind;
  std::vector<Figure> m_figures;
  bool m_open = false;  ///< the last figure still follows the mouse
};

/// What the millimetres of an image mean, in short words: "detector", "calibrated"; empty where nothing needs saying.
QString spacingNote(SpacingSource source);

}  // namespace roundel
