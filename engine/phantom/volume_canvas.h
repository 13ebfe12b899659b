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
#include "phantom/volume_bodies.h"
#include "phantom/volume_noise.h"

namespace roundel::phantom {

/// Grey that varies over the volume: nothing, smooth noise, or two octaves of it.
class VolumeTexture {
 public:
  static VolumeTexture draw(Random& random, double strength);
  bool plain() const { return m_octaves == 0 || m_strength == 0; }

  /// Along a row of voxels.
  class Row {
   public:
    Row(const VolumeTexture& texture, std::int64_t y, std::int64_t z);
    float at(std::int64_t x) { return m_coarse == 0 ? 0 : m_coarse * m_first.at(x) + (m_fine == 0 ? 0 : m_fine * m_second.at(x)); }

   private:
    float m_coarse = 0, m_fine = 0;
    NoiseRow m_first, m_second;
  };

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
  double ground;  ///< what it was filled with, apart from texture and faint bodies
  std::vector<float> grey;
  std::vector<std::int16_t> owner;  ///< 0: nobody's; else the number that paint() gave

  VolumeCanvas(Size size, double level);
  static VolumeCanvas plain(Random& random, double level, double texture);  ///< 44 to 72 voxels a side, a level and a texture
  static VolumeCanvas empty(Random& random);                                ///< and a few faint large bodies

  Point3 somewhere(Random& random, double border = 0.1) const;
  std::int16_t nextOwner() { return ++m_owners; }
  int owners() const { return m_owners; }
  /// Of everybody's pieces only the largest stays theirs, and those at least `share` of it.
  void dropFragments(double share);
  /// The voxels of each structure, which is one owner or several.
  std::vector<Mask> masksOf(const std::vector<std::vector<std::int16_t>>& structures) const;

 private:
  std::int16_t m_owners = 0;
};

/// What two bodies share is one's before a plane and the other's beyond it; what either has on the wrong side is nobody's.
void divideAt(VolumeCanvas& canvas, const DepthField& before, std::int16_t one, const DepthField& beyond, std::int16_t other, Point3 place,
              Point3 outward);
/// What is one's beyond a plane becomes another's.
void divideAt(VolumeCanvas& canvas, std::int16_t one, std::int16_t other, Point3 place, Point3 outward);

struct PaintAnywhere {
  bool operator()(std::size_t) const { return true; }
};

/// Where nobody is yet.
struct FreePlace {
  const VolumeCanvas& canvas;
  bool operator()(std::size_t voxel) const { return canvas.owner[voxel] == 0; }
};

/// Inside what belongs to one.
struct PlaceOf {
  const VolumeCanvas& canvas;
  std::int16_t owner;
  bool operator()(std::size_t voxel) const { return canvas.owner[voxel] == owner; }
};

/// Evenly spread in its logarithm.
double sizeBetween(Random& random, double low, double high);
/// A grey that differs from another by `least` to `most`, up or down.
double otherLevel(Random& random, double level, double least, double most);
/// The same, as far from those taken as four draws make it.
double levelApart(Random& random, double level, double least, double most, const std::vector<double>& taken);

/// Paints what lies below a body's surface; its inside becomes `owner`'s. `allowed(voxel)`: where it may be.
template <class Allowed = PaintAnywhere>
void paintField(VolumeCanvas& canvas, const DepthField& field, const VolumeLook& look, std::int16_t owner, Allowed allowed = {}) {
  const auto soft = static_cast<float>(look.softness), level = static_cast<float>(look.level);
  for (std::int64_t z = field.low[2]; z < field.high[2]; ++z)
    for (std::int64_t y = field.low[1]; y < field.high[1]; ++y) {
      const float* const depths = field.row(y, z);
      const std::int64_t start = (z * canvas.size.y + y) * canvas.size.x;
      VolumeTexture::Row texture(look.texture, y, z);
      for (std::int64_t x = field.low[0]; x < field.high[0]; ++x) {
        const float depth = depths[x - field.low[0]];
        if (depth < -soft) continue;
        const auto voxel = static_cast<std::size_t>(start + x);
        if (!allowed(voxel)) continue;
        float own = level + texture.at(x);
        if (look.rim != 0) own += static_cast<float>(look.rim * bell(static_cast<double>(depth), 0.7 * look.rimWidth, 0.6 * look.rimWidth));
        float& grey = canvas.grey[voxel];
        if (depth >= soft) grey = own;
        else grey += easedShare((depth + soft) / (2 * soft)) * (own - grey);
        if (depth > 0) canvas.owner[voxel] = owner;
      }
    }
}

/// The same for a Lump or a Duct.
template <class Body, class Allowed = PaintAnywhere>
void paintBody(VolumeCanvas& canvas, const Body& body, const VolumeLook& look, std::int16_t owner, Allowed allowed = {}) {
  const double inner = look.rim == 0 ? look.softness : std::max(look.softness, 2.5 * look.rimWidth);
  paintField(canvas, body.field(canvas.size, look.softness, inner), look, owner, allowed);
}

/// Everything that lies between the anatomy and what is shown: thick slices, blur, noise, an uneven field, contrast, polarity.
void develop(VolumeCanvas& canvas, Random& random);

/// The finished scene: structures of kSmallestVolumeStructure voxels and more. Throws Error(Defect) where none is left.
PromptableScene finished(const std::string& family, VolumeCanvas canvas, std::vector<Mask> structures);

/// The families of volumes; `seed` and `index` as makeScene().
PromptableScene makeVolumeOrgansScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeCurvedScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeFoldsScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeChambersScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeVesselsScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeVolumeBonesScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeLesionsScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeVolumeCellsScene(std::uint64_t seed, std::uint64_t index);

}  // namespace roundel::phantom
