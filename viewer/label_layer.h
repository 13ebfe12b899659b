#pragma once
#include <QRect>
#include <QRgb>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
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
  bool hatched = false;  ///< filled with slanting lines: a region that is no structure
};

/// What there is to draw now; later ones lie above.
using LabelSource = std::function<std::vector<LabelShape>()>;

/// The colours of all labels on one slice, at the resolution in which the slice is shown. Drawn where it is looked at, in tiles, kept, and
/// drawn anew where something changed; a second resolution is kept beside, so that a zoom that goes back and forth draws nothing twice.
class LabelLayer {
 public:
  /// One colour a square of `step` x `step` pixels of the plane. Makes everything stale where the plane or slice is another.
  void setGrid(const Plane& plane, std::int64_t slice, std::int64_t step);
  void makeStale();
  /// `box` in indices of the grid. Returns the part of the plane that it touches, in plane pixels; empty where it is on other slices.
  QRect makeStale(const PixelBox& box);
  /// Draws what is stale in these squares.
  void refresh(const std::vector<LabelShape>& shapes, const QRect& squares);
  void refresh(const std::vector<LabelShape>& shapes) { refresh(shapes, QRect(0, 0, kMostSquares, kMostSquares)); }

  OverlaySamples samples() const;
  std::int64_t step() const { return m_sheets.empty() ? 0 : m_sheets.front().step; }

 private:
  static constexpr int kMostSquares = 1 << 30;
  struct Free {
    void operator()(std::uint32_t* pixels) const { std::free(pixels); }
  };
  struct Sheet {
    std::int64_t step = 0, width = 0, height = 0;
    std::unique_ptr<std::uint32_t, Free> pixels;  ///< pages that nobody looked at take no memory
    std::vector<QRect> stale;                     ///< a tile each, in squares; empty: drawn
    int across = 0;                               ///< tiles in a row
  };
  static void makeStale(Sheet& sheet, const QRect& squares);
  void draw(Sheet& sheet, const QRect& squares, const std::vector<LabelShape>& shapes) const;

  Plane m_plane;
  std::int64_t m_slice = -1;
  std::vector<Sheet> m_sheets;  ///< first: the one in use
};

}  // namespace roundel
