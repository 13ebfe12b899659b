#include "edit/paint_surface.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace roundel {
namespace {

/// What the policy means for one stroke of one class.
struct StrokeRules {
  std::vector<int> blockers;   ///< classes over which nothing is painted
  std::vector<int> displaced;  ///< classes that are erased where the class is painted
  bool nothing = false;        ///< the class is locked
};

StrokeRules rulesOf(const Stroke& stroke, int classCount) {
  const PaintPolicy& policy = stroke.policy;
  StrokeRules rules{.blockers = {}, .displaced = {}, .nothing = policy.isLocked(stroke.classIndex)};
  for (int other = 0; other < classCount; ++other) {
    if (other == stroke.classIndex) continue;
    const bool grouped = policy.groupOf(other) > 0 && policy.groupOf(other) == policy.groupOf(stroke.classIndex);
    const bool displaces = grouped && stroke.mode == PaintMode::Add;
    if (policy.over == PaintOver::Empty || (policy.over == PaintOver::Visible && policy.isHidden(other)) ||
        (displaces && policy.isLocked(other)))
      rules.blockers.push_back(other);
    else if (displaces) rules.displaced.push_back(other);
  }
  return rules;
}

void include(PixelBox& box, std::int64_t x0, std::int64_t x1, std::int64_t y, std::int64_t z) {
  if (box.empty()) box = {x0, y, x1, y + 1, z, z + 1};
  else
    box = {std::min(box.x0, x0),    std::min(box.y0, y), std::max(box.x1, x1),
           std::max(box.y1, y + 1), std::min(box.z0, z), std::max(box.z1, z + 1)};
}

}  // namespace

struct PaintSurface::Parts {
  Parts(const Annotation& labels, const Geometry& where, const Image* values)
      : annotation(labels), geometry(where), image(values), grid(labels.size), tiles(static_cast<std::size_t>(grid.count())) {
    geometry.size = labels.size;
    findBoxes();
  }

  void findBoxes() {
    boxes.assign(1, annotation.ignore.bounds());
    for (const auto& one : annotation.classes) boxes.push_back(one.mask.bounds());
  }

  BitTile& tile(std::int64_t index) {
    auto& slot = tiles[static_cast<std::size_t>(index)];
    if (!slot) slot = std::make_unique<BitTile>(tileFrom(annotation, boxes, grid, index));
    return *slot;
  }

  /// Paints `bits` of one word; gives those pixels that changed.
  std::uint64_t paint(std::int64_t index, std::size_t word, std::uint64_t bits) {
    BitTile& here = tile(index);
    if (stroke->policy.over == PaintOver::OnlyClass) {
      const BitPlane* only = here.find(stroke->policy.onlyClass);
      bits &= only == nullptr ? 0 : (*only)[word];
    }
    for (const int other : rules.blockers)
      if (const BitPlane* plane = here.find(other)) bits &= ~(*plane)[word];
    const BitPlane* own = here.find(stroke->classIndex);
    const std::uint64_t old = own == nullptr ? 0 : (*own)[word];
    std::uint64_t changed = stroke->mode == PaintMode::Add ? bits & ~old : bits & old;
    // A pixel that was in already may still lie under another class of its group, from before the group was made.
    std::uint64_t displaced = 0;
    const std::uint64_t painted = changed;
    for (const int other : rules.displaced)
      if (const BitPlane* plane = here.find(other)) displaced |= (*plane)[word] & painted;
    if (changed == 0) return 0;
    keep(index, here);
    if (stroke->mode == PaintMode::Add) here.plane(stroke->classIndex)[word] |= changed;
    else here.plane(stroke->classIndex)[word] &= ~changed;
    if (displaced != 0)
      for (const int other : rules.displaced)
        if (here.find(other) != nullptr) here.plane(other)[word] &= ~painted;
    return changed;
  }

  /// Remembers a tile as it was before the stroke.
  void keep(std::int64_t index, const BitTile& here) {
    if (touched.empty()) touched.assign(tiles.size(), false);
    if (touched[static_cast<std::size_t>(index)]) return;
    touched[static_cast<std::size_t>(index)] = true;
    before.emplace_back(index, here);
  }

  std::uint64_t gated(std::uint64_t bits, std::int64_t start) const {
    if (!stroke->gate) return bits;
    const float* values = image->values.data() + start;
    std::uint64_t passed = 0;
    for (std::uint64_t rest = bits; rest != 0; rest &= rest - 1) {
      const int i = __builtin_ctzll(rest);
      if (values[i] >= stroke->gate->low && values[i] <= stroke->gate->high) passed |= std::uint64_t{1} << i;
    }
    return passed;
  }

