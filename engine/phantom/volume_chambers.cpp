// Scenes of volumes: chambers of one pool behind thin walls, as of the heart, with the first stretch of the vessels that leave them.
#include <optional>

#include "phantom/volume_canvas.h"

namespace roundel::phantom {
namespace {

struct Chamber {
  Lump lump;
  std::int16_t pool, wall;
};

/// A wall where nobody is yet, and a pool within it: what was there before keeps its own wall.
struct WithinWall {
  const VolumeCanvas& canvas;
  std::int16_t wall;
  bool operator()(std::size_t voxel) const { return canvas.owner[voxel] == 0 || canvas.owner[voxel] == wall; }
};

struct ChamberLooks {
  VolumeLook pool, wall;

  static ChamberLooks draw(Random& random, double ground) {
    const bool hard = random.uniform() < 0.1, bright = random.uniform() < 0.75;
    const double step = hard ? random.uniform(0.1, 0.18) : random.uniform(0.2, 0.5), blood = bright ? ground + step : ground - step;
    const double away = hard ? random.uniform(0.1, 0.2) : random.uniform(0.2, 0.5), kind = random.uniform();
    // Mostly darker than a bright pool, now and then as what lies around, or brighter than all.
    const double wallLevel = kind < 0.65   ? (bright ? blood - away : blood + away)
                             : kind < 0.85 ? ground
                                           : (bright ? blood + away : blood - away);
    ChamberLooks looks{VolumeLook::draw(random, blood, 0.08), VolumeLook::draw(random, wallLevel, 0.08)};
    looks.pool.rim = looks.wall.rim = 0;
    looks.pool.softness = random.uniform(0.4, 0.8), looks.wall.softness = random.uniform(0.4, 0.8);
    return looks;
  }
};

/// Vessels leave it: their first stretch still belongs to it, the rest is nobody's who is asked for.
void paintVeins(VolumeCanvas& canvas, const Chamber& chamber, const ChamberLooks& looks, std::optional<Point3> awayFrom, Random& random) {
  const int veins = static_cast<int>(random.below(5));
  for (int k = 0; k < veins; ++k) {
    Point3 direction = drawDirection(random);
    if (awayFrom && dot(direction, *awayFrom) > 0.2) direction = -1.0 * direction;
    const double radius = sizeBetween(random, 1.6, 0.4 * chamber.lump.radius()), inside = 0.6 * chamber.lump.radius();
    const double length = inside + random.uniform(10, 26), stub = std::min(0.9, (inside + random.uniform(2.5, 9)) / length);
    const Duct vein = Duct::draw(chamber.lump.middle() + (0.4 * chamber.lump.radius()) * direction, direction, length, radius,
                                 0.3 * random.uniform(), random.uniform(1, 1.6), random);
    const std::int16_t wall = canvas.nextOwner(), beyond = canvas.nextOwner();
    paintBody(canvas, vein.grown(random.uniform(0.8, 1.6)), looks.wall, wall, FreePlace{canvas});
    DepthField field = vein.field(canvas.size, looks.pool.softness, 0);
    paintField(canvas, field, looks.pool, chamber.pool, [&](std::size_t voxel) {
      const std::int16_t owner = canvas.owner[voxel];
      return owner == 0 || owner == wall || owner == chamber.wall;
    });
    // It is cut straight, and what lies beyond is another's.
    const Point3 along = vein.directionAt(stub), from = vein.at(stub);
    for (std::int64_t z = field.low[2]; z < field.high[2]; ++z)
      for (std::int64_t y = field.low[1]; y < field.high[1]; ++y)
        for (std::int64_t x = field.low[0]; x < field.high[0]; ++x) {
          if (field.depthAt({x, y, z}) <= 0) continue;
          const Point3 p{static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)};
          std::int16_t& owner = canvas.owner[static_cast<std::size_t>((z * canvas.size.y + y) * canvas.size.x + x)];
          if (owner == chamber.pool && dot(p - from, along) > 0) owner = beyond;
        }
  }
}

}  // namespace

