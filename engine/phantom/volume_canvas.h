#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "core/geometry.h"
#include "core/mask.h"
#include "core/random.h"
#include "phantom/plane.h"
#include "phantom/scenes.h"

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

/// Grey that varies over the volume: nothing, smooth noise, or two octaves of it.
class VolumeTexture {
 public:
  static VolumeTexture draw(Random& random, double strength);
  double at(Point3 p) const;

 private:
  int m_octaves = 0;
  std::uint64_t m_key = 0;
  double m_scale = 5, m_strength = 0;
};

/// How a body looks: bodies of a volume are opaque, what is painted later takes the place of what was there.
struct VolumeLook {
  double level = 0.5;
  double softness = 0.7;  ///< voxels over which the edge falls
  double rim = 0, rimWidth = 1.5;
  VolumeTexture texture;

  static VolumeLook draw(Random& random, double level, double textureStrength = 0.2);
};

/// A volume while it is painted: grey without limits, and whose each voxel is.
struct VolumeCanvas {
  Size size;
  std::vector<float> grey;
  std::vector<std::int16_t> owner;  ///< 0: nobody's; else the number that paint() gave

  VolumeCanvas(Size size, float level);
  static VolumeCanvas empty(Random& random);  ///< 44 to 72 voxels a side, a level, a texture and a few faint large bodies

  Point3 somewhere(Random& random, double border = 0.1) const;
  std::int16_t nextOwner() { return ++m_owners; }
  int owners() const { return m_owners; }
  /// The voxels of these owners.
  Mask maskOf(const std::vector<std::int16_t>& owners) const;

 private:
  std::int16_t m_owners = 0;
};

struct PaintAnywhere {
  bool operator()(std::size_t) const { return true; }
};

/// Paints a shape with depth(Point3) (voxels below its surface, negative outside), middle() and reach(). Its inside becomes `owner`'s.
/// `allowed(voxel)`: where it may be.
template <class Shape, class Allowed = PaintAnywhere>
void paintBody(VolumeCanvas& canvas, const Shape& shape, const VolumeLook& look, std::int16_t owner, Allowed allowed = {}) {
  const Point3 middle = shape.middle();
  const double reach = shape.reach() + 2 * look.softness + 1;
  const auto range = [&](double centre, std::int64_t count) {
    return std::pair{std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(centre - reach)), 0, count),
                     std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(centre + reach)) + 1, 0, count)};
  };
  const auto [x0, x1] = range(middle.x, canvas.size.x);
  const auto [y0, y1] = range(middle.y, canvas.size.y);
  const auto [z0, z1] = range(middle.z, canvas.size.z);
  for (std::int64_t z = z0; z < z1; ++z)
    for (std::int64_t y = y0; y < y1; ++y)
      for (std::int64_t x = x0; x < x1; ++x) {
        const Point3 p{static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)};
        const double depth = shape.depth(p);
        if (depth < -look.softness) continue;
        const auto voxel = static_cast<std::size_t>((z * canvas.size.y + y) * canvas.size.x + x);
        if (!allowed(voxel)) continue;
        const double cover = smoothStep(-look.softness, look.softness, depth);
        const double rim = look.rim == 0 ? 0 : look.rim * bell(depth, 0.7 * look.rimWidth, 0.6 * look.rimWidth);
        const double own = look.level + rim + look.texture.at(p);
        canvas.grey[voxel] += static_cast<float>(cover * (own - static_cast<double>(canvas.grey[voxel])));
        if (depth > 0) canvas.owner[voxel] = owner;
      }
}

/// An ellipsoid, turned, with a surface that wanders.
class Lump {
 public:
  static Lump draw(Point3 middle, double radius, Random& random);
  double depth(Point3 p) const;
  Point3 middle() const { return m_middle; }
  double reach() const { return 1.45 * m_longest; }
  double radius() const { return m_mean; }
  /// The same, so much thicker.
  Lump grown(double voxels) const;

 private:
  Point3 m_middle;
  std::array<Point3, 3> m_axes{};
  std::array<double, 3> m_radii{};
  double m_mean = 1, m_longest = 1, m_warp = 0, m_fine = 0;
  std::uint64_t m_key = 0;
};

/// A bent tube whose radius changes along it and which may be flat.
class Duct {
 public:
  /// `flat` from 1 on: how much wider than thick.
  static Duct draw(Point3 start, Point3 direction, double length, double radius, double bend, double flat, Random& random);
  double depth(Point3 p) const;
  Point3 middle() const { return m_middle; }
  double reach() const { return m_reach; }
  Point3 at(double share) const;  ///< a place on its line, 0 its start
  Point3 directionAt(double share) const;
  double radiusAt(double share) const;
  /// From `from` to `to`, shares of its length.
  Duct part(double from, double to) const;
  Duct grown(double voxels) const;

 private:
  void measure();
  std::vector<Point3> m_line;
  std::vector<double> m_radii;
  Point3 m_thin{0, 0, 1};  ///< along which it is thin
  double m_flat = 1;
  Point3 m_middle;
  double m_reach = 1;
};

Point3 drawDirection(Random& random);

/// Everything that lies between the anatomy and what is shown: thick slices, blur, noise, an uneven field, contrast, polarity.
void develop(VolumeCanvas& canvas, Random& random);

/// The finished scene: structures of kSmallestVolumeStructure voxels and more. Throws Error(Defect) where none is left.
PromptableScene finished(const std::string& family, VolumeCanvas canvas, std::vector<Mask> structures);

/// The families of volumes; `seed` and `index` as makeScene().
PromptableScene makeVolumeOrgansScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeCurvedScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeChambersScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeVesselsScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeVolumeBonesScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeLesionsScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeVolumeCellsScene(std::uint64_t seed, std::uint64_t index);

}  // namespace roundel::phantom
