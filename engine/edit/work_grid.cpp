#include "edit/work_grid.h"

#include <algorithm>
#include <cmath>

namespace roundel {
namespace {

/// The flat index of the first pixel of a slice, and the steps along its axes.
struct Lattice {
  std::int64_t first, stepU, stepV;
};

Lattice latticeOf(const Size& size, const SlicePlane& slice) {
  switch (slice.axis) {
    case SliceAxis::X: return {slice.index, size.x, size.x * size.y};
    case SliceAxis::Y: return {slice.index * size.x, 1, size.x * size.y};
    case SliceAxis::Z: break;
  }
  return {slice.index * size.x * size.y, 1, size.x};
}

Size sizeOf(const Size& size, const std::optional<SlicePlane>& slice) {
  if (!slice) return size;
  switch (slice->axis) {
    case SliceAxis::X: return {size.y, size.z, 1};
    case SliceAxis::Y: return {size.x, size.z, 1};
    case SliceAxis::Z: break;
  }
  return {size.x, size.y, 1};
}

std::array<double, 3> spacingOf(const Geometry& geometry, const std::optional<SlicePlane>& slice) {
  const auto& all = geometry.spacingMm;
  if (!geometry.hasSpacing()) return {1, 1, 1};
  if (!slice) return all;
  switch (slice->axis) {
    case SliceAxis::X: return {all[1], all[2], 1};
    case SliceAxis::Y: return {all[0], all[2], 1};
    case SliceAxis::Z: break;
  }
  return {all[0], all[1], 1};
}

/// The runs of `mask` between two flat indices, counted from the first of them.
std::vector<Mask::Run> runsBetween(const Mask& mask, std::int64_t begin, std::int64_t end) {
  std::vector<Mask::Run> runs;
  const auto& all = mask.runs();
  auto run = std::partition_point(all.begin(), all.end(), [&](const Mask::Run& one) { return one.start + one.length <= begin; });
  for (; run != all.end() && run->start < end; ++run) {
    const std::int64_t from = std::max(run->start, begin), to = std::min(run->start + run->length, end);
    runs.push_back({from - begin, to - from});
  }
  return runs;
}

}  // namespace

WorkGrid::WorkGrid(const EditRequest& request)
    : m_request(request),
      m_whole(!request.slice || (request.annotation.size.z == 1 && request.slice->axis == SliceAxis::Z)),
      m_size(sizeOf(request.annotation.size, m_whole ? std::nullopt : request.slice)),
      m_spacing(spacingOf(request.geometry, m_whole ? std::nullopt : request.slice)) {}

Mask WorkGrid::toGrid(const Mask& mask) const {
  if (m_whole) return mask;
  const Lattice lattice = latticeOf(mask.size(), *m_request.slice);
  std::vector<Mask::Run> runs;
  for (std::int64_t v = 0; v < m_size.y; ++v) {
    const std::int64_t start = lattice.first + v * lattice.stepV;
    if (lattice.stepU == 1) {
      for (const auto& run : runsBetween(mask, start, start + m_size.x)) runs.push_back({v * m_size.x + run.start, run.length});
      continue;
    }
    // A sagittal slice: the rows of the volume that cross it, one pixel of each.
    const auto& all = mask.runs();
    auto run = all.begin();
    for (std::int64_t u = 0; u < m_size.x; ++u) {
      const std::int64_t at = start + u * lattice.stepU;
      run = std::partition_point(run, all.end(), [&](const Mask::Run& one) { return one.start + one.length <= at; });
      if (run != all.end() && run->start <= at) runs.push_back({v * m_size.x + u, 1});
    }
  }
  return Mask(m_size, std::move(runs));
}

Mask WorkGrid::toCase(const Mask& mask) const {
  if (m_whole) return mask;
  const Lattice lattice = latticeOf(m_request.annotation.size, *m_request.slice);
  std::vector<Mask::Run> runs;
  for (const auto& run : mask.runs())
    for (std::int64_t at = run.start, end = run.start + run.length; at < end;) {
      const std::int64_t v = at / m_size.x, u = at % m_size.x;
      const std::int64_t start = lattice.first + v * lattice.stepV + u * lattice.stepU;
      const std::int64_t length = lattice.stepU == 1 ? std::min(end - at, m_size.x - u) : 1;
      runs.push_back({start, length});
      at += length;
    }
  return Mask(m_request.annotation.size, std::move(runs));
}

Mask WorkGrid::classMask(int classIndex) const {
  const Annotation& annotation = m_request.annotation;
  return toGrid(classIndex == kIgnoreRegion ? annotation.ignore : annotation.classes[static_cast<std::size_t>(classIndex)].mask);
}

std::vector<float> WorkGrid::values() const {
  if (m_request.image == nullptr) return {};
  const std::vector<float>& all = m_request.image->values;
  if (m_whole) return all;
  const Lattice lattice = latticeOf(m_request.annotation.size, *m_request.slice);
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(m_size.count()));
  for (std::int64_t v = 0; v < m_size.y; ++v)
    for (std::int64_t u = 0; u < m_size.x; ++u)
      values.push_back(all[static_cast<std::size_t>(lattice.first + v * lattice.stepV + u * lattice.stepU)]);
  return values;
}

EditPoint WorkGrid::toGrid(const EditPoint& point) const {
  if (m_whole) return m_size.z == 1 ? EditPoint{point.x, point.y, 0} : point;
  switch (m_request.slice->axis) {
    case SliceAxis::X: return {point.y, point.z, 0};
    case SliceAxis::Y: return {point.x, point.z, 0};
    case SliceAxis::Z: break;
  }
  return {point.x, point.y, 0};
}

std::int64_t WorkGrid::pixelAt(const EditPoint& point) const {
  const EditPoint at = toGrid(point);
  const auto inside = [](double value, std::int64_t extent) { return value >= -0.5 && value < static_cast<double>(extent) - 0.5; };
  if (!inside(at.x, m_size.x) || !inside(at.y, m_size.y) || !inside(at.z, m_size.z)) return -1;
  const auto pixel = [](double value, std::int64_t extent) {
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(value + 0.5)), 0, extent - 1);
  };
  return (pixel(at.z, m_size.z) * m_size.y + pixel(at.y, m_size.y)) * m_size.x + pixel(at.x, m_size.x);
}

LabelEdit addedEdit(const EditRequest& request, const WorkGrid& grid, const Mask& region, PaintMode mode, const std::string& name) {
  Mask mask = grid.toCase(region);
  if (request.region != nullptr) mask = intersect(mask, *request.region);
  return paintEdit(request.annotation, request.classIndex, mask, mode, request.policy, name);
}

LabelEdit replacedEdit(const EditRequest& request, const WorkGrid& grid, const Mask& mask, const std::string& name) {
  const Mask whole(grid.size(), {{0, grid.size().count()}});
  Mask within = grid.toCase(whole);
  if (request.region != nullptr) within = intersect(within, *request.region);
  return replaceEdit(request.annotation, request.classIndex, grid.toCase(mask), within, request.policy, name);
}

}  // namespace roundel
