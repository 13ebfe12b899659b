#include "core/mask.h"

#include <algorithm>

#include "core/document.h"
#include "core/error.h"

namespace roundel {
namespace {

/// Joins sorted runs that touch or overlap.
std::vector<Mask::Run> joinedRuns(const std::vector<Mask::Run>& runs) {
  std::vector<Mask::Run> joined;
  for (const auto& run : runs) {
    if (!joined.empty() && run.start <= joined.back().start + joined.back().length) {
      joined.back().length = std::max(joined.back().length, run.start + run.length - joined.back().start);
    } else {
      joined.push_back(run);
    }
  }
  return joined;
}

void requireSameGrid(const Mask& a, const Mask& b) {
  if (a.size() != b.size()) throw Error(ErrorKind::BadInput, "size-mismatch", "Two masks lie on grids of different size.");
}

/// Calls keep(insideA, insideB) for every stretch between run borders and collects the stretches it keeps.
template <class Keep>
Mask combine(const Mask& a, const Mask& b, Keep keep) {
  requireSameGrid(a, b);
  std::vector<std::int64_t> borders;
  borders.reserve(2 * (a.runs().size() + b.runs().size()));
  for (const auto* runs : {&a.runs(), &b.runs()})
    for (const auto& run : *runs) {
      borders.push_back(run.start);
      borders.push_back(run.start + run.length);
    }
  // The borders of each mask ascend, so they are merged, not sorted: a stroke on a mask of many runs is added to it hundreds of times.
  std::inplace_merge(borders.begin(), borders.begin() + static_cast<std::ptrdiff_t>(2 * a.runs().size()), borders.end());
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
  std::vector<Mask::Run> runs;
  std::size_t ia = 0, ib = 0;
  const auto inside = [](const std::vector<Mask::Run>& of, std::size_t& i, std::int64_t at) {
    while (i < of.size() && of[i].start + of[i].length <= at) ++i;
    return i < of.size() && of[i].start <= at;
  };
  for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
    const std::int64_t at = borders[i];
    if (keep(inside(a.runs(), ia, at), inside(b.runs(), ib, at))) runs.push_back({at, borders[i + 1] - at});
  }
  return Mask(a.size(), joinedRuns(runs));
}

}  // namespace

Mask::Mask(Size size, std::vector<Run> runs) : m_size(size) {
  std::erase_if(runs, [](const Run& run) { return run.length == 0; });
  const auto earlier = [](const Run& a, const Run& b) { return a.start < b.start; };
  if (!std::is_sorted(runs.begin(), runs.end(), earlier)) std::sort(runs.begin(), runs.end(), earlier);
  const std::int64_t count = size.count();
  for (const auto& run : runs)
    if (run.start < 0 || run.length < 0 || run.start > count || run.length > count - run.start)
      throw Error(ErrorKind::BadInput, "bad-mask", "A mask's run length reaches outside its image.");
  m_runs = joinedRuns(runs);
}

Mask Mask::fromBytes(Size size, std::span<const std::uint8_t> bytes) {
  if (static_cast<std::int64_t>(bytes.size()) != size.count())
    throw Error(ErrorKind::BadInput, "size-mismatch", "A mask does not have as many values as its image has pixels.");
  Mask mask(size);
  for (std::size_t i = 0; i < bytes.size();) {
    if (bytes[i] == 0) {
      ++i;
      continue;
    }
    const std::size_t start = i;
    while (i < bytes.size() && bytes[i] != 0) ++i;
    mask.m_runs.push_back({static_cast<std::int64_t>(start), static_cast<std::int64_t>(i - start)});
  }
  return mask;
}

std::int64_t Mask::area() const {
  std::int64_t area = 0;
  for (const auto& run : m_runs) area += run.length;
  return area;
}

bool Mask::contains(std::int64_t x, std::int64_t y, std::int64_t z) const {
  if (x < 0 || y < 0 || z < 0 || x >= m_size.x || y >= m_size.y || z >= m_size.z) return false;
  const std::int64_t at = (z * m_size.y + y) * m_size.x + x;
  auto next = std::upper_bound(m_runs.begin(), m_runs.end(), at, [](std::int64_t value, const Run& run) { return value < run.start; });
  if (next == m_runs.begin()) return false;
  --next;
  return at < next->start + next->length;
}

