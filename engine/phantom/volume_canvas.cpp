#include "phantom/volume_canvas.h"

#include "core/error.h"
#include "raster/components.h"

namespace roundel::phantom {
VolumeTexture VolumeTexture::draw(Random& random, double strength) {
  VolumeTexture texture;
  const double kind = random.uniform();
  texture.m_octaves = kind < 0.35 ? 0 : kind < 0.7 ? 1 : 2;
  texture.m_key = random.next();
  texture.m_scale = std::exp(random.uniform(std::log(1.5), std::log(14.0)));
  texture.m_strength = strength * square(random.uniform());
  return texture;
}

VolumeTexture::Row::Row(const VolumeTexture& texture, std::int64_t y, std::int64_t z) {
  if (texture.plain()) return;
  const auto strength = static_cast<float>(texture.m_strength), scale = static_cast<float>(texture.m_scale);
  m_first = NoiseRow(texture.m_key, scale, y, z);
  m_coarse = texture.m_octaves == 1 ? strength : 0.6F * strength;
  if (texture.m_octaves == 1) return;
  m_second = NoiseRow(texture.m_key + 1, std::max(1.0F, scale / 2.6F), y, z);  // finer than a voxel is no finer
  m_fine = 0.4F * strength;
}

VolumeLook VolumeLook::draw(Random& random, double level, double textureStrength) {
  VolumeLook look;
  look.level = level;
  look.softness = random.uniform() < 0.75 ? random.uniform(0.4, 1.0) : random.uniform(1.0, 2.2);
  if (random.uniform() < 0.15) look.rim = random.uniform(-0.25, 0.3), look.rimWidth = random.uniform(1, 3);
  look.texture = VolumeTexture::draw(random, textureStrength);
  return look;
}

VolumeCanvas::VolumeCanvas(Size wanted, double level)
    : size(wanted),
      ground(level),
      grey(static_cast<std::size_t>(wanted.count()), static_cast<float>(level)),
      owner(static_cast<std::size_t>(wanted.count()), 0) {}

VolumeCanvas VolumeCanvas::plain(Random& random, double level, double strength) {
  const auto side = [&] { return 44 + random.below(29); };
  const std::int64_t x = side(), y = side(), z = side();
  VolumeCanvas canvas({x, y, z}, level);
  const VolumeTexture texture = VolumeTexture::draw(random, strength);
  std::size_t voxel = 0;
  for (std::int64_t k = 0; k < z && !texture.plain(); ++k)
    for (std::int64_t j = 0; j < y; ++j) {
      VolumeTexture::Row row(texture, j, k);
      for (std::int64_t i = 0; i < x; ++i) canvas.grey[voxel++] += row.at(i);
    }
  return canvas;
}

VolumeCanvas VolumeCanvas::empty(Random& random) {
  const double level = random.uniform(0.3, 0.7);
  VolumeCanvas canvas = plain(random, level, random.uniform(0.03, 0.2));
  const int clouds = static_cast<int>(random.below(4));
  for (int k = 0; k < clouds; ++k) {
    VolumeLook look = VolumeLook::draw(random, level + random.uniform(-0.18, 0.18), 0.1);
    look.softness = random.uniform(0.5, 4);
    paintBody(canvas, Lump::draw(canvas.somewhere(random, 0), random.uniform(8, 26), random), look, 0);
  }
  return canvas;
}

Point3 VolumeCanvas::somewhere(Random& random, double border) const {
  const auto along = [&](std::int64_t count) { return random.uniform(border, 1 - border) * static_cast<double>(count - 1); };
  const double x = along(size.x), y = along(size.y), z = along(size.z);
  return {x, y, z};
}

std::vector<Mask> VolumeCanvas::masksOf(const std::vector<std::vector<std::int16_t>>& structures) const {
  std::vector<std::vector<std::size_t>> of(static_cast<std::size_t>(m_owners) + 1);
  for (std::size_t k = 0; k < structures.size(); ++k)
    for (const std::int16_t one : structures[k]) of[static_cast<std::size_t>(one)].push_back(k);
  std::vector<std::vector<Mask::Run>> runs(structures.size());
  const auto count = static_cast<std::int64_t>(owner.size());
  for (std::int64_t start = 0, end = 0; start < count; start = end) {
    const std::int16_t whose = owner[static_cast<std::size_t>(start)];
    for (end = start + 1; end < count && owner[static_cast<std::size_t>(end)] == whose;) ++end;
    for (const std::size_t k : of[static_cast<std::size_t>(whose)]) {
      if (!runs[k].empty() && runs[k].back().start + runs[k].back().length == start) runs[k].back().length += end - start;
      else runs[k].push_back({start, end - start});
    }
  }
  std::vector<Mask> masks;
  for (auto& list : runs) masks.emplace_back(size, std::move(list));
  return masks;
}

void VolumeCanvas::dropFragments(double share) {
  std::vector<std::vector<std::int16_t>> all;
  for (std::int16_t one = 1; one <= m_owners; ++one) all.push_back({one});
  for (const Mask& mask : masksOf(all)) {
    const Components pieces = connectedComponents(mask, Connectivity::Faces);
    if (pieces.list.size() < 2) continue;
    const auto largest = static_cast<std::size_t>(pieces.largest());
    for (std::size_t r = 0; r < pieces.runs.size(); ++r) {
      const auto piece = static_cast<std::size_t>(pieces.ofRun[r]);
      if (piece == largest || static_cast<double>(pieces.list[piece].area) >= share * static_cast<double>(pieces.list[largest].area))
        continue;
      std::fill_n(owner.begin() + pieces.runs[r].start, pieces.runs[r].length, std::int16_t{0});
    }
  }
}

namespace {

/// Calls visit(voxel, whether it lies beyond the plane, its place) for all of a volume.
template <class Visit>
void eitherSide(Size size, Point3 place, Point3 outward, Visit visit) {
  std::size_t voxel = 0;
  for (std::int64_t z = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x, ++voxel) {
        const Point3 p{static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)};
        visit(voxel, dot(p - place, outward) > 0, std::array{x, y, z});
      }
}

}  // namespace

