#pragma once
#include <functional>
#include <string>

#include "core/random.h"
#include "phantom/plane.h"
#include "phantom/scenes.h"
#include "phantom/texture.h"

namespace roundel::phantom {

/// A scene while it is painted: grey without limits, lengths in pixels.
struct Canvas {
  Plane plane;  ///< a pixel a millimetre, (0, 0) the first pixel
  Map grey;
  std::vector<Mask> structures;

  Canvas(int width, int height, float level);
  int width() const { return plane.width; }
  int height() const { return plane.height; }
  /// A structure, unless it is too small to be pointed at.
  void add(Mask mask);
};

/// Grey that varies over the plane: nothing, smooth noise, two octaves of it, a net of beams, or stripes.
class Texture {
 public:
  static Texture draw(Random& random, double strength);
  double at(Point p);

 private:
  enum class Kind { Plain, Cloud, Fractal, Beams, Stripes } m_kind = Kind::Plain;
  double m_scale = 10, m_strength = 0, m_turn = 0, m_stretch = 1, m_cos = 1, m_sin = 0;
  LatticeNoise m_coarse{0}, m_fine{0};
  Trabeculae m_beams{0, 1, 0, 1};
};

/// Paints a ground: a level, a slope, a texture, a few faint large bodies.
void paintGround(Canvas& canvas, Random& random, double strength);

/// Chance draws for the picture as a whole, everything that lies between a scene and what is shown: blur, noise of several kinds, an
/// uneven field, contrast, polarity.
void develop(Canvas& canvas, Random& random);

/// Window between two quantiles, a display curve, and maybe inverted: grey in [0, 1].
void display(Map& grey, Random& random);

/// The finished scene. Throws Error(Defect) where no structure is left.
PromptableScene finished(const std::string& family, const Plane& plane, Map grey, std::vector<Mask> structures);

/// How the families are made, one file each group of them; `index` and `seed` as makeScene().
PromptableScene makeTeethScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeWristScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeBonesScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeBodiesScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeOverlapScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeTubesScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeOrgansScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeDevicesScene(std::uint64_t seed, std::uint64_t index);
PromptableScene makeCellsScene(std::uint64_t seed, std::uint64_t index);

}  // namespace roundel::phantom
