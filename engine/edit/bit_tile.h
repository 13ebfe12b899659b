#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "core/annotation.h"

namespace roundel {

/// One bit for each of 64 x 64 pixels: 64 words of 64 pixels along x.
using BitPlane = std::array<std::uint64_t, 64>;

/// The labels of 64 columns and 64 rows: of 64 neighbouring rows in a picture, of 8 rows in each of 8 slices in a volume, so that no
/// plane through a volume meets many more tiles than another.
struct BitTile {
  std::vector<std::int16_t> planeOf;  ///< by class index + 1 (0: the region to ignore); -1: no pixel here
  std::vector<BitPlane> planes;

  const BitPlane* find(int classIndex) const {
    const std::int16_t plane = planeOf[static_cast<std::size_t>(classIndex + 1)];
    return plane < 0 ? nullptr : &planes[static_cast<std::size_t>(plane)];
  }
  /// Makes an empty plane where there is none; other planes may move.
  BitPlane& plane(int classIndex);
};

/// Which tile and which word of it a pixel lies in.
class TileGrid {
 public:
  explicit TileGrid(const Size& size);

  const Size& size() const { return m_size; }
  std::int64_t count() const { return m_columns * m_bands * m_slabs; }
  std::int64_t columns() const { return m_columns; }
  std::int64_t tileAt(std::int64_t column, std::int64_t y, std::int64_t z) const {
    return ((z / m_depth) * m_bands + y / m_rows) * m_columns + column;
  }
  std::size_t wordAt(std::int64_t y, std::int64_t z) const { return static_cast<std::size_t>((z % m_depth) * m_rows + y % m_rows); }
  /// The pixels of a tile, cut at the grid.
  PixelBox boxOf(std::int64_t tile) const;

 private:
  Size m_size;
  std::int64_t m_rows, m_depth;
  std::int64_t m_columns, m_bands, m_slabs;
};

/// The bits from x0 to x1 (0..64, x0 < x1).
inline std::uint64_t bitsBetween(std::int64_t x0, std::int64_t x1) {
  return (x1 - x0 == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (x1 - x0)) - 1) << x0;
}

/// The tile as the annotation has it. `boxes` are the bounds of the masks, by class index + 1, for a quick no.
BitTile tileFrom(const Annotation& annotation, const std::vector<PixelBox>& boxes, const TileGrid& grid, std::int64_t tile);

/// Appends the runs of a plane's bits.
void appendRuns(std::vector<Mask::Run>& runs, const BitPlane& plane, const TileGrid& grid, std::int64_t tile);

}  // namespace roundel