void divideAt(VolumeCanvas& canvas, const DepthField& before, std::int16_t one, const DepthField& beyond, std::int16_t other, Point3 place,
              Point3 outward) {
  eitherSide(canvas.size, place, outward, [&](std::size_t voxel, bool far, const std::array<std::int64_t, 3>& at) {
    std::int16_t& owner = canvas.owner[voxel];
    if (owner == one && far) owner = beyond.depthAt(at) > 0 ? other : std::int16_t{0};
    else if (owner == other && !far) owner = before.depthAt(at) > 0 ? one : std::int16_t{0};
  });
}

void divideAt(VolumeCanvas& canvas, std::int16_t one, std::int16_t other, Point3 place, Point3 outward) {
  eitherSide(canvas.size, place, outward, [&](std::size_t voxel, bool far, const auto&) {
    if (far && canvas.owner[voxel] == one) canvas.owner[voxel] = other;
  });
}

double sizeBetween(Random& random, double low, double high) { return std::exp(random.uniform(std::log(low), std::log(high))); }

double otherLevel(Random& random, double level, double least, double most) {
  const double step = random.uniform(least, most);
  return random.uniform() < 0.5 ? level - step : level + step;
}

double levelApart(Random& random, double level, double least, double most, const std::vector<double>& taken) {
  double best = level, farthest = -1;
  for (int k = 0; k < 4; ++k) {
    const double drawn = otherLevel(random, level, least, most);
    double gap = 1;
    for (const double other : taken) gap = std::min(gap, std::abs(drawn - other));
    if (gap > farthest) farthest = gap, best = drawn;
  }
  return best;
}

PromptableScene finished(const std::string& family, VolumeCanvas canvas, std::vector<Mask> structures) {
  std::erase_if(structures, [&](const Mask& mask) { return mask.area() < kSmallestVolumeStructure || mask.area() == canvas.size.count(); });
  if (structures.empty()) throw Error(ErrorKind::Defect, "empty-scene", "A scene of the family " + family + " has nothing in it.");
  PromptableScene scene{.family = family, .image = {.geometry = {.size = canvas.size}}};
  scene.image.values = std::move(canvas.grey);
  scene.structures = std::move(structures);
  return scene;
}

}  // namespace roundel::phantom