PromptableScene makeChambersScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/chambers", index);
  VolumeCanvas canvas = VolumeCanvas::empty(random);
  const double ground = canvas.ground;
  const ChamberLooks looks = ChamberLooks::draw(random, ground);
  const int around = static_cast<int>(random.below(4));
  for (int k = 0; k < around; ++k)
    paintBody(canvas, Lump::draw(canvas.somewhere(random, 0), random.uniform(7, 20), random),
              VolumeLook::draw(random, otherLevel(random, ground, 0.03, 0.2), 0.15), 0);

  const double thickness = random.uniform(0.9, 2.2);
  std::vector<std::vector<std::int16_t>> structures;
  std::vector<Chamber> chambers;
  const auto wallOf = [&](const DepthField& field, std::int16_t owner) { paintField(canvas, field, looks.wall, owner, FreePlace{canvas}); };
  const auto poolOf = [&](const DepthField& field, const Chamber& chamber) {
    paintField(canvas, field, looks.pool, chamber.pool, WithinWall{canvas, chamber.wall});
  };
  const double outer = 1;  // voxels beyond a surface that are looked at: more than any softness here

  // An atrium, and often a ventricle that its pool runs into: the border is a plane that nothing marks but the waist.
  const Point3 middle = canvas.somewhere(random, 0.35);
  const double radius = sizeBetween(random, 8, 16);
  std::optional<Point3> valve;
  const Lump atrium = Lump::draw(middle, radius, random);
  chambers.push_back({atrium, canvas.nextOwner(), canvas.nextOwner()});
  structures.push_back({chambers[0].pool});
  if (random.uniform() < 0.6) {
    valve = drawDirection(random);
    const double other = radius * random.uniform(0.7, 1.2), open = random.uniform(0.6, 0.85);
    const Point3 place = middle + (open * radius) * *valve;
    const Lump ventricle = Lump::draw(place + (random.uniform(0.6, 0.85) * other) * *valve, other, random);
    chambers.push_back({ventricle, canvas.nextOwner(), canvas.nextOwner()});
    structures.push_back({chambers[1].pool});
    DepthField before = atrium.field(canvas.size, outer, 3), beyond = ventricle.field(canvas.size, outer, 3);
    DepthField wallBefore = atrium.grown(thickness).field(canvas.size, outer, 3),
               wallBeyond = ventricle.grown(thickness).field(canvas.size, outer, 3);
    wallBefore.cutAt(place + 1.5 * *valve, *valve), wallBeyond.cutAt(place - 1.5 * *valve, -1.0 * *valve);
    wallOf(wallBefore, chambers[0].wall), wallOf(wallBeyond, chambers[0].wall);
    chambers[1].wall = chambers[0].wall;
    // Both reach a little across the plane, so that no seam shows; whose it is, the plane says.
    before.cutAt(place + 1.2 * *valve, *valve), beyond.cutAt(place - 1.2 * *valve, -1.0 * *valve);
    poolOf(before, chambers[0]);
    paintField(canvas, beyond, looks.pool, chambers[1].pool, [&](std::size_t voxel) {
      const std::int16_t owner = canvas.owner[voxel];
      return owner == 0 || owner == chambers[0].wall || owner == chambers[0].pool;
    });
    divideAt(canvas, before, chambers[0].pool, beyond, chambers[1].pool, place, *valve);
  } else {
    wallOf(atrium.grown(thickness).field(canvas.size, outer, 3), chambers[0].wall);
    poolOf(atrium.field(canvas.size, outer, 3), chambers[0]);
  }
  // Others beside them, a wall apart.
  const int more = static_cast<int>(random.below(4));
  for (int k = 0; k < more; ++k) {
    const Lump& beside = chambers[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(chambers.size())))].lump;
    const double size = sizeBetween(random, 5, 13);
    const Lump lump =
        Lump::draw(beside.middle() + ((beside.radius() + size) * random.uniform(0.8, 1.1)) * drawDirection(random), size, random);
    const Chamber chamber{lump, canvas.nextOwner(), canvas.nextOwner()};
    wallOf(lump.grown(thickness).field(canvas.size, outer, 3), chamber.wall);
    poolOf(lump.field(canvas.size, outer, 3), chamber);
    chambers.push_back(chamber);
    structures.push_back({chamber.pool});
  }
  for (std::size_t k = 0; k < chambers.size(); ++k)
    if (k != 1 || !valve) paintVeins(canvas, chambers[k], looks, k == 0 ? valve : std::nullopt, random);
  // Vessels that pass by, of the same blood.
  const int passing = static_cast<int>(random.below(3));
  for (int k = 0; k < passing; ++k) {
    const double size = random.uniform(3, 8), length = random.uniform(30, 70);
    const Point3 direction = drawDirection(random);
    const Duct vessel =
        Duct::draw(canvas.somewhere(random, 0.05) - (0.5 * length) * direction, direction, length, size, 0.3 * random.uniform(), 1, random);
    const Chamber chamber{atrium, canvas.nextOwner(), canvas.nextOwner()};
    wallOf(vessel.grown(thickness).field(canvas.size, outer, 3), chamber.wall);
    poolOf(vessel.field(canvas.size, outer, 3), chamber);
    structures.push_back({chamber.pool});
  }
  canvas.dropFragments(0.25);
  std::vector<Mask> masks = canvas.masksOf(structures);
  develop(canvas, random);
  return finished("chambers", std::move(canvas), std::move(masks));
}

}  // namespace roundel::phantom
