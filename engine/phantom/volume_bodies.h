#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/geometry.h"
#include "core/random.h"

namespace roundel::phantom {

/// A place in a volume, in voxels: (0, 0, 0) is the middle of the first.
struct Point3 {
  double x = 0, y = 0, z = 0;
};
inline Point3 operator+(Point3 a, Point3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline Point3 operator-(Point3 a, Point3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline Point3 operator*(double s, Point3 a) { return {s * a.x, s * a.y, s * a.z}; }
inline double dot(Point3 a, Point3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline double lengthOf(Point3 a) { return std::sqrt(dot(a, a)); }
inline Point3 crossed(Point3 a, Point3 b) { return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x}; }
inline Point3 unit(Point3 a) { return (1 / std::max(1e-6, lengthOf(a))) * a; }

Point3 drawDirection(Random& random);
/// A direction at right angles to another.
Point3 drawDirectionAcross(Point3 direction, Random& random);

/// How deep the voxels of a box lie below a body's surface, in voxels. Where they lie farther outside or deeper than was asked for, they
/// say only that.
struct DepthField {
  static constexpr float kOutside = -1000, kDeep = 1000;
  std::array<std::int64_t, 3> low{}, high{};
  std::vector<float> depth;  ///< [z][y][x] from low to high

  /// The voxels of the volume between two places; all outside.
  static DepthField between(Point3 from, Point3 to, Size size);
  std::int64_t width() const { return high[0] - low[0]; }
  float* row(std::int64_t y, std::int64_t z) { return depth.data() + ((z - low[2]) * (high[1] - low[1]) + y - low[1]) * width(); }
  const float* row(std::int64_t y, std::int64_t z) const { return const_cast<DepthField*>(this)->row(y, z); }
  float depthAt(const std::array<std::int64_t, 3>& at) const {
    for (std::size_t a = 0; a < 3; ++a)
      if (at[a] < low[a] || at[a] >= high[a]) return kOutside;
    return row(at[1], at[2])[at[0] - low[0]];
  }
  /// Only what lies behind a plane: its surface becomes the body's.
  void cutAt(Point3 place, Point3 outward);
  /// Its surface wanders by up to so many voxels.
  void roughen(std::uint64_t key, double pitch, double voxels);
};

/// An ellipsoid, turned, with a surface that wanders.
class Lump {
 public:
  static Lump draw(Point3 middle, double radius, Random& random);
  /// Exact between `outer` outside and `inner` inside.
  DepthField field(Size size, double outer, double inner) const;
  Point3 middle() const { return m_middle; }
  double radius() const { return m_mean; }
  /// The same, so much thicker.
  Lump grown(double voxels) const;

 private:
  Point3 m_middle;
  std::array<Point3, 3> m_axes{};
  std::array<double, 3> m_radii{};
  double m_mean = 1, m_warp = 0, m_fine = 0;
  std::uint64_t m_key = 0;
};

/// A bent tube or strip: thick, flat and round to a different degree along its line.
class Duct {
 public:
  struct Place {
    Point3 middle;
    double radius = 1;
    double flat = 1;  ///< from 1 on: how much wider than thick
  };
  /// `thin`: along which it is flat; `cup`: how much its rims bend that way, in radii.
  Duct(std::vector<Place> places, Point3 thin, double cup = 0) : m_places(std::move(places)), m_thin(thin), m_cup(cup) {}
  static Duct draw(Point3 start, Point3 direction, double length, double radius, double bend, double flat, Random& random);
  /// As Lump's; exact inside.
  DepthField field(Size size, double outer, double inner) const;
  Place place(double share) const;  ///< 0 its start, 1 its end
  Point3 at(double share) const { return place(share).middle; }
  double radiusAt(double share) const { return place(share).radius; }
  Point3 directionAt(double share) const;
  /// Along which it is thin at a place of its line.
  Point3 thinAt(double share) const;
  /// From `from` to `to`, shares of its length.
  Duct part(double from, double to) const;
  Duct grown(double voxels) const;
  /// The same with rims bent by so many radii.
  Duct cupped(double radii) const;
  /// A layer on one of its flat sides (1 or -1), from `gap` to `gap + thickness` voxels above it.
  Duct layer(double side, double gap, double thickness, double wider) const;

 private:
  std::vector<Place> m_places;
  Point3 m_thin{0, 0, 1};
  double m_cup = 0;
};

}  // namespace roundel::phantom
