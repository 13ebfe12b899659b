#include "viewer/compositor.h"

#include <algorithm>
#include <cmath>

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

/// Columns x0 .. x1 of the row that begins at `out`.
void composeRow(std::uint32_t* out, int x0, int x1, int y, const Scene& scene) {
  std::fill(out + x0, out + x1, scene.background);
  const PlaneSamples& in = scene.samples;
  if (in.first == nullptr) return;
  const Walk walk = walkAlong(scene.screenToSamples, y);
  double from = x0, to = x1;
  clip(walk.x, walk.dx, -0.5, static_cast<double>(in.sizeU) - 0.5, from, to);
  clip(walk.y, walk.dy, -0.5, static_cast<double>(in.sizeV) - 0.5, from, to);
  const int begin = static_cast<int>(std::ceil(from - 1e-9)), end = std::min(x1, static_cast<int>(std::ceil(to - 1e-9)));
  const std::uint8_t* grey = scene.grey->data();
  const auto put = [&](int i, std::uint32_t value) { out[i] = 0xff000000U | value * 0x010101U; };
  const std::int64_t lastU = in.sizeU - 1, lastV = in.sizeV - 1;
  for (int i = std::max(x0, begin); i < end; ++i) {
    const double u = walk.x + i * walk.dx, v = walk.y + i * walk.dy;
    if (scene.sampling == Sampling::Nearest) {
      const auto iu = std::clamp(static_cast<std::int64_t>(std::floor(u + 0.5)), std::int64_t{0}, lastU);
      const auto iv = std::clamp(static_cast<std::int64_t>(std::floor(v + 0.5)), std::int64_t{0}, lastV);
      put(i, grey[in.first[iu * in.strideU + iv * in.strideV]]);
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
    put(i, (top * (128 - wv) + bottom * wv + 8192) >> 14);
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

}  // namespace

void compose(QImage& frame, const QRect& region, const Scene& scene) {
  const QRect part = region.intersected(frame.rect());
  if (part.isEmpty()) return;
  constexpr int kBand = 32;
  const int bands = (part.height() + kBand - 1) / kBand;
  uchar* bits = frame.bits();
  const qsizetype stride = frame.bytesPerLine();
  const auto work = [&](int band) {
    const int last = std::min(part.bottom(), part.top() + (band + 1) * kBand - 1);
    for (int y = part.top() + band * kBand; y <= last; ++y)
      composeRow(reinterpret_cast<std::uint32_t*>(bits + y * stride), part.left(), part.right() + 1, y, scene);
  };
  // A dab's rectangle is done sooner than a thread is started.
  parallelFor(bands, part.width() * part.height() < 100000 ? 1 : 0, work);
}

}  // namespace roundel
