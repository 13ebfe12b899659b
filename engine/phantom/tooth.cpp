#include "phantom/tooth.h"

#include <array>
#include <numbers>

namespace roundel::phantom {
namespace {

constexpr std::array<ToothMeasures, 8> kUpper{{{10.5, 13.0, 8.5, 7.0, 7.0, 1},
                                               {9.0, 13.0, 6.5, 5.0, 6.0, 1},
                                               {10.0, 17.0, 7.5, 5.5, 8.0, 1},
                                               {8.5, 14.0, 7.0, 5.0, 9.0, 2},
                                               {8.5, 14.0, 7.0, 5.0, 9.0, 1},
                                               {7.5, 12.5, 10.0, 8.0, 11.0, 3},
                                               {7.0, 11.5, 9.0, 7.0, 11.0, 3},
                                               {6.5, 11.0, 8.5, 6.5, 10.0, 1}}};
constexpr std::array<ToothMeasures, 8> kLower{{{9.0, 12.5, 5.0, 3.5, 6.0, 1},
                                               {9.5, 14.0, 5.5, 4.0, 6.5, 1},
                                               {11.0, 16.0, 7.0, 5.5, 7.5, 1},
                                               {8.5, 14.0, 7.0, 5.0, 7.5, 1},
                                               {8.0, 14.5, 7.0, 5.0, 8.0, 1},
                                               {7.5, 14.0, 11.0, 9.0, 10.5, 2},
                                               {7.0, 13.0, 10.5, 8.0, 10.0, 2},
                                               {7.0, 11.0, 10.0, 7.5, 9.5, 2}}};

/// Half width of a root at t in [0, 1] from cervix to apex, over that at the cervix: conical with a rounded tip.
double taper(double t) { return t >= 1 ? 0 : (1 - 0.62 * t) * std::sqrt(1 - t * t * t * t * t); }

double ellipseChord(double depth, double u, double halfWidth) {
  const double rest = 1 - square(u / halfWidth);
  return rest <= 0 ? 0 : depth * std::sqrt(rest);
}

double around(double mean, double relative, Random& random) { return mean * (1 + relative * std::clamp(random.normal(), -2.2, 2.2)); }

std::vector<Root> drawRoots(ToothNumber number, const ToothMeasures& mean, double neck, double spread, Random& random) {
  const double half = 0.5 * neck;
  const double bend = 1.1 * spread * random.normal() + 0.7;  // apices lean to the distal side
  const auto root = [&](double neckOffset, double apexOffset, double width, double share) {
    return Root{neckOffset, apexOffset, bend + 0.4 * spread * random.normal(), width, around(mean.root * share, 0.07 * spread, random)};
  };
  const double flare = half * (0.55 + 0.35 * random.uniform());
  if (mean.roots == 1) return {root(0, 0, half, 1)};
  if (number.kind() == ToothKind::Premolar)
    return {root(-0.2 * half, -0.35 * flare, 0.8 * half, 1), root(0.2 * half, 0.4 * flare, 0.8 * half, 0.95)};
  if (mean.roots == 2) return {root(-0.5 * half, -flare, 0.5 * half, 1), root(0.5 * half, flare, 0.5 * half, 0.96)};
  // The palatal root lies behind, between the buccal ones, and is the longest.
  return {root(-0.52 * half, -flare, 0.48 * half, 0.95), root(0.52 * half, flare, 0.46 * half, 0.92),
          root(0, 0.1 * flare, 0.5 * half, 1.08)};
}

}  // namespace

ToothKind ToothNumber::kind() const {
  if (position <= 2) return ToothKind::Incisor;
  if (position == 3) return ToothKind::Canine;
  return position <= 5 ? ToothKind::Premolar : ToothKind::Molar;
}

const ToothMeasures& measuresOf(ToothNumber number) {
  const auto index = static_cast<std::size_t>(number.position - 1);
  return number.upper() ? kUpper[index] : kLower[index];
}

ToothShape ToothShape::draw(ToothNumber number, double spread, Random& random) {
  const ToothMeasures& mean = measuresOf(number);
  ToothShape shape;
  shape.m_kind = number.kind();
  shape.m_crown = around(mean.crown, 0.06 * spread, random);
  shape.m_width = around(mean.width, 0.05 * spread, random);
  shape.m_neck = mean.neck / mean.width * shape.m_width * (1 + 0.03 * spread * random.normal());
  shape.m_depth = around(mean.depth, 0.05 * spread, random);
  constexpr std::array<double, 4> kEdgeWidth{0.82, 0.5, 0.62, 0.86};
  constexpr std::array<double, 4> kContour{0.25, 0.4, 0.38, 0.4};
  shape.m_edgeWidth = kEdgeWidth[static_cast<std::size_t>(shape.m_kind)] + 0.04 * spread * random.normal();
  shape.m_contour = kContour[static_cast<std::size_t>(shape.m_kind)];
  shape.m_cusp = random.uniform(0.6, 1.2);
  shape.m_enamel = random.uniform(0.9, 1.4);
  shape.m_pulp = random.uniform(0.22, 0.42);
  shape.m_roots = drawRoots(number, mean, shape.m_neck, spread, random);
  shape.m_trunk = mean.roots == 1 ? 0 : mean.root * (number.kind() == ToothKind::Premolar ? 0.5 : random.uniform(0.22, 0.36));
  double longest = 0;
  for (const auto& root : shape.m_roots) longest = std::max(longest, root.length);
  shape.m_length = shape.m_crown + longest;
  return shape;
}

double ToothShape::halfReach() const {
  double reach = 0.5 * std::max({m_width, m_neck, m_edgeWidth * m_width});
  for (const auto& root : m_roots)
    reach = std::max(reach, std::max(std::abs(root.neckOffset), std::abs(root.apexOffset)) + std::abs(root.bend) + root.halfWidth);
  return reach;
}

double ToothShape::occlusalEdge(double u) const {
  const double r = std::clamp(u / (0.5 * m_width), -1.0, 1.0);
  switch (m_kind) {
    case ToothKind::Incisor: return m_cusp * 0.9 * r * r * r * r;
    case ToothKind::Canine: return m_cusp * 1.9 * std::abs(r);
    case ToothKind::Premolar: return m_cusp * 1.6 * r * r;
    case ToothKind::Molar: break;
  }
  return m_cusp * (0.9 * square(std::cos(std::numbers::pi * r)) + 0.5 * r * r * r * r);
}

double ToothShape::crownHalfWidth(double s) const {
  const double t = s / m_crown;
  const double half = 0.5 * m_width;
  if (t < m_contour) return half * (1 - (1 - m_edgeWidth) * square((m_contour - std::max(t, 0.0)) / m_contour));
  const double down = std::min(1.0, (t - m_contour) / (1 - m_contour));
  return half * (1 - (1 - m_neck / m_width) * down * down);
}

double ToothShape::crownChord(double s, double u, double grow) const {
  if (s > m_crown + m_trunk + grow) return 0;
  const double half = crownHalfWidth(s) + grow;
  if (std::abs(u) >= std::abs(half)) return 0;
  // No cusp is as high as twice its scale: below them all there is nothing to ask.
  const double below = s + grow > 0.7 + 2 * m_cusp ? 1 : s - occlusalEdge(u) + grow;
  if (below <= 0) return 0;
  const double t = std::clamp(s / m_crown, 0.0, 1.0);
  // Incisors are wedges, molars blocks.
  const double edgeDepth = m_kind == ToothKind::Incisor ? 0.25 : m_kind == ToothKind::Canine ? 0.4 : 0.8;
  const double depth = m_depth * (edgeDepth + (1 - edgeDepth) * std::min(1.0, 1.4 * t)) * (1 - 0.1 * t) + 2 * grow;
  const double blunt = below < 0.7 ? std::sqrt(below / 0.7) : 1;
  return blunt * ellipseChord(depth, u, half);
}

double ToothShape::chord(double s, double u, double grow) const {
  if (s < -grow || s > m_length + grow) return 0;
  double length = crownChord(s, u, grow);
  if (s <= m_crown) return length;
  double behind = 0;
  for (std::size_t k = 0; k < m_roots.size(); ++k) {
    const Root& root = m_roots[k];
    const double t = (s - m_crown) / (root.length + grow);
    if (t >= 1) continue;
    const double along = std::min(1.0, (s - m_crown) / root.length);  // the axis stays where it is when the root grows
    const double axis = root.neckOffset + (root.apexOffset - root.neckOffset) * along + root.bend * along * along;
    const double through = ellipseChord(m_depth * 0.8 * (1 - 0.3 * t) + 2 * grow, u - axis, root.halfWidth * taper(t) + grow);
    // The third root lies behind the other two: there the ray passes both.
    if (k == 2) behind = 0.55 * through;
    else length = std::max(length, through);
  }
  return s > m_crown + m_trunk ? length + behind : std::max(length, behind);
}

double ToothShape::chordWithinEnamel(double s, double u) const {
  if (s >= m_crown) return chord(s, u);
  const double shell = m_enamel * std::sqrt(1 - s / m_crown);
  return std::max(0.0, crownChord(s - 0.3 * shell, u, -shell));
}

double ToothShape::pulpChord(double s, double u) const {
  const double top = m_crown * (m_kind == ToothKind::Molar ? 0.5 : 0.4);
  double chamber = 0;
  const double floor = m_crown + 0.6 * m_trunk;
  if (s > top && s < floor) {
    const double rise = std::min(1.0, (s - top) / (0.25 * m_crown));
    chamber = ellipseChord(0.35 * m_depth, u, std::max(0.15, m_pulp * m_neck * 0.5 * std::sqrt(rise)));
  }
  return std::max(chamber, canalChord(s, u, 0));
}

bool ToothShape::betweenRoots(double s, double u, double share) const {
  if (m_roots.size() < 2 || s <= m_crown) return false;
  double low = 1e9, high = -1e9;
  for (const auto& root : m_roots) {
    const double t = (s - m_crown) / root.length;
    if (t > share) return false;
    const double axis = root.neckOffset + (root.apexOffset - root.neckOffset) * t + root.bend * t * t;
    low = std::min(low, axis);
    high = std::max(high, axis);
  }
  return u > low && u < high;
}

double ToothShape::canalChord(double s, double u, double grow) const {
  double length = 0;
  for (const auto& root : m_roots) {
    const double t = (s - m_crown) / root.length;
    if (t < 0 || t > 0.95) continue;
    const double axis = root.neckOffset + (root.apexOffset - root.neckOffset) * t + root.bend * t * t;
    const double half = (0.5 * m_pulp * root.halfWidth) * (1 - 0.75 * t) + 0.12 + grow;
    length = std::max(length, ellipseChord(std::min(2.2, 2.4 * half), u - axis, half));
  }
  return length;
}

}  // namespace roundel::phantom
