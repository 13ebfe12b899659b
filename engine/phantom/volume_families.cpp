// Scenes of volumes: organs side by side, curved bodies in parts, vessels, bones, lesions, cells.
#include <algorithm>

#include "phantom/volume_canvas.h"

namespace roundel::phantom {
PromptableScene makeVolumeOrgansScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/volume-organs", index);
  VolumeCanvas canvas = VolumeCanvas::empty(random);
  const double ground = canvas.ground, contrast = random.uniform() < 0.1 ? random.uniform(0.06, 0.15) : random.uniform(0.15, 0.45);
  const int count = 4 + static_cast<int>(random.below(7));
  std::vector<std::vector<std::int16_t>> structures;
  std::vector<double> levels;
  const bool wallToWall = random.uniform() < 0.5;
  for (int k = 0; k < count; ++k) {
    // Those who touch must be told apart.
    const VolumeLook look = VolumeLook::draw(random, levelApart(random, ground, 0.4 * contrast, contrast, levels), 0.3 * contrast);
    levels.push_back(look.level);
    const std::int16_t owner = canvas.nextOwner();
    const Point3 place = canvas.somewhere(random);
    std::vector<std::int16_t> whole{owner};
    if (random.uniform() < 0.75) {
      const Lump lump = Lump::draw(place, sizeBetween(random, 4, 19), random);
      if (wallToWall) paintBody(canvas, lump, look, owner, FreePlace{canvas});
      else paintBody(canvas, lump, look, owner);
      const int lesions = random.uniform() < 0.35 && lump.radius() > 8 ? 1 + static_cast<int>(random.below(2)) : 0;
      for (int l = 0; l < lesions; ++l) {
        const std::int16_t lesion = canvas.nextOwner();
        const Point3 inside = place + (random.uniform(0, 0.6) * lump.radius()) * drawDirection(random);
        paintBody(canvas, Lump::draw(inside, lump.radius() * random.uniform(0.2, 0.5), random),
                  VolumeLook::draw(random, otherLevel(random, look.level, 0.1, 0.3), 0.1), lesion, PlaceOf{canvas, owner});
        whole.push_back(lesion);
        structures.push_back({lesion});
      }
    } else {
      const double radius = sizeBetween(random, 2, 7);
      paintBody(canvas, Duct::draw(place, drawDirection(random), radius * random.uniform(4, 12), radius, 0.5 * random.uniform(), 1, random),
                look, owner);
    }
    structures.push_back(whole);
  }
  canvas.dropFragments(0.2);
  std::vector<Mask> masks = canvas.masksOf(structures);
  develop(canvas, random);
  return finished("volume-organs", std::move(canvas), std::move(masks));
}

