#include "viewer/compositor.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "raster/parallel.h"

namespace roundel {
namespace {

/// An affine map, walked along a row from its column 0: a pixel is the same whichever part of the row is drawn.
struct Walk {
  double x, y, dx, dy;
};

Walk walkAlong(const QTransform& map, int py) {
  const double sx = 0.5, sy = py + 0.5;
  return {map.m11() * sx + map.m21() * sy + map.dx(), map.m12() * sx + map.m22() * sy + map.dy(), map.m11(), map.m12()};
}

/// The part of the row whose places lie in [low, high) along one coordinate.
void clip(double at, double step, double low, double high, double& from, double& to) {
  if (std::abs(step) < 1e-12) {
    if (at < low || at >= high) to = from;
    return;
  }
  double a = (low - at) / step, b = (high - at) / step;
  if (a > b) std::swap(a, b);
  from = std::max(from, a), to = std::min(to, b);
}

std::uint32_t over(std::uint32_t base, std::uint32_t top) {
  const std::uint32_t alpha = top >> 24;
  if (alpha == 0) return base;
  const std::uint32_t rest = 256 - alpha - (alpha >> 7);
  const std::uint32_t redBlue = ((base & 0x00ff00ffU) * rest) >> 8 & 0x00ff00ffU;
  const std::uint32_t green = ((base & 0x0000ff00U) * rest) >> 8 & 0x0000ff00U;
  return 0xff000000U | (redBlue + green + (top & 0x00ffffffU));
}

constexpr std::uint32_t kOpaque = 0xff000000U;
std::uint32_t grey32(std::uint32_t value) { return kOpaque | value * 0x010101U; }

/// Columns x0 .. x1 of the row that begins at `out`, whichever way the plane is turned.
void composeTurnedRow(std::uint32_t* out, int x0, int x1, int y, const Scene& scene) {
  std::fill(out + x0, out + x1, scene.background);
  const PlaneSamples& in = scene.samples;
  if (in.first == nullptr) return;
  const Walk walk = walkAlong(scene.screenToSamples, y);
  double from = x0, to = x1;
  clip(walk.x, walk.dx, -0.5, static_cast<double>(in.sizeU) - 0.5, from, to);
  clip(walk.y, walk.dy, -0.5, static_cast<double>(in.sizeV) - 0.5, from, to);
  const int begin = static_cast<int>(std::ceil(from - 1e-9)), end = std::min(x1, static_cast<int>(std::ceil(to - 1e-9)));
  const std::uint8_t* grey = scene.grey->data();
  const std::int64_t lastU = in.sizeU - 1, lastV = in.sizeV - 1;
  for (int i = std::max(x0, begin); i < end; ++i) {
    const double u = walk.x + i * walk.dx, v = walk.y + i * walk.dy;
    if (scene.sampling == Sampling::Nearest) {
      const auto iu = std::clamp(static_cast<std::int64_t>(std::floor(u + 0.5)), std::int64_t{0}, lastU);
      const auto iv = std::clamp(static_cast<std::int64_t>(std::floor(v + 0.5)), std::int64_t{0}, lastV);
      out[i] = grey32(grey[in.first[iu * in.strideU + iv * in.strideV]]);
      continue;
    }
    const double fu = std::clamp(u, 0.0, static_cast<double>(lastU)), fv = std::clamp(v, 0.0, static_cast<double>(lastV));
    const auto iu = static_cast<std::int64_t>(fu), iv = static_cast<std::int64_t>(fv);
    const auto wu = static_cast<std::uint32_t>((fu - static_cast<double>(iu)) * 128),
               wv = static_cast<std::uint32_t>((fv - static_cast<double>(iv)) * 128);
    const std::uint16_t* at = in.first + iu * in.strideU + iv * in.strideV;
    const std::int64_t right = iu < lastU ? in.strideU : 0, down = iv < lastV ? in.strideV : 0;
    const std::uint32_t top = grey[at[0]] * (128 - wu) + grey[at[right]] * wu;
    const std::uint32_t bottom = grey[at[down]] * (128 - wu) + grey[at[down + right]] * wu;
    out[i] = grey32((top * (128 - wv) + bottom * wv + 8192) >> 14);
  }
  const OverlaySamples& labels = scene.overlay;
  if (labels.pixels == nullptr) return;
  const Walk colours = walkAlong(scene.screenToOverlay, y);
  for (int i = std::max(x0, begin); i < end; ++i) {
    const auto iu = static_cast<std::int64_t>(std::floor(colours.x + i * colours.dx + 0.5));
    const auto iv = static_cast<std::int64_t>(std::floor(colours.y + i * colours.dy + 0.5));
    if (iu < 0 || iv < 0 || iu >= labels.width || iv >= labels.height) continue;
    out[i] = over(out[i], labels.pixels[iv * labels.width + iu]);
  }
}

/// Where a coordinate of the screen falls among samples: the sample before it, and how far it is to the next, in 128ths.
struct Fall {
  std::int32_t at = 0;
  std::uint32_t weight = 0;
};

Fall fallOf(double place, std::int64_t last, Sampling sampling) {
  if (sampling == Sampling::Nearest)
    return {static_cast<std::int32_t>(std::clamp(static_cast<std::int64_t>(std::floor(place + 0.5)), std::int64_t{0}, last)), 0};
  const double kept = std::clamp(place, 0.0, static_cast<double>(last));
  const auto whole = static_cast<std::int32_t>(kept);
  return {whole, static_cast<std::uint32_t>((kept - whole) * 128)};
}

/// The scene where rows of the screen are rows of the plane, as nearly always: what depends on the column is worked out once, and every
/// sample that is seen goes through the grey table once.
class UprightScene {
 public:
  UprightScene(const Scene& scene, int x0, int x1) : m_scene(scene), m_x0(x0), m_x1(x1) {
    const PlaneSamples& in = scene.samples;
    m_begin = m_end = x0;
    if (in.first == nullptr) return;
    const Walk walk = walkAlong(scene.screenToSamples, 0);
    double from = x0, to = x1;
    clip(walk.x, walk.dx, -0.5, static_cast<double>(in.sizeU) - 0.5, from, to);
    m_begin = std::max(x0, static_cast<int>(std::ceil(from - 1e-9))), m_end = std::min(x1, static_cast<int>(std::ceil(to - 1e-9)));
    m_end = std::max(m_begin, m_end);
    m_low = in.sizeU, m_high = 0;
    for (int x = m_begin; x < m_end; ++x) {
      m_columns.push_back(fallOf(walk.x + x * walk.dx, in.sizeU - 1, scene.sampling));
      m_low = std::min<std::int64_t>(m_low, m_columns.back().at), m_high = std::max<std::int64_t>(m_high, m_columns.back().at);
    }
    for (Fall& column : m_columns) column.at -= static_cast<std::int32_t>(m_low);
    if (scene.overlay.pixels == nullptr) return;
    const Walk colours = walkAlong(scene.screenToOverlay, 0);
    for (int x = m_begin; x < m_end; ++x) {
      const double square = std::floor(colours.x + x * colours.dx + 0.5);
      m_squares.push_back(square < 0 || square >= static_cast<double>(scene.overlay.width) ? -1 : static_cast<std::int32_t>(square));
    }
  }

