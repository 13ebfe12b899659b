#include "phantom/scene_bodies.h"

#include <algorithm>
#include <numbers>

namespace roundel::phantom {

namespace {
constexpr double kFullTurn = 2 * std::numbers::pi;

/// The angle of (x, y) in turns, [0, 1), to 2e-6 of one: a polynomial (Abramowitz and Stegun, 4.4.49) of the smaller over the larger.
float turnsOf(float x, float y) {
  const float ax = std::abs(x), ay = std::abs(y), larger = std::max(ax, ay);
  if (larger == 0) return 0;
  const float t = std::min(ax, ay) / larger, s = t * t;
  float angle = t * (0.9998660F + s * (-0.3302995F + s * (0.1801410F + s * (-0.0851330F + s * 0.0208351F)))) * 0.15915494F;
  if (ay > ax) angle = 0.25F - angle;
  if (x < 0) angle = 0.5F - angle;
  if (y < 0) angle = 1 - angle;
  return angle < 1 ? angle : 0;
}
}  // namespace

Outline Outline::draw(const Form& form, Random& random) {
  Outline outline;
  outline.m_middle = form.middle;
  outline.m_rx = form.rx;
  outline.m_ry = form.ry;
  outline.m_cos = std::cos(form.turn);
  outline.m_sin = std::sin(form.turn);
  const double squareness = random.uniform() < 0.3 ? random.uniform(2, 6) : 2;
  std::array<double, 9> height{}, phase{};
  for (std::size_t k = 2; k < height.size(); ++k) {
    height[k] = form.waves * random.normal() / std::pow(static_cast<double>(k), 1.1);
    phase[k] = random.uniform(0, kFullTurn);
  }
  std::vector<double> corners;
  const int count = form.corners > 0 ? 3 + static_cast<int>(random.below(6)) : 0;
  for (int k = 0; k < count; ++k) corners.push_back(kFullTurn * (k + random.uniform(-0.3, 0.3)) / count);
  double least = 1e9, most = 0;
  for (int i = 0; i <= kAngles; ++i) {
    const double angle = kFullTurn * (i % kAngles) / kAngles;
    const double c = std::abs(std::cos(angle)), s = std::abs(std::sin(angle));
    double radius = squareness == 2 ? 1 : std::pow(std::pow(c, squareness) + std::pow(s, squareness), -1 / squareness);
    double wave = 1;
    for (std::size_t k = 2; k < height.size(); ++k) wave += height[k] * std::cos(static_cast<double>(k) * angle + phase[k]);
    radius *= std::clamp(wave, 0.35, 1.8);
    if (count > 0) {
      // The side between the two corners around this angle is straight: cos(half) / cos(angle from its middle).
      std::size_t next = 0;
      while (next < corners.size() && corners[next] <= angle) ++next;
      const double before = next == 0 ? corners.back() - kFullTurn : corners[next - 1];
      const double after = next == corners.size() ? corners.front() + kFullTurn : corners[next];
      const double half = std::min(0.5 * (after - before), 1.4), off = angle - 0.5 * (after + before);
      radius *= 1 - form.corners + form.corners * std::cos(half) / std::max(0.15, std::cos(off));
    }
    outline.m_radius[static_cast<std::size_t>(i)] = static_cast<float>(radius);
    least = std::min(least, radius);
    most = std::max(most, radius);
  }
  outline.m_reach = most * std::max(form.rx, form.ry) + 1;
  outline.m_inner = least * std::min(form.rx, form.ry);
  return outline;
}

double Outline::depth(Point p) const {
  const double dx = p.x - m_middle.x, dy = p.y - m_middle.y;
  const double x = (m_cos * dx + m_sin * dy) / m_rx, y = (-m_sin * dx + m_cos * dy) / m_ry;
  const double r = std::sqrt(x * x + y * y);
  const double place = static_cast<double>(turnsOf(static_cast<float>(x), static_cast<float>(y))) * kAngles;
  const auto index = std::min(static_cast<std::size_t>(place), static_cast<std::size_t>(kAngles - 1));
  const double share = place - static_cast<double>(index);
  const double radius = (1 - share) * static_cast<double>(m_radius[index]) + share * static_cast<double>(m_radius[index + 1]);
  // A step outwards is as long in pixels as the axes say in its direction.
  const double step = r < 1e-6 ? std::min(m_rx, m_ry) : std::sqrt(dx * dx + dy * dy) / r;
  return (radius - r) * step;
}

Tube::Tube(std::vector<Knot> knots) : m_knots(std::move(knots)) {
  Point low = m_knots.front().place, high = low;
  double thickest = 0;
  for (const auto& knot : m_knots) {
    low = {std::min(low.x, knot.place.x), std::min(low.y, knot.place.y)};
    high = {std::max(high.x, knot.place.x), std::max(high.y, knot.place.y)};
    thickest = std::max(thickest, knot.radius);
  }
  m_middle = {0.5 * (low.x + high.x), 0.5 * (low.y + high.y)};
  m_reach = 0.5 * std::max(high.x - low.x, high.y - low.y) + thickest + 3;
}

Tube Tube::draw(Point from, double turn, double length, double radius, double bend, Random& random) {
  constexpr int kSteps = 14;
  std::vector<Knot> knots;
  const double taper = random.uniform(0.3, 1.1), knobbly = 0.2 * square(random.uniform());
  double curl = bend * random.uniform(-1, 1);
  Point at = from;
  for (int i = 0; i <= kSteps; ++i) {
    const double share = static_cast<double>(i) / kSteps;
    knots.push_back({at, std::max(0.7, radius * (1 + (taper - 1) * share) * (1 + knobbly * random.normal()))});
    curl = 0.8 * curl + 0.35 * bend * random.normal();
    turn += curl;
    at = {at.x + length / kSteps * std::cos(turn), at.y + length / kSteps * std::sin(turn)};
  }
  return Tube(std::move(knots));
}

std::pair<double, double> Tube::nearest(Point p) const {
  double best = 1e9, radius = 1;
  for (std::size_t i = 0; i + 1 < m_knots.size(); ++i) {
    const Knot &a = m_knots[i], &b = m_knots[i + 1];
    const double ex = b.place.x - a.place.x, ey = b.place.y - a.place.y, px = p.x - a.place.x, py = p.y - a.place.y;
    const double along = std::clamp((px * ex + py * ey) / std::max(1e-9, ex * ex + ey * ey), 0.0, 1.0);
    const double thick = a.radius + (b.radius - a.radius) * along;
    const double squares = square(px - along * ex) + square(py - along * ey), limit = best + thick;
    if (limit <= 0 || squares >= limit * limit) continue;
    best = std::sqrt(squares) - thick;
    radius = thick;
  }
  return {best, radius};
}

double Tube::depth(Point p) const { return -nearest(p).first; }
double Tube::radiusAt(Point p) const { return nearest(p).second; }

Body Body::draw(Point middle, double size, Random& random) {
  const auto outline = [&](Point at, double extent) {
    const double longer = std::exp(random.uniform(0, 1.0));
    Outline::Form form{at, extent * std::sqrt(longer), extent / std::sqrt(longer), random.uniform(0, kFullTurn), 0.25 * random.uniform(),
                       0};
    if (random.uniform() < 0.2) form.corners = random.uniform(0.3, 1);
    return Outline::draw(form, random);
  };
  Body body;
  body.m_parts.push_back({outline(middle, size), false});
  const double composed = random.uniform();
  const int more = composed < 0.55 ? 0 : composed < 0.85 ? 1 : 2;
  for (int k = 0; k < more; ++k) {
    const double turn = random.uniform(0, kFullTurn), off = size * random.uniform(0.6, 1.1);
    const Point at{middle.x + off * std::cos(turn), middle.y + off * std::sin(turn)};
    body.m_parts.push_back({outline(at, size * random.uniform(0.3, 0.75)), random.uniform() < 0.5});
  }
  for (const auto& [part, cut] : body.m_parts)
    if (!cut) body.m_reach = std::max(body.m_reach, std::hypot(part.middle().x - middle.x, part.middle().y - middle.y) + part.reach());
  return body;
}

double Body::depth(Point p) const {
  double depth = m_parts.front().first.depth(p);
  for (std::size_t i = 1; i < m_parts.size(); ++i) {
    const double other = m_parts[i].first.depth(p);
    depth = m_parts[i].second ? std::min(depth, -other) : std::max(depth, other);
  }
  return depth;
}

}  // namespace roundel::phantom
