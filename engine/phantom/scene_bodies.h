#pragma once
#include <array>
#include <vector>

#include "core/random.h"
#include "phantom/plane.h"

namespace roundel::phantom {

/// A closed outline around a middle: an ellipse or a rounded rectangle whose radius waves with the angle, or one with corners. Lengths in
/// pixels.
class Outline {
 public:
  struct Form {
    Point middle;
    double rx = 20, ry = 20, turn = 0;
    double waves = 0.15;  ///< how much the radius varies
    double corners = 0;   ///< 0: round; else share of the radius that straight sides between random corners take
  };
  static Outline draw(const Form& form, Random& random);

  /// How many pixels along a row are as far from the shape for each pixel of depth that one lies outside, on the safe side.
  static constexpr double kStride = 0;
  /// About the distance to the outline, positive inside.
  double depth(Point p) const;
  double reach() const { return m_reach; }
  Point middle() const { return m_middle; }
  /// Radius of the largest circle inside, about.
  double inner() const { return m_inner; }

 private:
  static constexpr int kAngles = 128;
  Point m_middle;
  double m_rx = 1, m_ry = 1, m_cos = 1, m_sin = 0, m_reach = 1, m_inner = 1;
  std::array<float, kAngles + 1> m_radius{};
};

/// A bent line of changing thickness.
class Tube {
 public:
  struct Knot {
    Point place;
    double radius = 2;
  };
  explicit Tube(std::vector<Knot> knots);
  /// Winds from `from` in the direction `turn`; `bend` radians a step at most.
  static Tube draw(Point from, double turn, double length, double radius, double bend, Random& random);

  static constexpr double kStride = 0.5;
  double depth(Point p) const;
  /// Radius where p is nearest.
  double radiusAt(Point p) const;
  Point middle() const { return m_middle; }
  double reach() const { return m_reach; }
  const std::vector<Knot>& knots() const { return m_knots; }

 private:
  std::pair<double, double> nearest(Point p) const;  ///< distance to the axis less radius, radius
  std::vector<Knot> m_knots;
  Point m_middle;
  double m_reach = 0;
};

/// Outlines joined to one body and cut out of it.
class Body {
 public:
  static Body draw(Point middle, double size, Random& random);
  explicit Body(Outline outline) : m_parts{{std::move(outline), false}} {}

  static constexpr double kStride = 0;
  double depth(Point p) const;
  Point middle() const { return m_parts.front().first.middle(); }
  double reach() const { return m_reach > 0 ? m_reach : m_parts.front().first.reach(); }
  double inner() const { return m_parts.front().first.inner(); }

 private:
  Body() = default;
  std::vector<std::pair<Outline, bool>> m_parts;  ///< true: cut away
  double m_reach = 0;
};

}  // namespace roundel::phantom