PromptableScene makeCurvedScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/curved", index);
  VolumeCanvas canvas = VolumeCanvas::empty(random);
  const double ground = canvas.ground, contrast = random.uniform() < 0.1 ? random.uniform(0.06, 0.14) : random.uniform(0.14, 0.4);
  // What lies around: bodies of much the same grey, and clefts.
  const int around = 3 + static_cast<int>(random.below(6));
  for (int k = 0; k < around; ++k) {
    const VolumeLook look = VolumeLook::draw(random, otherLevel(random, ground, 0.2 * contrast, 1.3 * contrast), 0.1);
    if (random.uniform() < 0.6) paintBody(canvas, Lump::draw(canvas.somewhere(random, 0), sizeBetween(random, 4, 16), random), look, 0);
    else
      paintBody(canvas,
                Duct::draw(canvas.somewhere(random, 0), drawDirection(random), random.uniform(15, 45), sizeBetween(random, 1.5, 5),
                           0.5 * random.uniform(), random.uniform(1, 4), random),
                look, 0);
  }
  const int bodies = 1 + static_cast<int>(random.below(2));
  std::vector<std::vector<std::int16_t>> structures;
  for (int k = 0; k < bodies; ++k) {
    const double radius = sizeBetween(random, 3.2, 9), length = std::min(46.0, radius * random.uniform(3.5, 9));
    const Point3 direction = drawDirection(random);
    const Point3 start = canvas.somewhere(random, 0.38) - (0.5 * length) * direction;
    const Duct duct = Duct::draw(start, direction, length, radius, random.uniform(0.1, 0.75), random.uniform(1, 2.2), random);
    const VolumeLook look = VolumeLook::draw(random, otherLevel(random, ground, 0.6 * contrast, contrast), 0.3 * contrast);
    if (random.uniform() < 0.5) {  // a cleft along it
      const Point3 side = drawDirection(random);
      VolumeLook cleft = look;
      cleft.level = otherLevel(random, ground, 0.15, 0.4);
      const double wide = random.uniform(0.8, 2.5);
      DepthField outer = duct.grown(wide).field(canvas.size, cleft.softness, 0);
      outer.cutAt(duct.at(0.5), side);
      paintField(canvas, outer, cleft, 0);
    }
    const std::int16_t first = canvas.nextOwner();
    paintBody(canvas, duct, look, first);
    std::vector<std::int16_t> whole{first};
    structures.push_back({first});
    if (random.uniform() < 0.7) {  // in parts that differ little or not at all
      const double cut = random.uniform(0.3, 0.7);
      const std::int16_t second = canvas.nextOwner();
      VolumeLook other = look;
      other.level = random.uniform() < 0.5 ? look.level : otherLevel(random, look.level, 0.01, 0.08);
      paintBody(canvas, random.uniform() < 0.5 ? duct.part(0, cut).grown(0.6) : duct.part(cut, 1).grown(0.6), other, second,
                PlaceOf{canvas, first});
      whole.push_back(second);
      structures.push_back({second});
      structures.push_back(whole);
    }
  }
  canvas.dropFragments(0.2);
  std::vector<Mask> masks = canvas.masksOf(structures);
  develop(canvas, random);
  return finished("curved", std::move(canvas), std::move(masks));
}

PromptableScene makeVesselsScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/vessels", index);
  VolumeCanvas canvas = VolumeCanvas::empty(random);
  const double ground = canvas.ground;
  std::vector<std::vector<std::int16_t>> structures;
  const int trees = 1 + static_cast<int>(random.below(2));
  for (int t = 0; t < trees; ++t) {
    VolumeLook look = VolumeLook::draw(random, otherLevel(random, ground, random.uniform() < 0.1 ? 0.1 : 0.22, 0.5), 0.1);
    look.rim = 0;
    const std::int16_t owner = canvas.nextOwner();
    const double radius = sizeBetween(random, 1.6, 5.5);
    const Duct trunk = Duct::draw(canvas.somewhere(random, 0.15), drawDirection(random), random.uniform(22, 50), radius,
                                  0.4 * random.uniform(), 1, random);
    paintBody(canvas, trunk, look, owner);
    const int branches = static_cast<int>(random.below(5));
    for (int b = 0; b < branches; ++b) {
      const double share = random.uniform(0.1, 0.95);
      const Point3 turned = trunk.directionAt(share) + 1.2 * drawDirection(random);
      const Duct branch = Duct::draw(trunk.at(share), (1 / std::max(1e-3, lengthOf(turned))) * turned, random.uniform(10, 30),
                                     std::max(1.1, trunk.radiusAt(share) * random.uniform(0.5, 0.9)), 0.4 * random.uniform(), 1, random);
      paintBody(canvas, branch, look, owner);
    }
    std::vector<std::int16_t> whole{owner};
    if (random.uniform() < 0.35) {  // an aneurysm
      const std::int16_t bulge = canvas.nextOwner();
      paintBody(canvas,
                Lump::draw(trunk.at(random.uniform(0.2, 0.8)) + (1.3 * radius) * drawDirection(random), radius * random.uniform(1.2, 2.4),
                           random),
                look, bulge, FreePlace{canvas});
      structures.push_back({bulge});
      whole.push_back(bulge);
    }
    structures.push_back(whole);
  }
  const int others = static_cast<int>(random.below(4));
  for (int k = 0; k < others; ++k) {
    const std::int16_t owner = canvas.nextOwner();
    paintBody(canvas, Lump::draw(canvas.somewhere(random), sizeBetween(random, 4, 13), random),
              VolumeLook::draw(random, otherLevel(random, ground, 0.15, 0.4), 0.1), owner, FreePlace{canvas});
    structures.push_back({owner});
  }
  std::vector<Mask> masks = canvas.masksOf(structures);
  develop(canvas, random);
  return finished("vessels", std::move(canvas), std::move(masks));
}

