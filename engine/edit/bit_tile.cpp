#include "edit/bit_tile.h"

#include <algorithm>
#include <bit>

namespace roundel {
namespace {

bool overlap(const PixelBox& a, const PixelBox& b) {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 && a.z0 < b.z1 && b.z0 < a.z1;
}

/// The bits of `mask` in 64 pixels from flat index `start` on; `next` is where the search goes on for a later start.
std::uint64_t bitsOf(const Mask& mask, std::int64_t start, std::int64_t length, std::vector<Mask::Run>::const_iterator& next) {
  const auto& runs = mask.runs();
  next = std::partition_point(next, runs.end(), [&](const Mask::Run& run) { return run.start + run.length <= start; });
  std::uint64_t bits = 0;
  for (auto run = next; run != runs.end() && run->start < start + length; ++run)
    bits |= bitsBetween(std::max<std::int64_t>(run->start - start, 0), std::min(run->start + run->length - start, length));
  return bits;
}

}  // namespace

BitPlane& BitTile::plane(int classIndex) {
  auto& plane = planeOf[static_cast<std::size_t>(classIndex + 1)];
  if (plane < 0) {
    plane = static_cast<std::int16_t>(planes.size());
    planes.emplace_back();
  }
  return planes[static_cast<std::size_t>(plane)];
}

TileGrid::TileGrid(const Size& size)
    : m_size(size),
      m_rows(size.z == 1 ? 64 : 8),
      m_depth(size.z == 1 ? 1 : 8),
      m_columns((size.x + 63) / 64),
      m_bands((size.y + m_rows - 1) / m_rows),
      m_slabs((size.z + m_depth - 1) / m_depth) {}

PixelBox TileGrid::boxOf(std::int64_t tile) const {
  const std::int64_t column = tile % m_columns, band = tile / m_columns % m_bands, slab = tile / m_columns / m_bands;
  return {column * 64,
          band * m_rows,
          std::min((column + 1) * 64, m_size.x),
          std::min((band + 1) * m_rows, m_size.y),
          slab * m_depth,
          std::min((slab + 1) * m_depth, m_size.z)};
}

BitTile tileFrom(const Annotation& annotation, const std::vector<PixelBox>& boxes, const TileGrid& grid, std::int64_t tile) {
  BitTile result;
  result.planeOf.assign(annotation.classes.size() + 1, -1);
  const PixelBox box = grid.boxOf(tile);
  const Size& size = grid.size();
  for (std::size_t i = 0; i <= annotation.classes.size(); ++i) {
    const Mask& mask = i == 0 ? annotation.ignore : annotation.classes[i - 1].mask;
    if (mask.empty() || !overlap(boxes[i], box)) continue;
    BitPlane plane{};
    std::uint64_t any = 0;
    auto next = mask.runs().begin();
    for (std::int64_t z = box.z0; z < box.z1; ++z)
      for (std::int64_t y = box.y0; y < box.y1; ++y) {
        const std::uint64_t bits = bitsOf(mask, (z * size.y + y) * size.x + box.x0, box.x1 - box.x0, next);
        plane[grid.wordAt(y, z)] = bits;
        any |= bits;
      }
    if (any == 0) continue;
    result.planeOf[i] = static_cast<std::int16_t>(result.planes.size());
    result.planes.push_back(plane);
  }
  return result;
}

void appendRuns(std::vector<Mask::Run>& runs, const BitPlane& plane, const TileGrid& grid, std::int64_t tile) {
  const PixelBox box = grid.boxOf(tile);
  const Size& size = grid.size();
  for (std::int64_t z = box.z0; z < box.z1; ++z)
    for (std::int64_t y = box.y0; y < box.y1; ++y) {
      const std::int64_t start = (z * size.y + y) * size.x + box.x0;
      std::uint64_t bits = plane[grid.wordAt(y, z)];
      for (std::int64_t at = 0; bits != 0;) {
        const int skip = std::countr_zero(bits);
        bits >>= skip;
        const int length = std::countr_one(bits);
        runs.push_back({start + at + skip, length});
        at += skip + length;
        bits = length == 64 ? 0 : bits >> length;
      }
    }
}

}  // namespace roundel
