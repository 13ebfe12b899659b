#include "edit/label_overlay.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/error.h"

namespace roundel {
namespace {

using Pixel = std::array<std::uint8_t, 4>;

/// Bits along u of one row v of a slice, whichever way the slice lies.
class SliceBits {
 public:
  SliceBits(PaintSurface& surface, const SlicePlane& slice)
      : m_surface(surface), m_slice(slice), m_extent(extentOf(surface.size(), slice)) {}

  std::uint64_t word(int classIndex, std::int64_t column, std::int64_t v) {
    if (column < 0 || v < 0 || v >= m_extent.v1 || column * 64 >= m_extent.u1) return 0;
    switch (m_slice.axis) {
      case SliceAxis::Z: return m_surface.word(classIndex, column, v, m_slice.index);
      case SliceAxis::Y: return m_surface.word(classIndex, column, m_slice.index, v);
      case SliceAxis::X: break;
    }
    std::uint64_t bits = 0;
    const std::int64_t first = column * 64, count = std::min<std::int64_t>(64, m_extent.u1 - first);
    for (std::int64_t i = 0; i < count; ++i)
      bits |= (m_surface.word(classIndex, m_slice.index / 64, first + i, v) >> (m_slice.index % 64) & 1) << i;
    return bits;
  }

  /// The classes of `drawn` that have a pixel in the tiles of these 64 pixels.
  void present(const std::vector<int>& drawn, std::int64_t column, std::int64_t v, std::vector<int>& classes) {
    classes.clear();
    const TileGrid& grid = m_surface.grid();
    if (m_slice.axis != SliceAxis::X) {
      const BitTile& tile = m_slice.axis == SliceAxis::Z ? m_surface.tile(grid.tileAt(column, v, m_slice.index))
                                                         : m_surface.tile(grid.tileAt(column, m_slice.index, v));
      for (const int one : drawn)
        if (tile.find(one) != nullptr) classes.push_back(one);
      return;
    }
    const std::int64_t first = column * 64, end = std::min(first + 64, m_extent.u1);
    for (const int one : drawn)
      for (std::int64_t y = first; y < end; y += 8)
        if (m_surface.tile(grid.tileAt(m_slice.index / 64, y, v)).find(one) != nullptr) {
          classes.push_back(one);
          break;
        }
  }

