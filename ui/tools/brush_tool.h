#pragma once
#include <optional>

#include "edit/edit_tool.h"
#include "edit/paint_surface.h"
#include "viewer/view_tool.h"

namespace roundel {

class Document;

/// Brush and eraser. Left paints; right, or Ctrl with left, does the opposite. Shift and wheel, [ and ], change the size.
class BrushTool : public ViewTool {
 public:
  BrushTool(Document& document, PaintMode mode) : m_document(document), m_mode(mode) {}

  bool pointer(const PointerEvent& event) override;
  void paint(QPainter& painter, const SliceView& view) override;

  /// Resolved parameters of the edit tool of the same name.
  void setParams(const Params& params);
  bool painting() const { return m_painting; }

 private:
  Document& m_document;
  PaintMode m_mode;
  Brush m_brush{.shape = BrushShape::Round, .radius = 12};
  Params m_params;
  bool m_painting = false;
  const SliceView* m_over = nullptr;
  QPointF m_at;
};

/// The plane of a view, as editing names it.
std::optional<SlicePlane> slicePlaneOf(const SliceView& view);
EditPoint editPoint(const std::array<double, 3>& index);

}  // namespace roundel