PixelBox Mask::bounds() const {
  if (m_runs.empty()) return {0, 0, 0, 0, 0, 0};
  PixelBox box{m_size.x, m_size.y, 0, 0, m_size.z, 0};
  for (const auto& run : m_runs) {
    const std::int64_t last = run.start + run.length - 1;
    const std::int64_t row0 = run.start / m_size.x, row1 = last / m_size.x;
    const std::int64_t z0 = row0 / m_size.y, z1 = row1 / m_size.y;
    box.z0 = std::min(box.z0, z0);
    box.z1 = std::max(box.z1, z1 + 1);
    box.y0 = std::min(box.y0, z0 == z1 ? row0 % m_size.y : 0);
    box.y1 = std::max(box.y1, z0 == z1 ? row1 % m_size.y + 1 : m_size.y);
    box.x0 = std::min(box.x0, row0 == row1 ? run.start % m_size.x : 0);
    box.x1 = std::max(box.x1, row0 == row1 ? last % m_size.x + 1 : m_size.x);
  }
  return box;
}

std::vector<std::uint8_t> Mask::toBytes() const {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(m_size.count()), 0);
  paintInto(bytes);
  return bytes;
}

void Mask::paintInto(std::span<std::uint8_t> out, std::uint8_t value) const {
  for (const auto& run : m_runs) std::fill_n(out.begin() + run.start, run.length, value);
}

Mask unite(const Mask& a, const Mask& b) {
  return combine(a, b, [](bool inA, bool inB) { return inA || inB; });
}
Mask intersect(const Mask& a, const Mask& b) {
  return combine(a, b, [](bool inA, bool inB) { return inA && inB; });
}
Mask subtract(const Mask& a, const Mask& b) {
  return combine(a, b, [](bool inA, bool inB) { return inA && !inB; });
}

std::int64_t overlapArea(const Mask& a, const Mask& b) {
  requireSameGrid(a, b);
  std::int64_t area = 0;
  auto i = a.runs().begin();
  auto j = b.runs().begin();
  while (i != a.runs().end() && j != b.runs().end()) {
    const std::int64_t endI = i->start + i->length, endJ = j->start + j->length;
    area += std::max<std::int64_t>(0, std::min(endI, endJ) - std::max(i->start, j->start));
    if (endI < endJ) ++i;
    else ++j;
  }
  return area;
}

Json toJson(const Mask& mask) {
  Json runs = Json::array();
  for (const auto& run : mask.runs()) {
    runs.push_back(run.start);
    runs.push_back(run.length);
  }
  return {{"size", {mask.size().x, mask.size().y, mask.size().z}}, {"runs", std::move(runs)}};
}

Mask maskFromJson(const Json& json) {
  return readDocument("mask", [&] {
    const Size size = sizeFromJson(json.at("size"));
    const auto& flat = json.at("runs");
    if (flat.size() % 2 != 0) throw Error(ErrorKind::BadInput, "bad-mask", "A mask's run lengths do not come in pairs.");
    std::vector<Mask::Run> runs;
    for (std::size_t i = 0; i + 1 < flat.size(); i += 2) runs.push_back({flat[i].get<std::int64_t>(), flat[i + 1].get<std::int64_t>()});
    return Mask(size, std::move(runs));
  });
}

Mask cropped(const Mask& mask, const PixelBox& box) {
  const Size size = mask.size(), part{box.x1 - box.x0, box.y1 - box.y0, box.z1 - box.z0};
  const auto& all = mask.runs();
  std::vector<Mask::Run> runs;
  for (std::int64_t z = 0; z < part.z; ++z) {
    auto run = all.begin();
    for (std::int64_t y = 0; y < part.y; ++y) {
      const std::int64_t begin = ((box.z0 + z) * size.y + box.y0 + y) * size.x + box.x0, end = begin + part.x;
      run = std::partition_point(run, all.end(), [&](const Mask::Run& one) { return one.start + one.length <= begin; });
      for (auto one = run; one != all.end() && one->start < end; ++one) {
        const std::int64_t from = std::max(one->start, begin), to = std::min(one->start + one->length, end);
        runs.push_back({(z * part.y + y) * part.x + from - begin, to - from});
      }
    }
  }
  return Mask(part, std::move(runs));
}

}  // namespace roundel