  PixelBox paint(const PixelSpan& span) {
    PixelBox box = kNoPixels;
    const std::int64_t row = (span.z * geometry.size.y + span.y) * geometry.size.x;
    for (std::int64_t column = span.x0 / 64; column * 64 < span.x1; ++column) {
      const std::int64_t first = column * 64;
      std::uint64_t bits = bitsBetween(std::max<std::int64_t>(span.x0 - first, 0), std::min<std::int64_t>(span.x1 - first, 64));
      bits = gated(bits, row + first);
      if (bits == 0) continue;
      const std::uint64_t changed = paint(grid.tileAt(column, span.y, span.z), grid.wordAt(span.y, span.z), bits);
      if (changed != 0) include(box, first + __builtin_ctzll(changed), first + 64 - __builtin_clzll(changed), span.y, span.z);
    }
    return box;
  }

  /// Sets or clears a mask's pixels in the tiles that exist; the others are made from the annotation when they are wanted.
  void write(int classIndex, const Mask& mask, bool in) {
    const Size& size = geometry.size;
    for (const auto& run : mask.runs())
      for (std::int64_t at = run.start, end = run.start + run.length; at < end;) {
        const std::int64_t row = at / size.x, x = at % size.x, y = row % size.y, z = row / size.y, column = x / 64;
        const std::int64_t stop = std::min({end - at + x, size.x, (column + 1) * 64});
        if (BitTile* here = tiles[static_cast<std::size_t>(grid.tileAt(column, y, z))].get()) {
          const std::uint64_t bits = bitsBetween(x - column * 64, stop - column * 64);
          auto& word = here->plane(classIndex)[grid.wordAt(y, z)];
          word = in ? word | bits : word & ~bits;
        }
        at += stop - x;
      }
  }

  void endStroke() {
    stroke.reset();
    last.reset();
    before.clear();
    touched.clear();
  }

  const Annotation& annotation;
  Geometry geometry;
  const Image* image;
  TileGrid grid;
  std::vector<PixelBox> boxes;  ///< bounds of the masks, by class index + 1, or larger
  std::vector<std::unique_ptr<BitTile>> tiles;

  std::optional<Stroke> stroke;
  StrokeRules rules;
  std::optional<EditPoint> last;
  std::vector<std::pair<std::int64_t, BitTile>> before;  ///< the tiles that the stroke changed, as they were
  std::vector<bool> touched;                             ///< which they are; empty: none
};

PaintSurface::PaintSurface(const Annotation& annotation, const Geometry& geometry, const Image* image)
    : m_parts(std::make_unique<Parts>(annotation, geometry, nullptr)) {
  setImage(image);
}

void PaintSurface::setImage(const Image* image) {
  if (image != nullptr && static_cast<std::int64_t>(image->values.size()) != m_parts->annotation.size.count())
    throw Error(ErrorKind::BadInput, "size-mismatch", "The labels and the image have different sizes.");
  m_parts->image = image;
}

PaintSurface::~PaintSurface() = default;

Size PaintSurface::size() const { return m_parts->geometry.size; }
int PaintSurface::classCount() const { return static_cast<int>(m_parts->annotation.classes.size()); }
const TileGrid& PaintSurface::grid() const { return m_parts->grid; }
const BitTile& PaintSurface::tile(std::int64_t index) { return m_parts->tile(index); }
bool PaintSurface::strokeUnderWay() const { return m_parts->stroke.has_value(); }

void PaintSurface::beginStroke(const Stroke& stroke) {
  const auto isClass = [&](int index) { return index >= 0 && index < classCount(); };
  if (strokeUnderWay()) throw Error(ErrorKind::Usage, "stroke-under-way", "A stroke begins before the last one has ended.");
  if (stroke.classIndex != kIgnoreRegion && !isClass(stroke.classIndex))
    throw Error(ErrorKind::Usage, "unknown-class", "There is no class number " + std::to_string(stroke.classIndex) + " in these labels.");
  if (stroke.policy.over == PaintOver::OnlyClass && !isClass(stroke.policy.onlyClass))
    throw Error(ErrorKind::Usage, "unknown-class",
                "There is no class number " + std::to_string(stroke.policy.onlyClass) + " to paint over.");
  if (stroke.gate && m_parts->image == nullptr)
    throw Error(ErrorKind::Usage, "image-needed", "A brush that keeps to a range of grey needs the image.");
  m_parts->stroke = stroke;
  m_parts->rules = rulesOf(stroke, classCount());
  m_parts->last.reset();
}

PixelBox PaintSurface::strokeTo(const EditPoint& point) {
  Parts& parts = *m_parts;
  if (!parts.stroke) throw Error(ErrorKind::Usage, "no-stroke", "No stroke is under way.");
  const auto spans = brushSpans(parts.stroke->brush, parts.last.value_or(point), point, parts.geometry, parts.stroke->slice);
  parts.last = point;
  PixelBox box = kNoPixels;
  if (parts.rules.nothing) return box;
  for (const auto& span : spans) box = unitedBoxes(box, parts.paint(span));
  return box;
}