  /// A worker's own rows of grey.
  struct Scratch {
    std::int64_t rows[2] = {-1, -1};
    std::vector<std::uint8_t> grey[2];
    std::vector<std::uint16_t> blended;
  };

  void composeRow(std::uint32_t* out, int y, Scratch& scratch) const {
    const Walk walk = walkAlong(m_scene.screenToSamples, y);
    const PlaneSamples& in = m_scene.samples;
    if (m_columns.empty() || walk.y < -0.5 || walk.y >= static_cast<double>(in.sizeV) - 0.5) {
      std::fill(out + m_x0, out + m_x1, m_scene.background);
      return;
    }
    std::fill(out + m_x0, out + m_begin, m_scene.background);
    std::fill(out + m_end, out + m_x1, m_scene.background);
    const Fall row = fallOf(walk.y, in.sizeV - 1, m_scene.sampling);
    const std::uint8_t* upper = greyRow(row.at, scratch, row.at + 1);
    std::uint32_t* to = out + m_begin;
    if (m_scene.sampling == Sampling::Nearest) {
      for (std::size_t i = 0; i < m_columns.size(); ++i) to[i] = grey32(upper[m_columns[i].at]);
    } else {
      const std::uint8_t* lower = greyRow(std::min<std::int64_t>(row.at + 1, in.sizeV - 1), scratch, row.at);
      const std::size_t count = samples();
      scratch.blended.resize(count + 1);
      std::uint16_t* blended = scratch.blended.data();
      for (std::size_t i = 0; i < count; ++i)
        blended[i] = static_cast<std::uint16_t>(upper[i] * (128 - row.weight) + lower[i] * row.weight);
      blended[count] = blended[count - 1];  // beside the last sample: its weight is nought
      for (std::size_t i = 0; i < m_columns.size(); ++i) {
        const Fall column = m_columns[i];
        to[i] = grey32((blended[column.at] * (128 - column.weight) + blended[column.at + 1] * column.weight + 8192) >> 14);
      }
    }
    if (m_squares.empty()) return;
    const auto square = static_cast<std::int64_t>(std::floor(walkAlong(m_scene.screenToOverlay, y).y + 0.5));
    if (square < 0 || square >= m_scene.overlay.height) return;
    const std::uint32_t* colours = m_scene.overlay.pixels + square * m_scene.overlay.width;
    for (std::size_t i = 0; i < m_squares.size(); ++i)
      if (m_squares[i] >= 0) to[i] = over(to[i], colours[m_squares[i]]);
  }

