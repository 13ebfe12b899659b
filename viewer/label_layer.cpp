#include "viewer/label_layer.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace roundel {
namespace {

/// One row of the layer: which of its squares a mask holds (at the square's middle pixel).
class RowReader {
 public:
  RowReader(const Mask& mask, const Plane& plane, std::int64_t slice, std::int64_t step, std::int64_t from, std::int64_t to)
      : m_mask(mask), m_plane(plane), m_slice(slice), m_step(step), m_from(from), m_to(to) {}

  /// Squares from-1 .. to of layer row `row` into `out`; rows outside the plane are empty.
  void read(std::int64_t row, std::vector<std::uint8_t>& out) const {
    out.assign(static_cast<std::size_t>(m_to - m_from + 2), 0);
    std::int64_t v = row * m_step + m_step / 2;
    if (row < 0 || v >= m_plane.sizeV) return;
    if (m_plane.backV) v = m_plane.sizeV - 1 - v;
    const Size size = m_mask.size();
    if (m_plane.u == 0) {
      const std::int64_t y = m_plane.v == 1 ? v : m_slice, z = m_plane.v == 1 ? m_slice : v;
      readAlongX((z * size.y + y) * size.x, out);
      return;
    }
    for (std::int64_t square = m_from - 1; square <= m_to; ++square) {
      const std::int64_t at = square * m_step + m_step / 2;
      if (at < 0 || at >= m_plane.sizeU) continue;
      const auto index = m_plane.indexOf(static_cast<double>(at), 0, m_slice);
      std::array<std::int64_t, 3> place{};
      for (std::size_t axis = 0; axis < 3; ++axis) place[axis] = static_cast<std::int64_t>(index[axis]);
      place[static_cast<std::size_t>(m_plane.v)] = v;
      out[static_cast<std::size_t>(square - m_from + 1)] = m_mask.contains(place[0], place[1], place[2]) ? 1 : 0;
    }
  }

 private:
  void readAlongX(std::int64_t start, std::vector<std::uint8_t>& out) const {
    const std::int64_t width = m_mask.size().x;
    const auto& runs = m_mask.runs();
    auto run = std::partition_point(runs.begin(), runs.end(), [&](const Mask::Run& one) { return one.start + one.length <= start; });
    for (; run != runs.end() && run->start < start + width; ++run) {
      std::int64_t x0 = std::max<std::int64_t>(run->start - start, 0), x1 = std::min(run->start + run->length - start, width);
      if (m_plane.backU) {
        const std::int64_t swapped = width - x1;
        x1 = width - x0, x0 = swapped;
      }
      // Squares whose middle pixel lies in [x0, x1).
      const std::int64_t middle = m_step / 2;
      const std::int64_t first = std::max((x0 - middle + m_step - 1) / m_step - (x0 < middle ? 0 : 0), m_from - 1);
      const std::int64_t end = std::min(x1 <= middle ? 0 : (x1 - middle + m_step - 1) / m_step, m_to + 1);
      for (std::int64_t square = std::max<std::int64_t>(first, 0); square < end; ++square)
        out[static_cast<std::size_t>(square - m_from + 1)] = 1;
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

std::uint32_t blend(std::uint32_t base, std::uint32_t top) {
  const std::uint32_t rest = 255 - (top >> 24);
  std::uint32_t result = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    const std::uint32_t channel = (top >> shift & 255) + ((base >> shift & 255) * rest + 127) / 255;
    result |= std::min<std::uint32_t>(channel, 255) << shift;
  }
  return result;
}

}  // namespace

void LabelLayer::setGrid(const Plane& plane, std::int64_t slice, std::int64_t step) {
  if (m_step == step && m_slice == slice && m_plane.kind == plane.kind && m_plane.sizeU == plane.sizeU && m_plane.sizeV == plane.sizeV)
    return;
  m_plane = plane, m_slice = slice, m_step = step;
  m_width = (plane.sizeU + step - 1) / step, m_height = (plane.sizeV + step - 1) / step;
  m_pixels.assign(static_cast<std::size_t>(m_width * m_height), 0);
  makeStale();
}

QRect LabelLayer::makeStale(const PixelBox& box) {
  if (m_step == 0 || box.empty()) return {};
  const std::array<std::int64_t, 3> low{box.x0, box.y0, box.z0}, high{box.x1 - 1, box.y1 - 1, box.z1 - 1};
  const auto through = static_cast<std::size_t>(m_plane.n);
  if (m_slice < low[through] || m_slice > high[through]) return {};
  const auto asDouble = [](const std::array<std::int64_t, 3>& index) {
    return std::array<double, 3>{static_cast<double>(index[0]), static_cast<double>(index[1]), static_cast<double>(index[2])};
  };
  const auto a = m_plane.planeOf(asDouble(low)), b = m_plane.planeOf(asDouble(high));
  // An outline may change one square beside the change.
  const auto margin = static_cast<double>(m_step);
  const QRect part = QRect(QPoint(static_cast<int>(std::min(a[0], b[0]) - margin), static_cast<int>(std::min(a[1], b[1]) - margin)),
                           QPoint(static_cast<int>(std::max(a[0], b[0]) + margin), static_cast<int>(std::max(a[1], b[1]) + margin)));
  const auto square = [this](int at) { return static_cast<int>(std::floor(static_cast<double>(at) / static_cast<double>(m_step))); };
  m_stale |= QRect(QPoint(square(part.left()), square(part.top())), QPoint(square(part.right()), square(part.bottom())));
  return part;
}

void LabelLayer::refresh(const std::vector<LabelShape>& shapes) {
  const QRect part = m_stale.intersected(QRect(0, 0, static_cast<int>(m_width), static_cast<int>(m_height)));
  m_stale = {};
  if (part.isEmpty()) return;
  const std::int64_t x0 = part.left(), x1 = part.right() + 1, y0 = part.top(), y1 = part.bottom() + 1;
  for (std::int64_t y = y0; y < y1; ++y) std::fill_n(m_pixels.begin() + y * m_width + x0, x1 - x0, 0U);
  std::vector<std::uint8_t> above, here, below;
  for (const LabelShape& shape : shapes) {
    if (shape.mask == nullptr || shape.mask->empty()) continue;
    const RowReader reader(*shape.mask, m_plane, m_slice, m_step, x0, x1);
    const std::uint32_t fill = shape.filled ? premultiplied(shape.colour, shape.opacity) : 0, line = premultiplied(shape.colour, 0.95);
    reader.read(y0 - 1, above);
    reader.read(y0, here);
    for (std::int64_t y = y0; y < y1; ++y) {
      reader.read(y + 1, below);
      std::uint32_t* out = m_pixels.data() + y * m_width;
      for (std::int64_t x = x0; x < x1; ++x) {
        const auto i = static_cast<std::size_t>(x - x0 + 1);
        if (here[i] == 0) continue;
        const bool edge = shape.outline && (here[i - 1] == 0 || here[i + 1] == 0 || above[i] == 0 || below[i] == 0);
        if (edge || fill != 0) out[x] = blend(out[x], edge ? line : fill);
      }
      above.swap(here);
      here.swap(below);
    }
  }
}

}  // namespace roundel