LabelEdit PaintSurface::endStroke() {
  Parts& parts = *m_parts;
  if (!parts.stroke) throw Error(ErrorKind::Usage, "no-stroke", "No stroke is under way.");
  const Stroke stroke = *parts.stroke;
  LabelEdit edit{.name = stroke.mode == PaintMode::Add ? "brush" : "eraser",
                 .classIndex = stroke.classIndex,
                 .size = parts.geometry.size,
                 .changes = {}};
  std::vector<int> classes = parts.rules.displaced;
  classes.push_back(stroke.classIndex);
  std::sort(classes.begin(), classes.end());
  for (const int classIndex : classes) {
    std::vector<Mask::Run> added, removed;
    for (const auto& [index, old] : parts.before) {
      const BitPlane* now = parts.tile(index).find(classIndex);
      if (now == nullptr) continue;  // a plane never goes, so it was not there before either
      const BitPlane* then = old.find(classIndex);
      BitPlane in{}, out{};
      for (std::size_t i = 0; i < in.size(); ++i) {
        const std::uint64_t was = then == nullptr ? 0 : (*then)[i];
        in[i] = (*now)[i] & ~was;
        out[i] = was & ~(*now)[i];
      }
      appendRuns(added, in, parts.grid, index);
      appendRuns(removed, out, parts.grid, index);
    }
    if (added.empty() && removed.empty()) continue;
    edit.changes.push_back(
        changeOf(parts.annotation, classIndex, Mask(edit.size, std::move(added)), Mask(edit.size, std::move(removed)), stroke.policy));
    auto& box = parts.boxes[static_cast<std::size_t>(classIndex + 1)];
    box = unitedBoxes(box, edit.changes.back().added.bounds());
  }
  parts.endStroke();
  return edit;
}

PixelBox PaintSurface::cancelStroke() {
  PixelBox box = kNoPixels;
  for (auto& [index, old] : m_parts->before) {
    box = unitedBoxes(box, m_parts->grid.boxOf(index));
    m_parts->tile(index) = std::move(old);
  }
  m_parts->endStroke();
  return box;
}

void PaintSurface::changed(const LabelEdit& edit, Direction direction) {
  if (strokeUnderWay()) throw Error(ErrorKind::Usage, "stroke-under-way", "The labels changed in the middle of a stroke.");
  const bool applied = direction == Direction::Applied;
  for (const auto& change : edit.changes) {
    m_parts->write(change.classIndex, change.added, applied);
    m_parts->write(change.classIndex, change.removed, !applied);
    auto& box = m_parts->boxes[static_cast<std::size_t>(change.classIndex + 1)];
    box = unitedBoxes(box, (applied ? change.added : change.removed).bounds());
  }
}

void PaintSurface::reset() {
  m_parts->endStroke();
  m_parts->geometry.size = m_parts->annotation.size;
  m_parts->grid = TileGrid(m_parts->annotation.size);
  m_parts->tiles.clear();
  m_parts->tiles.resize(static_cast<std::size_t>(m_parts->grid.count()));
  m_parts->findBoxes();
}

std::uint64_t PaintSurface::word(int classIndex, std::int64_t column, std::int64_t y, std::int64_t z) {
  const Size& size = m_parts->geometry.size;
  if (column < 0 || y < 0 || z < 0 || column >= m_parts->grid.columns() || y >= size.y || z >= size.z) return 0;
  const BitPlane* plane = tile(m_parts->grid.tileAt(column, y, z)).find(classIndex);
  return plane == nullptr ? 0 : (*plane)[m_parts->grid.wordAt(y, z)];
}

std::vector<std::uint8_t> PaintSurface::readClass(int classIndex, const PixelBox& box) {
  const Size all = size();
  if (box.x0 < 0 || box.y0 < 0 || box.z0 < 0 || box.x1 > all.x || box.y1 > all.y || box.z1 > all.z || classIndex < kIgnoreRegion ||
      classIndex >= classCount())
    throw Error(ErrorKind::Usage, "bad-parameter", "A part of the labels was asked for that lies outside the image.");
  std::vector<std::uint8_t> bytes;
  for (std::int64_t z = box.z0; z < box.z1; ++z)
    for (std::int64_t y = box.y0; y < box.y1; ++y)
      for (std::int64_t x = box.x0; x < box.x1; ++x)
        bytes.push_back(static_cast<std::uint8_t>(word(classIndex, x / 64, y, z) >> (x % 64) & 1));
  return bytes;
}

std::vector<int> PaintSurface::classesAt(std::int64_t x, std::int64_t y, std::int64_t z) {
  std::vector<int> classes;
  if (x < 0 || x >= size().x) return classes;
  for (int i = kIgnoreRegion; i < classCount(); ++i)
    if ((word(i, x / 64, y, z) >> (x % 64) & 1) != 0) classes.push_back(i);
  return classes;
}

}  // namespace roundel