 private:
  /// Samples that a row needs: those between its columns, and one more for the last column's neighbour.
  std::size_t samples() const { return static_cast<std::size_t>(std::min(m_high + 1, m_scene.samples.sizeU - 1) - m_low + 1); }

  /// Samples m_low ... of a row of the plane as grey; two rows are kept, of which `other` is still needed.
  const std::uint8_t* greyRow(std::int64_t row, Scratch& scratch, std::int64_t other) const {
    for (int i = 0; i < 2; ++i)
      if (scratch.rows[i] == row) return scratch.grey[i].data();
    const int slot = scratch.rows[0] == other ? 1 : 0;
    scratch.rows[slot] = row;
    auto& grey = scratch.grey[slot];
    grey.resize(samples());
    const PlaneSamples& in = m_scene.samples;
    const std::uint16_t* from = in.first + m_low * in.strideU + row * in.strideV;
    const std::uint8_t* table = m_scene.grey->data();
    if (in.strideU == 1)
      for (std::size_t i = 0; i < grey.size(); ++i) grey[i] = table[from[i]];
    else
      for (std::size_t i = 0; i < grey.size(); ++i) grey[i] = table[from[static_cast<std::int64_t>(i) * in.strideU]];
    return grey.data();
  }

  const Scene& m_scene;
  int m_x0, m_x1, m_begin, m_end;
  std::int64_t m_low = 0, m_high = 0;
  std::vector<Fall> m_columns;
  std::vector<std::int32_t> m_squares;  ///< of the overlay; -1: none
};

}  // namespace

void compose(QImage& frame, const QRect& region, const Scene& scene) {
  const QRect part = region.intersected(frame.rect());
  if (part.isEmpty()) return;
  constexpr int kBand = 32;
  const int bands = (part.height() + kBand - 1) / kBand;
  uchar* bits = frame.bits();
  const qsizetype stride = frame.bytesPerLine();
  const auto flat = [](const QTransform& map) { return std::abs(map.m12()) < 1e-12 && std::abs(map.m21()) < 1e-12; };
  const bool upright = flat(scene.screenToSamples) && (scene.overlay.pixels == nullptr || flat(scene.screenToOverlay));
  const int x0 = part.left(), x1 = part.right() + 1;
  std::optional<UprightScene> rows;
  if (upright) rows.emplace(scene, x0, x1);
  const auto work = [&](int band) {
    const int last = std::min(part.bottom(), part.top() + (band + 1) * kBand - 1);
    UprightScene::Scratch scratch;
    for (int y = part.top() + band * kBand; y <= last; ++y) {
      auto* out = reinterpret_cast<std::uint32_t*>(bits + y * stride);
      if (rows) rows->composeRow(out, y, scratch);
      else composeTurnedRow(out, x0, x1, y, scene);
    }
  };
  // A dab's rectangle is done sooner than a thread is started.
  parallelFor(bands, part.width() * part.height() < 100000 ? 1 : 0, work);
}

}  // namespace roundel
