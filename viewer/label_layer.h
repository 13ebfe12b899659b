#pragma once
#include <QRect>
#include <QRgb>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/mask.h"
#include "viewer/compositor.h"
#include "viewer/plane.h"

namespace roundel {

/// How one mask is drawn. The mask must live as long as the list is used.
struct LabelShape {
  const Mask* mask = nullptr;
  QRgb colour = 0;
  double opacity = 0.4;  ///< of the filling
  bool outline = true;   ///< a line along the inner edge
  bool filled = true;
};

/// What there is to draw now; later ones lie above.
using LabelSource = std::function<std::vector<LabelShape>()>;

/// The colours of all labels on one slice, at the resolution in which the slice is shown; kept, and made anew where something changed.
class LabelLayer {
 public:
  /// One colour a square of `step` x `step` pixels of the plane. Makes everything stale where anything differs.
  void setGrid(const Plane& plane, std::int64_t slice, std::int64_t step);
  void makeStale() { m_stale = QRect(0, 0, static_cast<int>(m_width), static_cast<int>(m_height)); }
  /// `box` in indices of the grid. Returns the part of the plane that it touches, in plane pixels; empty where it is on other slices.
  QRect makeStale(const PixelBox& box);
  /// Draws what is stale.
  void refresh(const std::vector<LabelShape>& shapes);

  OverlaySamples samples() const { return {m_pixels.data(), m_width, m_height}; }
  std::int64_t step() const { return m_step; }

 private:
  Plane m_plane;
  std::int64_t m_slice = -1, m_step = 0, m_width = 0, m_height = 0;
  std::vector<std::uint32_t> m_pixels;
  QRect m_stale;
};

}  // namespace roundel
