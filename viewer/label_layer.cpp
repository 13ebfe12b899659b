#include "viewer/label_layer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <new>

#include "raster/parallel.h"

namespace roundel {
namespace {

// Wide, because labels are stored row by row.
constexpr int kTileWidth = 1024, kTileHeight = 64;

/// Which squares of one row of the layer a mask holds, those from - 1 .. to.
struct Row {
  std::vector<std::uint8_t> held;                           ///< a square each
  std::vector<std::pair<std::int64_t, std::int64_t>> runs;  ///< [first, end), counted from `from`
};

/// Reads rows of the layer from a mask: a square is held where its middle pixel is.
class RowReader {
 public:
  RowReader(const Mask& mask, const Plane& plane, std::int64_t slice, std::int64_t step, std::int64_t from, std::int64_t to)
      : m_mask(mask), m_plane(plane), m_slice(slice), m_step(step), m_from(from), m_to(to) {}

  /// Rows outside the plane are empty.
  void read(std::int64_t row, Row& out) const {
    if (out.held.empty()) out.held.assign(static_cast<std::size_t>(m_to - m_from + 2), 0);
    for (const auto& [first, end] : out.runs) std::fill(out.held.begin() + first + 1, out.held.begin() + end + 1, std::uint8_t{0});
    out.runs.clear();
    const std::int64_t v = row * m_step + m_step / 2;
    if (row < 0 || v >= m_plane.sizeV) return;
    std::array<std::int64_t, 3> index{};
    index[static_cast<std::size_t>(m_plane.n)] = m_slice;
    index[static_cast<std::size_t>(m_plane.v)] = m_plane.backV ? m_plane.sizeV - 1 - v : v;
    const Size size = m_mask.size();
    const std::int64_t start = (index[2] * size.y + index[1]) * size.x + index[0];
    if (m_plane.u == 0) readAlongX(start, out);
    else readAcross(start, m_plane.u == 1 ? size.x : size.x * size.y, out);
  }

 private:
  using Place = std::vector<Mask::Run>::const_iterator;

  /// The first run at or after `from` that ends behind the place.
  Place runAt(Place from, std::int64_t place) const {
    const auto before = [place](const Mask::Run& one) { return one.start + one.length <= place; };
    const auto end = m_mask.runs().end();
    for (int i = 0; i < 4; ++i, ++from)
      if (from == end || !before(*from)) return from;
    return std::partition_point(from, end, before);
  }

  void hold(std::int64_t first, std::int64_t end, Row& out) const {
    first = std::max(first, m_from - 1) - m_from, end = std::min(end, m_to + 1) - m_from;
    if (first >= end) return;
    std::fill(out.held.begin() + first + 1, out.held.begin() + end + 1, std::uint8_t{1});
    out.runs.emplace_back(first, end);
  }

  void readAlongX(std::int64_t start, Row& out) const {
    const std::int64_t width = m_mask.size().x, middle = m_step / 2;
    // Nothing left of the part that is drawn needs to be walked through.
    const std::int64_t skipped = m_plane.backU ? 0 : std::clamp<std::int64_t>((m_from - 1) * m_step, 0, width);
    const std::int64_t wanted = m_plane.backU ? width : std::min(width, (m_to + 1) * m_step);
    for (auto run = runAt(m_mask.runs().begin(), start + skipped); run != m_mask.runs().end() && run->start < start + wanted; ++run) {
      std::int64_t x0 = std::max<std::int64_t>(run->start - start, 0), x1 = std::min(run->start + run->length - start, width);
      if (m_plane.backU) {
        const std::int64_t swapped = width - x1;
        x1 = width - x0, x0 = swapped;
      }
      // Squares whose middle pixel lies in [x0, x1).
      const std::int64_t first = x0 <= middle ? 0 : (x0 - middle + m_step - 1) / m_step;
      const std::int64_t end = x1 <= middle ? 0 : (x1 - middle + m_step - 1) / m_step;
      hold(first, end, out);
    }
  }

  /// Places of a row lie `stride` apart.
  void readAcross(std::int64_t start, std::int64_t stride, Row& out) const {
    const std::int64_t from = std::max<std::int64_t>(m_from - 1, 0), last = (m_plane.sizeU - 1 - m_step / 2) / m_step;
    const std::int64_t to = std::min(m_to, last);
    auto run = m_mask.runs().begin();
    // Upwards in the order of the runs, whichever way the plane goes.
    for (std::int64_t i = from; i <= to; ++i) {
      const std::int64_t square = m_plane.backU ? to - (i - from) : i;
      const std::int64_t at = square * m_step + m_step / 2;
      const std::int64_t place = start + (m_plane.backU ? m_plane.sizeU - 1 - at : at) * stride;
      run = runAt(run, place);
      if (run == m_mask.runs().end()) return;
      if (run->start <= place) hold(square, square + 1, out);
    }
  }

