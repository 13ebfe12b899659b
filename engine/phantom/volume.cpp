#include "phantom/plane.h"
#include "phantom/study.h"
#include "phantom/texture.h"

#include <array>

#include "core/random.h"

namespace roundel::phantom {
namespace {

/// A warped ellipsoid in voxel coordinates.
struct Organ {
  std::array<double, 3> centre, radius;
  double turn = 0;      ///< radians about z
  double warp = 0.15;   ///< how far its surface wanders, over its radius
  double level = 0.5;   ///< mean grey
  double grain = 0.05;  ///< of its texture
  std::uint64_t texture = 0;

  /// Below 1 inside.
  double depthAt(double x, double y, double z) const {
    const double c = std::cos(turn), s = std::sin(turn);
    const double dx = x - centre[0], dy = y - centre[1], dz = z - centre[2];
    const double a = (c * dx + s * dy) / radius[0], b = (c * dy - s * dx) / radius[1], d = dz / radius[2];
    return std::sqrt(a * a + b * b + d * d) * (1 + warp * latticeNoise(texture, 1.6 * a, 1.6 * b, 1.6 * d));
  }
};

/// Middle and radius of liver, spleen and kidney as shares of the grid; they touch but do not hide each other.
constexpr std::array<std::array<double, 6>, 3> kPlaces{
    {{0.34, 0.42, 0.5, 0.2, 0.24, 0.3}, {0.74, 0.36, 0.55, 0.1, 0.14, 0.2}, {0.66, 0.7, 0.45, 0.085, 0.11, 0.22}}};
constexpr std::array<double, 3> kLevels{0.58, 0.66, 0.8};

std::vector<Organ> drawOrgans(const PhantomOptions& options, std::uint64_t seed, std::int64_t index) {
  const std::array<double, 3> size{static_cast<double>(options.width), static_cast<double>(options.height),
                                   static_cast<double>(options.depth)};
  const double v = options.variation;
  std::vector<Organ> organs;
  for (std::size_t k = 0; k < kPlaces.size(); ++k) {
    Random random(seed, "phantom/volume/organ", static_cast<std::uint64_t>(index), k);
    Organ organ;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      organ.centre[axis] = size[axis] * (kPlaces[k][axis] + v * random.uniform(-0.06, 0.06));
      organ.radius[axis] = size[axis] * kPlaces[k][axis + 3] * (1 + v * random.uniform(-0.22, 0.22));
    }
    organ.turn = v * random.uniform(-0.5, 0.5);
    organ.warp = 0.12 + 0.1 * v * random.uniform();
    organ.level = kLevels[k] + 0.06 * v * random.normal();
    organ.grain = random.uniform(0.03, 0.08);
    organ.texture = random.next();
    organs.push_back(organ);
  }
  return organs;
}

/// The body's outline, fat under the skin, and the three organs.
double greyAt(const Organ& body, const std::vector<Organ>& organs, double x, double y, double z, std::vector<bool>& inside) {
  const double skin = body.depthAt(x, y, z);
  double grey = skin < 1 ? (skin > 0.9 ? 0.28 : 0.42) : 0.03;
  if (skin < 0.9) grey += body.grain * latticeNoise(body.texture + 3, x / 5, y / 5, z / 5);
  for (std::size_t k = 0; k < organs.size(); ++k) {
    // What lies behind an earlier organ gives way: in a volume organs do not share a place.
    bool taken = false;
    for (std::size_t earlier = 0; earlier < k; ++earlier) taken = taken || inside[earlier];
    inside[k] = !taken && organs[k].depthAt(x, y, z) < 1;
    if (inside[k]) grey = organs[k].level + organs[k].grain * latticeNoise(organs[k].texture + 5, x / 3, y / 3, z / 3);
  }
  return grey;
}

}  // namespace
}  // namespace roundel::phantom

namespace roundel {

PhantomCase makeVolume(const PhantomOptions& options, std::uint64_t seed, std::int64_t index) {
  using namespace phantom;
  checkPhantomOptions(PhantomKind::Volume, options);
  constexpr double kFieldMm = 320;
  PhantomCase made = emptyCase(PhantomKind::Volume, options, index, kFieldMm / options.width);
  made.image.geometry.spacingMm[2] = 0.6 * kFieldMm / options.depth;
  const auto organs = drawOrgans(options, seed, index);

  Random random(seed, "phantom/volume/field", static_cast<std::uint64_t>(index));
  Organ body{.centre = {0.5 * options.width, 0.52 * options.height, 0.5 * options.depth},
             .radius = {0.46 * options.width, 0.4 * options.height, 2.0 * options.depth},
             .warp = 0.08,
             .grain = 0.05};
  body.texture = random.next();
  const double bias = 0.25 * options.acquisition * random.uniform();
  const double noise = 0.09 / std::sqrt(random.uniform(options.dose.low, options.dose.high) + 1);
  const std::uint64_t biasKey = random.next();

  const Size size = made.image.geometry.size;
  made.image.values.resize(static_cast<std::size_t>(size.count()));
  std::vector<std::vector<Mask::Run>> runs(organs.size());
  std::vector<bool> inside(organs.size());
  std::int64_t at = 0;
  for (std::int64_t z = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x, ++at) {
        const auto px = static_cast<double>(x), py = static_cast<double>(y), pz = static_cast<double>(z);
        const double grey = greyAt(body, organs, px, py, pz, inside);
        const double field =
            1 + bias * latticeNoise(biasKey, 1.5 * px / options.width, 1.5 * py / options.height, 1.5 * pz / options.depth);
        made.image.values[static_cast<std::size_t>(at)] = static_cast<float>(std::clamp(grey * field + noise * random.normal(), 0.0, 1.0));
        for (std::size_t k = 0; k < runs.size(); ++k) {
          if (!inside[k]) continue;
          if (!runs[k].empty() && runs[k].back().start + runs[k].back().length == at) ++runs[k].back().length;
          else runs[k].push_back({at, 1});
        }
      }
  for (int k = 0; k < made.classes.size(); ++k)
    made.annotation.set(k, Mask(size, std::move(runs[static_cast<std::size_t>(made.classes[k].id - 1)])));
  made.facts = {{"spacing_mm", made.image.geometry.spacingMm}, {"bias", bias}, {"noise", noise}};
  return made;
}

}  // namespace roundel
