#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/image.h"
#include "edit/bit_tile.h"
#include "edit/brush.h"
#include "edit/paint_policy.h"

namespace roundel {

/// Only pixels with low <= value <= high are painted: a brush that keeps to the bone.
struct IntensityGate {
  float low = 0;
  float high = 1;
};

/// One stroke of a brush, from the button's press to its release.
struct Stroke {
  int classIndex = 0;  ///< or kIgnoreRegion
  PaintMode mode = PaintMode::Add;
  Brush brush = {};
  std::optional<SlicePlane> slice = SlicePlane{};  ///< none: in the volume
  PaintPolicy policy = {};
  std::optional<IntensityGate> gate = {};  ///< needs the surface's image
};

/// The labels as bits, for the time of painting: a tile holds one bit a pixel for every class that lies in it, so a dab is a few
/// hundred operations on 64 pixels at once, however many classes overlap. Tiles are made from the run lengths when they are first
/// touched or shown, and dropped never; an untouched part of the image costs nothing.
///
/// Belongs to the thread of the view. The annotation must outlive the surface and change only by edits it is told of (changed()).
class PaintSurface {
 public:
  /// Image: for gates; may be null; values on the same grid.
  PaintSurface(const Annotation& annotation, const Geometry& geometry, const Image* image = nullptr);
  ~PaintSurface();
  PaintSurface(const PaintSurface&) = delete;
  PaintSurface& operator=(const PaintSurface&) = delete;

  Size size() const;
  int classCount() const;
  /// The image for gates, which may come later than the labels; null: none. Not while a stroke is under way.
  void setImage(const Image* image);

  /// Throws Error(Usage, "unknown-class" | "bad-parameter" | "image-needed"), and "stroke-under-way" where one has not ended.
  void beginStroke(const Stroke& stroke);
  bool strokeUnderWay() const;
  /// The first call is a dab, every later one sweeps from the last point. Box of the pixels that changed: what a texture must show anew.
  PixelBox strokeTo(const EditPoint& point);
  /// The stroke as an edit named "brush" or "eraser". The annotation itself is changed by who owns it: applyEdit(annotation, edit); the
  /// surface already shows it.
  LabelEdit endStroke();
  /// Takes the stroke back; box of what changes.
  PixelBox cancelStroke();

  /// To be told after an edit was applied to the annotation other than by endStroke(); `taken` back: undone.
  enum class Direction { Applied, TakenBack };
  void changed(const LabelEdit& edit, Direction direction);
  /// To be told when the annotation was replaced.
  void reset();

  /// 64 pixels of a class, from x = 64 * column on of row (y, z): bit i is pixel 64 * column + i. Bits beyond the edge are 0.
  std::uint64_t word(int classIndex, std::int64_t column, std::int64_t y, std::int64_t z);
  /// The labels of one tile, as they are now; the next call may move it.
  const TileGrid& grid() const;
  const BitTile& tile(std::int64_t index);
  /// 0 and 1 for every pixel of the box, row-major. Throws Error(Usage, "bad-parameter") where it leaves the image.
  std::vector<std::uint8_t> readClass(int classIndex, const PixelBox& box);
  /// All classes at a pixel, ascending; kIgnoreRegion first.
  std::vector<int> classesAt(std::int64_t x, std::int64_t y, std::int64_t z = 0);

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

}  // namespace roundel
