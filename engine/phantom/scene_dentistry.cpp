#include "phantom/scene_dentistry.h"

#include <algorithm>
#include <numeric>

#include "raster/polygon.h"

namespace roundel::phantom {
namespace {

/// Neighbours whose crowns are one piece of metal; some hang between the others without a root.
void buildBridge(DentalLayout& layout, std::vector<ToothLook>& looks, std::size_t chosen, Random& random) {
  std::vector<std::size_t> arch;
  const bool upper = layout.teeth[chosen].number.upper();
  for (std::size_t i = 0; i < layout.teeth.size(); ++i)
    if (layout.teeth[i].number.upper() == upper) arch.push_back(i);
  std::sort(arch.begin(), arch.end(), [&](std::size_t a, std::size_t b) { return layout.teeth[a].edgeMm.x < layout.teeth[b].edgeMm.x; });
  const auto count = static_cast<std::ptrdiff_t>(arch.size()), length = 2 + static_cast<std::ptrdiff_t>(random.below(4));
  const auto place = std::find(arch.begin(), arch.end(), chosen) - arch.begin();
  const auto first = std::clamp<std::ptrdiff_t>(place - static_cast<std::ptrdiff_t>(random.below(length)), 0, count - length);
  const double metal = random.uniform(1.2, 4), grow = random.uniform(0.15, 0.9);
  for (std::ptrdiff_t k = 0; k < length; ++k) {
    const std::size_t at = arch[static_cast<std::size_t>(first + k)];
    PlacedTooth& tooth = layout.teeth[at];
    ToothLook& look = looks[at];
    if (tooth.seat == Seat::Implant) continue;
    const bool inner = k > 0 && k + 1 < length;
    look.pontic = tooth.seat == Seat::Gap || random.uniform() < (inner ? 0.4 : 0.1);
    look.crownMetal = metal;
    look.crownGrow = grow;
    tooth.seat = Seat::Tooth;
    tooth.filled = tooth.bracket = false;
    tooth.cap = Cap::None;
    tooth.rootFilled = !look.pontic && random.uniform() < 0.4;
    if (tooth.rootFilled && random.uniform() < 0.4) look.post = random.uniform(0.35, 0.7);
  }
}

double distanceToLine(const OutlinePoint& p, const OutlinePoint& a, const OutlinePoint& b) {
  const double dx = b.x - a.x, dy = b.y - a.y, squares = dx * dx + dy * dy;
  const double along = squares > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / squares, 0.0, 1.0) : 0;
  return std::sqrt(square(p.x - a.x - along * dx) + square(p.y - a.y - along * dy));
}

/// Douglas and Peucker: appends what is needed of points first .. last to `kept`, without the last.
void keepCorners(const roundel::Outline& points, std::size_t first, std::size_t last, double tolerance, roundel::Outline& kept) {
  std::size_t farthest = first;
  double most = tolerance;
  for (std::size_t i = first + 1; i < last; ++i)
    if (const double off = distanceToLine(points[i], points[first], points[last % points.size()]); off > most) most = off, farthest = i;
  if (farthest == first) {
    kept.push_back(points[first]);
    return;
  }
  keepCorners(points, first, farthest, tolerance, kept);
  keepCorners(points, farthest, last, tolerance, kept);
}

double signedArea(const roundel::Outline& points) {
  double sum = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto &a = points[i], &b = points[(i + 1) % points.size()];
    sum += 0.5 * (a.x * b.y - b.x * a.y);
  }
  return sum;
}

}  // namespace

