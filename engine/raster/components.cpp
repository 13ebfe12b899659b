#include "raster/components.h"

#include <algorithm>
#include <numeric>

#include "raster/row_runs.h"

namespace roundel {
namespace {

/// Disjoint sets whose root is their smallest member.
class DisjointSets {
 public:
  explicit DisjointSets(std::size_t count) : m_parent(count) { std::iota(m_parent.begin(), m_parent.end(), std::size_t{0}); }

  std::size_t root(std::size_t of) {
    while (m_parent[of] != of) of = m_parent[of] = m_parent[m_parent[of]];
    return of;
  }
  void unite(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    m_parent[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::size_t> m_parent;
};

/// Unites the spans of two rows that touch; `reach` 0: by sides, 1: by corners too.
void linkRows(const RowRuns& rows, std::int64_t rowA, std::int64_t rowB, std::int64_t reach, DisjointSets& sets) {
  const auto a = rows.row(rowA), b = rows.row(rowB);
  if (a.empty() || b.empty()) return;
  const std::size_t beginA = rows.begin(rowA), beginB = rows.begin(rowB);
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i].x0 < b[j].x1 + reach && b[j].x0 < a[i].x1 + reach) sets.unite(beginA + i, beginB + j);
    // Spans of one row are at least a pixel apart, so the one that ends first can touch no later one.
    if (a[i].x1 < b[j].x1) ++i;
    else ++j;
  }
}

void linkAll(const RowRuns& rows, Connectivity connectivity, DisjointSets& sets) {
  const std::int64_t height = rows.size().y;
  const std::int64_t reach = connectivity == Connectivity::Corners ? 1 : 0;
  for (std::int64_t row = rows.firstRow(); row < rows.endRow(); ++row) {
    const std::int64_t y = row % height;
    if (y > 0) linkRows(rows, row, row - 1, reach, sets);
    if (row < height) continue;
    for (std::int64_t dy = -reach; dy <= reach; ++dy)
      if (y + dy >= 0 && y + dy < height) linkRows(rows, row, row - height + dy, reach, sets);
  }
}

void grow(Component& component, const RowSpan& span, std::int64_t row, const Size& size) {
  const std::int64_t y = row % size.y, z = row / size.y, start = row * size.x + span.x0;
  PixelBox& box = component.bounds;
  if (component.area == 0) {
    component.firstPixel = start;
    box = {span.x0, y, span.x1, y + 1, z, z + 1};
  }
  box = {std::min(box.x0, span.x0), std::min(box.y0, y), std::max(box.x1, span.x1),
         std::max(box.y1, y + 1),   std::min(box.z0, z), std::max(box.z1, z + 1)};
  component.area += span.x1 - span.x0;
  component.lastPixel = start + span.x1 - span.x0 - 1;
}

}  // namespace

Components connectedComponents(const Mask& mask, Connectivity connectivity) {
  const RowRuns rows(mask);
  const auto& spans = rows.spans();
  DisjointSets sets(spans.size());
  linkAll(rows, connectivity, sets);

  Components result{.size = mask.size()};
  result.runs.reserve(spans.size());
  result.ofRun.resize(spans.size());
  for (std::int64_t row = rows.firstRow(); row < rows.endRow(); ++row)
    for (std::size_t i = rows.begin(row); i < rows.begin(row + 1); ++i) {
      // A root is the first span of its component, so components are numbered in the order of their first pixels.
      const std::size_t root = sets.root(i);
      if (root == i) {
        result.ofRun[i] = static_cast<std::int32_t>(result.list.size());
        result.list.emplace_back();
      } else {
        result.ofRun[i] = result.ofRun[root];
      }
      grow(result.list[static_cast<std::size_t>(result.ofRun[i])], spans[i], row, mask.size());
      result.runs.push_back({row * mask.size().x + spans[i].x0, spans[i].x1 - spans[i].x0});
    }
  return result;
}

Mask Components::mask(int component) const {
  std::vector<Mask::Run> chosen;
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (ofRun[i] == component) chosen.push_back(runs[i]);
  return Mask(size, std::move(chosen));
}

int Components::largest() const {
  int best = -1;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (best < 0 || list[i].area > list[static_cast<std::size_t>(best)].area) best = static_cast<int>(i);
  return best;
}

}  // namespace roundel