  const Mask& m_mask;
  const Plane& m_plane;
  std::int64_t m_slice, m_step, m_from, m_to;
};

std::uint32_t premultiplied(QRgb colour, double opacity) {
  const auto part = [opacity](int channel) { return static_cast<std::uint32_t>(std::lround(channel * opacity)); };
  return static_cast<std::uint32_t>(std::lround(255 * opacity)) << 24 | part(qRed(colour)) << 16 | part(qGreen(colour)) << 8 |
         part(qBlue(colour));
}

/// A premultiplied colour, and what is left of what lies below it, in 256ths.
struct Ink {
  explicit Ink(std::uint32_t colour) : top(colour), rest(256 - (colour >> 24) - (colour >> 31)) {}
  std::uint32_t top, rest;
};

std::uint32_t blend(std::uint32_t base, std::uint32_t top, std::uint32_t rest) {
  const std::uint32_t even = ((base & 0x00ff00ffU) * rest) >> 8 & 0x00ff00ffU;
  const std::uint32_t odd = (base >> 8 & 0x00ff00ffU) * rest & 0xff00ff00U;
  return top + (even | odd);
}

/// One shape over the squares [x0, x1) x [y0, y1).
void drawShape(std::uint32_t* pixels, std::int64_t width, const RowReader& reader, std::int64_t x0, std::int64_t x1, std::int64_t y0,
               std::int64_t y1, const LabelShape& shape) {
  const Ink fill(shape.filled ? premultiplied(shape.colour, shape.opacity) : 0);
  const Ink line = shape.outline ? Ink(premultiplied(shape.colour, 0.95)) : fill;
  Row above, here, below;
  reader.read(y0 - 1, above);
  reader.read(y0, here);
  for (std::int64_t y = y0; y < y1; ++y) {
    reader.read(y + 1, below);
    std::uint32_t* out = pixels + y * width + x0;
    const std::uint8_t* held = here.held.data() + 1;
    const std::uint8_t* up = above.held.data() + 1;
    const std::uint8_t* down = below.held.data() + 1;
    for (const auto& [first, last] : here.runs) {
      const std::int64_t begin = std::max<std::int64_t>(first, 0), end = std::min(last, x1 - x0);
      if (shape.hatched) {
        for (std::int64_t x = begin; x < end; ++x) {
          const bool inside = (held[x - 1] & held[x + 1] & up[x] & down[x]) != 0;
          if (!inside) out[x] = blend(out[x], line.top, line.rest);
          else if (((x + x0 + y) >> 2 & 1) != 0) out[x] = blend(out[x], fill.top, fill.rest);
        }
        continue;
      }
      for (std::int64_t x = begin; x < end; ++x) {
        const bool inside = (held[x - 1] & held[x + 1] & up[x] & down[x]) != 0;
        out[x] = blend(out[x], inside ? fill.top : line.top, inside ? fill.rest : line.rest);
      }
    }
    std::swap(above, here);
    std::swap(here, below);
  }
}

}  // namespace

void LabelLayer::setGrid(const Plane& plane, std::int64_t slice, std::int64_t step) {
  if (m_plane.kind != plane.kind || m_plane.sizeU != plane.sizeU || m_plane.sizeV != plane.sizeV) m_sheets.clear();
  if (m_slice != slice) makeStale();
  m_plane = plane, m_slice = slice;
  const auto known = std::find_if(m_sheets.begin(), m_sheets.end(), [step](const Sheet& one) { return one.step == step; });
  if (known != m_sheets.end()) {
    std::rotate(m_sheets.begin(), known, known + 1);
    return;
  }
  Sheet sheet{.step = step, .width = (plane.sizeU + step - 1) / step, .height = (plane.sizeV + step - 1) / step};
  const auto count = static_cast<std::size_t>(sheet.width * sheet.height);
  sheet.pixels.reset(static_cast<std::uint32_t*>(std::calloc(count, sizeof(std::uint32_t))));
  if (!sheet.pixels) throw std::bad_alloc();
  sheet.across = static_cast<int>((sheet.width + kTileWidth - 1) / kTileWidth);
  sheet.stale.resize(static_cast<std::size_t>(sheet.across) * static_cast<std::size_t>((sheet.height + kTileHeight - 1) / kTileHeight));
  makeStale(sheet, QRect(0, 0, kMostSquares, kMostSquares));
  if (m_sheets.size() > 1) m_sheets.pop_back();
  m_sheets.insert(m_sheets.begin(), std::move(sheet));
}

void LabelLayer::makeStale() {
  for (Sheet& sheet : m_sheets) makeStale(sheet, QRect(0, 0, kMostSquares, kMostSquares));
}

void LabelLayer::makeStale(Sheet& sheet, const QRect& squares) {
  const QRect part = squares.intersected(QRect(0, 0, static_cast<int>(sheet.width), static_cast<int>(sheet.height)));
  if (part.isEmpty()) return;
  for (int row = part.top() / kTileHeight; row <= part.bottom() / kTileHeight; ++row)
    for (int column = part.left() / kTileWidth; column <= part.right() / kTileWidth; ++column)
      sheet.stale[static_cast<std::size_t>(row * sheet.across + column)] |=
          part.intersected(QRect(column * kTileWidth, row * kTileHeight, kTileWidth, kTileHeight));
}

QRect LabelLayer::makeStale(const PixelBox& box) {
  if (m_sheets.empty() || box.empty()) return {};
  const std::array<std::int64_t, 3> low{box.x0, box.y0, box.z0}, high{box.x1 - 1, box.y1 - 1, box.z1 - 1};
  const auto through = static_cast<std::size_t>(m_plane.n);
  if (m_slice < low[through] || m_slice > high[through]) return {};
  const auto asDouble = [](const std::array<std::int64_t, 3>& index) {
    return std::array<double, 3>{static_cast<double>(index[0]), static_cast<double>(index[1]), static_cast<double>(index[2])};
  };
  const auto a = m_plane.planeOf(asDouble(low)), b = m_plane.planeOf(asDouble(high));
  const QRectF changed(QPointF(std::min(a[0], b[0]), std::min(a[1], b[1])), QPointF(std::max(a[0], b[0]), std::max(a[1], b[1])));
  QRect shown;
  for (Sheet& sheet : m_sheets) {
    // An outline may change one square beside the change.
    const auto margin = static_cast<double>(sheet.step);
    const QRect part(QPoint(static_cast<int>(changed.left() - margin), static_cast<int>(changed.top() - margin)),
                     QPoint(static_cast<int>(changed.right() + margin), static_cast<int>(changed.bottom() + margin)));
    const auto square = [&sheet](int at) {
      return static_cast<int>(std::floor(static_cast<double>(at) / static_cast<double>(sheet.step)));
    };
    makeStale(sheet, QRect(QPoint(square(part.left()), square(part.top())), QPoint(square(part.right()), square(part.bottom()))));
    if (&sheet == &m_sheets.front()) shown = part;
  }
  return shown;
}

OverlaySamples LabelLayer::samples() const {
  if (m_sheets.empty()) return {};
  const Sheet& sheet = m_sheets.front();
  return {sheet.pixels.get(), sheet.width, sheet.height};
}

void LabelLayer::draw(Sheet& sheet, const QRect& squares, const std::vector<LabelShape>& shapes) const {
  const std::int64_t x0 = squares.left(), x1 = squares.right() + 1, y0 = squares.top(), y1 = squares.bottom() + 1;
  std::uint32_t* pixels = sheet.pixels.get();
  for (std::int64_t y = y0; y < y1; ++y) std::fill_n(pixels + y * sheet.width + x0, x1 - x0, 0U);
  for (const LabelShape& shape : shapes)
    if (shape.mask != nullptr && !shape.mask->empty())
      drawShape(pixels, sheet.width, RowReader(*shape.mask, m_plane, m_slice, sheet.step, x0, x1), x0, x1, y0, y1, shape);
}

void LabelLayer::refresh(const std::vector<LabelShape>& shapes, const QRect& squares) {
  if (m_sheets.empty()) return;
  Sheet& sheet = m_sheets.front();
  const QRect part = squares.intersected(QRect(0, 0, static_cast<int>(sheet.width), static_cast<int>(sheet.height)));
  if (part.isEmpty()) return;
  std::vector<QRect> work;
  std::int64_t area = 0;
  for (int row = part.top() / kTileHeight; row <= part.bottom() / kTileHeight; ++row)
    for (int column = part.left() / kTileWidth; column <= part.right() / kTileWidth; ++column) {
      QRect& stale = sheet.stale[static_cast<std::size_t>(row * sheet.across + column)];
      if (stale.isEmpty() || !stale.intersects(part)) continue;
      area += static_cast<std::int64_t>(stale.width()) * stale.height();
      work.push_back(std::exchange(stale, QRect()));
    }
  // A dab's rectangle is done sooner than a thread is started.
  parallelFor(static_cast<int>(work.size()), area < 60000 ? 1 : 0, [&](int i) { draw(sheet, work[static_cast<std::size_t>(i)], shapes); });
}

}  // namespace roundel