 private:
  PaintSurface& m_surface;
  SlicePlane m_slice;
  SliceBox m_extent;
};

/// The pixels of a word whose four neighbours in the slice are all in.
std::uint64_t interiorOf(SliceBits& bits, int classIndex, std::int64_t column, std::int64_t v, std::uint64_t own) {
  const std::uint64_t left = own << 1 | bits.word(classIndex, column - 1, v) >> 63;
  const std::uint64_t right = own >> 1 | bits.word(classIndex, column + 1, v) << 63;
  return own & left & right & bits.word(classIndex, column, v - 1) & bits.word(classIndex, column, v + 1);
}

int level(float opacity) { return static_cast<int>(std::lround(std::clamp(opacity, 0.0F, 1.0F) * 255)); }

/// 64 neighbouring pixels at once; the compiler makes vectors of it.
void blendAll(const std::array<std::uint8_t, 3>& colour, int alpha, Pixel* row) {
  std::array<std::uint16_t, 4> source{};
  for (std::size_t k = 0; k < 4; ++k) source[k] = static_cast<std::uint16_t>((k < 3 ? colour[k] : 255) * alpha + 128);
  const auto below = static_cast<std::uint16_t>(255 - alpha);
  auto* bytes = reinterpret_cast<std::uint8_t*>(row);
  for (int i = 0; i < 256; i += 4)
    for (int k = 0; k < 4; ++k) {
      // Rounded division by 255, exact up to 255 * 255.
      const auto sum = static_cast<std::uint16_t>(source[static_cast<std::size_t>(k)] + bytes[i + k] * below);
      bytes[i + k] = static_cast<std::uint8_t>((sum + (sum >> 8)) >> 8);
    }
}

/// `first`: where in `out` bit 0 would lie; it may lie outside, its bit is then not set.
void blend(std::uint64_t bits, const std::array<std::uint8_t, 3>& colour, int alpha, std::span<Pixel> out, std::int64_t first) {
  if (alpha == 0) return;
  if (bits == ~std::uint64_t{0}) {
    blendAll(colour, alpha, &out[static_cast<std::size_t>(first)]);
    return;
  }
  const auto over = [&](int source, int below) { return static_cast<std::uint8_t>((source * alpha + below * (255 - alpha) + 127) / 255); };
  for (; bits != 0; bits &= bits - 1) {
    Pixel& pixel = out[static_cast<std::size_t>(first + std::countr_zero(bits))];
    pixel = {over(colour[0], pixel[0]), over(colour[1], pixel[1]), over(colour[2], pixel[2]), over(255, pixel[3])};
  }
}

}  // namespace

SliceBox extentOf(const Size& size, const SlicePlane& slice) {
  switch (slice.axis) {
    case SliceAxis::X: return {0, 0, size.y, size.z};
    case SliceAxis::Y: return {0, 0, size.x, size.z};
    case SliceAxis::Z: break;
  }
  return {0, 0, size.x, size.y};
}

SliceBox shownBy(const PixelBox& box, const SlicePlane& slice) {
  const auto within = [&](std::int64_t low, std::int64_t high) { return slice.index >= low && slice.index < high; };
  if (box.empty()) return {};
  switch (slice.axis) {
    case SliceAxis::X: return within(box.x0, box.x1) ? SliceBox{box.y0, box.z0, box.y1, box.z1} : SliceBox{};
    case SliceAxis::Y: return within(box.y0, box.y1) ? SliceBox{box.x0, box.z0, box.x1, box.z1} : SliceBox{};
    case SliceAxis::Z: break;
  }
  return within(box.z0, box.z1) ? SliceBox{box.x0, box.y0, box.x1, box.y1} : SliceBox{};
}

SliceBox grownByOne(const SliceBox& box, const Size& size, const SlicePlane& slice) {
  if (box.empty()) return box;
  const SliceBox all = extentOf(size, slice);
  return {std::max(box.u0 - 1, all.u0), std::max(box.v0 - 1, all.v0), std::min(box.u1 + 1, all.u1), std::min(box.v1 + 1, all.v1)};
}

void drawOverlay(PaintSurface& surface, const SlicePlane& slice, const SliceBox& box, const OverlayStyle& style, std::span<Pixel> out) {
  const SliceBox all = extentOf(surface.size(), slice);
  const auto depth = slice.axis == SliceAxis::X ? surface.size().x : slice.axis == SliceAxis::Y ? surface.size().y : surface.size().z;
  if (box.empty() || box.u0 < 0 || box.v0 < 0 || box.u1 > all.u1 || box.v1 > all.v1 || slice.index < 0 || slice.index >= depth ||
      static_cast<std::int64_t>(out.size()) != box.width() * box.height())
    throw Error(ErrorKind::Usage, "bad-parameter", "A part of a slice was asked for that lies outside the image.");
  std::fill(out.begin(), out.end(), Pixel{});
  std::vector<int> drawn;
  for (int i = 0; i < std::min(surface.classCount(), static_cast<int>(style.classes.size())); ++i)
    if (style.classes[static_cast<std::size_t>(i)].visible) drawn.push_back(i);
  if (style.ignore.visible) drawn.push_back(kIgnoreRegion);

  SliceBits bits(surface, slice);
  std::vector<int> present;
  const std::int64_t block = surface.size().z == 1 ? 64 : 8;  // rows that surely share their tiles
  for (std::int64_t column = box.u0 / 64; column * 64 < box.u1; ++column) {
    const std::int64_t first = std::max(column * 64, box.u0), end = std::min(column * 64 + 64, box.u1);
    const std::uint64_t wanted = bitsBetween(first - column * 64, end - column * 64);
    for (std::int64_t v = box.v0; v < box.v1; ++v) {
      if (v == box.v0 || v % block == 0) bits.present(drawn, column, v, present);
      if (present.empty()) continue;
      const std::int64_t row = (v - box.v0) * box.width() + (column * 64 - box.u0);
      for (const int classIndex : present) {
        const std::uint64_t own = bits.word(classIndex, column, v);
        if ((own & wanted) == 0) continue;
        const OverlayClass& look = classIndex == kIgnoreRegion ? style.ignore : style.classes[static_cast<std::size_t>(classIndex)];
        const std::uint64_t inside = interiorOf(bits, classIndex, column, v, own);
        blend(inside & wanted, look.colour, level(look.fill), out, row);
        blend(own & ~inside & wanted, look.colour, level(look.outline), out, row);
      }
    }
  }
}

}  // namespace roundel