DentalTroubles drawTroubles(DentalLayout& layout, std::size_t chosen, Random& random) {
  DentalTroubles troubles;
  troubles.looks.resize(layout.teeth.size());
  const bool fading = random.uniform() < 0.4, bridged = random.uniform() < 0.3, treated = random.uniform() < 0.3;
  if (random.uniform() < 0.15) {
    layout.braces = true;
    for (auto& tooth : layout.teeth) tooth.bracket = tooth.number.position <= 6 && tooth.seat == Seat::Tooth;
  }
  const double fadeShare = random.uniform(0.2, 0.5), fadeLeft = random.uniform(0, 0.4);
  troubles.byHand = random.uniform() < 0.5;
  troubles.tolerance = random.uniform(0.7, 2.4);
  troubles.generous = random.uniform(0, 1.5);
  if (random.uniform() < 0.7) troubles.ceiling = random.uniform(1.2, 1.7);
  for (std::size_t i = 0; i < layout.teeth.size(); ++i) {
    PlacedTooth& tooth = layout.teeth[i];
    ToothLook& look = troubles.looks[i];
    if (fading && random.uniform() < 0.6) {
      look.fadeShare = fadeShare * random.uniform(0.8, 1.2);
      look.fadeLeft = fadeLeft;
    }
    if (treated && random.uniform() < 0.25) {
      tooth.rootFilled = true;
      if (random.uniform() < 0.5) look.post = random.uniform(0.3, 0.7);
      if (random.uniform() < 0.6) look.crownMetal = random.uniform(0.5, 3), look.crownGrow = random.uniform(0, 0.4);
    }
    // Between the roots of upper molars a third one lies: a hand goes straight across more often than in the lower jaw.
    if (troubles.byHand && random.uniform() < (tooth.number.upper() ? 0.7 : 0.4)) look.closed = random.uniform(0.4, 1);
  }
  const auto around =
      random.uniform() < 0.75 ? chosen : static_cast<std::size_t>(random.below(static_cast<std::int64_t>(layout.teeth.size())));
  if (bridged) buildBridge(layout, troubles.looks, around, random);
  return troubles;
}

Mask drawnByHand(const Mask& mask, double tolerance, double generous, Random& random) {
  auto outlines = outlinesOf(mask);
  if (outlines.empty()) return mask;
  const auto size = [](const roundel::Outline& outline) { return std::abs(signedArea(outline)); };
  const auto& largest =
      *std::max_element(outlines.begin(), outlines.end(), [&](const auto& a, const auto& b) { return size(a) < size(b); });
  // The sizes given are those on a tooth of 35 x 35 pixels.
  const double scale = std::clamp(std::sqrt(size(largest)) / 35, 0.5, 2.0);
  std::size_t opposite = 0;
  double most = 0;
  for (std::size_t i = 0; i < largest.size(); ++i)
    if (const double off = std::hypot(largest[i].x - largest[0].x, largest[i].y - largest[0].y); off > most) most = off, opposite = i;
  roundel::Outline corners;
  keepCorners(largest, 0, opposite, std::max(0.75, tolerance * scale), corners);
  keepCorners(largest, opposite, largest.size(), std::max(0.75, tolerance * scale), corners);
  if (corners.size() < 3) return mask;
  const double outwards = signedArea(corners) > 0 ? 1 : -1;
  roundel::Outline wide;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const auto &before = corners[(i + corners.size() - 1) % corners.size()], &here = corners[i], &after = corners[(i + 1) % corners.size()];
    const double ax = here.x - before.x, ay = here.y - before.y, bx = after.x - here.x, by = after.y - here.y;
    const double a = std::max(1e-9, std::sqrt(ax * ax + ay * ay)), b = std::max(1e-9, std::sqrt(bx * bx + by * by));
    double nx = outwards * (ay / a + by / b), ny = -outwards * (ax / a + bx / b);
    const double length = std::sqrt(nx * nx + ny * ny);
    // At a corner both sides move by as much; a spike goes no farther than twice that.
    const double share = length > 1e-6 ? scale * generous / length * std::min(2.0, 2 / length) : 0;
    wide.push_back({here.x + share * nx + 0.25 * scale * random.normal(), here.y + share * ny + 0.25 * scale * random.normal()});
  }
  // Where sides cross in a narrow cleft, the even-odd rule would leave holes.
  return unite(maskFromOutline(mask.size(), wide), maskFromOutline(mask.size(), corners));
}

void burnOut(Map& integral, double ceiling) {
  Map sorted = integral;
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(0.9 * static_cast<double>(sorted.size() - 1));
  std::nth_element(sorted.begin(), at, sorted.end());
  const auto most = static_cast<float>(ceiling * static_cast<double>(*at));
  for (auto& value : integral) value = std::min(value, most);
}

}  // namespace roundel::phantom