PromptableScene makeVolumeBonesScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/volume-bones", index);
  VolumeCanvas canvas = VolumeCanvas::empty(random);
  const double ground = canvas.ground, cortex = random.uniform(0.3, 0.9);
  std::vector<std::vector<std::int16_t>> structures;
  Point3 place = canvas.somewhere(random, 0.25);
  const int count = 2 + static_cast<int>(random.below(5));
  for (int k = 0; k < count; ++k) {
    VolumeLook look = VolumeLook::draw(random, ground + random.uniform(0, 0.45) * cortex, 0.35);
    look.softness = std::min(look.softness, 1.0);
    look.rim = cortex * random.uniform(0.4, 1), look.rimWidth = random.uniform(0.8, 2.5);
    const std::int16_t owner = canvas.nextOwner();
    const Point3 direction = drawDirection(random);
    double step = 0;
    if (random.uniform() < 0.55) {
      const Lump lump = Lump::draw(place, sizeBetween(random, 4, 12), random);
      paintBody(canvas, lump, look, owner, FreePlace{canvas});
      step = lump.radius();
    } else {
      const double radius = sizeBetween(random, 2.5, 8), length = radius * random.uniform(3, 7);
      paintBody(canvas, Duct::draw(place, direction, length, radius, 0.2 * random.uniform(), random.uniform(1, 1.6), random), look, owner,
                FreePlace{canvas});
      step = length;
    }
    structures.push_back({owner});
    place = random.uniform() < 0.7 ? place + (step + random.uniform(2, 7)) * direction : canvas.somewhere(random, 0.15);
  }
  std::vector<Mask> masks = canvas.masksOf(structures);
  develop(canvas, random);
  return finished("volume-bones", std::move(canvas), std::move(masks));
}

PromptableScene makeLesionsScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/lesions", index);
  VolumeCanvas canvas = VolumeCanvas::empty(random);
  const double ground = canvas.ground;
  const int tissues = 1 + static_cast<int>(random.below(4));
  for (int k = 0; k < tissues; ++k)
    paintBody(canvas, Lump::draw(canvas.somewhere(random), sizeBetween(random, 10, 26), random),
              VolumeLook::draw(random, otherLevel(random, ground, 0.03, 0.2), 0.25), 0);
  const int count = 2 + static_cast<int>(random.below(7));
  const double level = otherLevel(random, ground, random.uniform() < 0.1 ? 0.1 : 0.22, 0.5);
  std::vector<std::vector<std::int16_t>> structures;
  for (int k = 0; k < count; ++k) {
    const std::int16_t owner = canvas.nextOwner();
    structures.push_back({owner});
    paintBody(canvas, Lump::draw(canvas.somewhere(random), sizeBetween(random, 2.4, 9), random),
              VolumeLook::draw(random, random.uniform() < 0.6 ? level : otherLevel(random, ground, 0.2, 0.45)), owner);
  }
  std::vector<Mask> masks = canvas.masksOf(structures);  // the last is always there: later ones may have hidden the others
  develop(canvas, random);
  return finished("lesions", std::move(canvas), std::move(masks));
}

