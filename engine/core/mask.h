#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/geometry.h"
#include "core/json.h"

namespace roundel {

/// Half-open pixel box: x0 <= x < x1. A box over pixels 3..7 is 3..8. Empty where x1 <= x0 or y1 <= y0.
struct PixelBox {
  std::int64_t x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  std::int64_t z0 = 0, z1 = 1;

  bool empty() const { return x1 <= x0 || y1 <= y0 || z1 <= z0; }
  bool operator==(const PixelBox&) const = default;
};

/// A binary mask as run lengths on a grid: small where it is stored, exact, and equal where it is equal.
///
/// Runs are over the flat index (x fastest, then y, then z), sorted, not touching, none empty.
class Mask {
 public:
  struct Run {
    std::int64_t start = 0;
    std::int64_t length = 0;
    bool operator==(const Run&) const = default;
  };

  Mask() = default;
  explicit Mask(Size size) : m_size(size) {}
  /// Sorts and joins the runs. Throws Error(BadInput, "bad-mask") where a run leaves the grid.
  Mask(Size size, std::vector<Run> runs);
  /// Every non-zero byte is in. `bytes` holds size.count() of them.
  static Mask fromBytes(Size size, std::span<const std::uint8_t> bytes);

  Size size() const { return m_size; }
  const std::vector<Run>& runs() const { return m_runs; }
  bool empty() const { return m_runs.empty(); }
  std::int64_t area() const;
  bool contains(std::int64_t x, std::int64_t y, std::int64_t z = 0) const;
  /// Tight box around the mask; empty for an empty mask.
  PixelBox bounds() const;
  /// 0 and 1, size().count() of them.
  std::vector<std::uint8_t> toBytes() const;
  /// Writes `value` wherever the mask is; `out` holds size().count() values.
  void paintInto(std::span<std::uint8_t> out, std::uint8_t value = 1) const;

  bool operator==(const Mask&) const = default;

 private:
  Size m_size;
  std::vector<Run> m_runs;
};

/// All three throw Error(BadInput, "size-mismatch") where the grids differ.
Mask unite(const Mask& a, const Mask& b);
Mask intersect(const Mask& a, const Mask& b);
Mask subtract(const Mask& a, const Mask& b);
std::int64_t overlapArea(const Mask& a, const Mask& b);

/// {"size": [x, y, z], "runs": [start, length, ...]}
Json toJson(const Mask& mask);
Mask maskFromJson(const Json& json);

/// The part of a mask inside a box, on the box's own grid. The box lies within the mask's grid.
Mask cropped(const Mask& mask, const PixelBox& box);

}  // namespace roundel