PromptableScene makeVolumeCellsScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/volume-cells", index);
  VolumeCanvas canvas = VolumeCanvas::empty(random);
  const double pitch = random.uniform(9, 17), gap = random.uniform(0.3, 1.4), wall = otherLevel(random, canvas.ground, 0.1, 0.4);
  struct Cell {
    Point3 middle;
    double level;
    std::int16_t owner;
  };
  const auto along = [&](std::int64_t count) { return static_cast<std::int64_t>(static_cast<double>(count) / pitch) + 1; };
  const std::array<std::int64_t, 3> counts{along(canvas.size.x), along(canvas.size.y), along(canvas.size.z)};
  std::vector<Cell> cells;
  for (std::int64_t k = 0; k < counts[2]; ++k)
    for (std::int64_t j = 0; j < counts[1]; ++j)
      for (std::int64_t i = 0; i < counts[0]; ++i) {
        const auto about = [&](std::int64_t n) { return (static_cast<double>(n) + random.uniform(0.15, 0.85)) * pitch; };
        const double x = about(i), y = about(j), z = about(k), level = otherLevel(random, wall, 0.08, 0.35);
        cells.push_back({{x, y, z}, level, canvas.nextOwner()});
      }
  const VolumeTexture texture = VolumeTexture::draw(random, 0.25);
  // Every cell lies in its own box of a grid: nearest are those of the boxes around.
  std::vector<const Cell*> near;
  const auto boxOf = [&](std::int64_t at, std::size_t axis) {
    return std::min(static_cast<std::int64_t>(static_cast<double>(at) / pitch), counts[axis] - 1);
  };
  for (std::int64_t z = 0; z < canvas.size.z; ++z)
    for (std::int64_t y = 0; y < canvas.size.y; ++y) {
      VolumeTexture::Row row(texture, y, z);
      std::int64_t before = -1;
      for (std::int64_t x = 0; x < canvas.size.x; ++x) {
        if (const std::int64_t box = boxOf(x, 0); box != before) {
          before = box;
          near.clear();
          const auto around = [&](std::int64_t middle, std::size_t axis) {
            return std::pair{std::max<std::int64_t>(0, middle - 1), std::min(counts[axis] - 1, middle + 1)};
          };
          const auto [i0, i1] = around(box, 0);
          const auto [j0, j1] = around(boxOf(y, 1), 1);
          const auto [k0, k1] = around(boxOf(z, 2), 2);
          for (std::int64_t k = k0; k <= k1; ++k)
            for (std::int64_t j = j0; j <= j1; ++j)
              for (std::int64_t i = i0; i <= i1; ++i) near.push_back(&cells[static_cast<std::size_t>((k * counts[1] + j) * counts[0] + i)]);
        }
        const Point3 p{static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)};
        double nearest = 1e9, second = 1e9;  // squared
        const Cell* cell = nullptr;
        for (const Cell* one : near) {
          const Point3 off = p - one->middle;
          const double d = dot(off, off);
          if (d < nearest) second = nearest, nearest = d, cell = one;
          else second = std::min(second, d);
        }
        const double depth = 0.5 * (std::sqrt(second) - std::sqrt(nearest)) - gap;
        const double cover = smoothStep(-0.6, 0.6, depth);
        const auto voxel = static_cast<std::size_t>((z * canvas.size.y + y) * canvas.size.x + x);
        canvas.grey[voxel] = static_cast<float>(wall + cover * (cell->level + static_cast<double>(row.at(x)) - wall));
        if (depth > 0) canvas.owner[voxel] = cell->owner;
      }
    }
  std::vector<std::vector<std::int16_t>> structures;
  for (std::size_t k = 0; k < std::min<std::size_t>(12, cells.size()); ++k)
    structures.push_back({cells[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(cells.size())))].owner});
  std::vector<Mask> masks = canvas.masksOf(structures);
  develop(canvas, random);
  return finished("volume-cells", std::move(canvas), std::move(masks));
}

}  // namespace roundel::phantom
