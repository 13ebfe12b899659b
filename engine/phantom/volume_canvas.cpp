#include "phantom/volume_canvas.h"

#include "core/error.h"
#include "phantom/texture.h"

namespace roundel::phantom {
namespace {

/// Blurs along one axis with a Gaussian of so many voxels; the edge goes on.
void blurAxis(std::vector<float>& values, Size size, int axis, double sigma) {
  if (sigma < 0.15) return;
  const int reach = static_cast<int>(std::ceil(2.5 * sigma));
  std::vector<float> weights;
  float sum = 0;
  for (int k = -reach; k <= reach; ++k) sum += weights.emplace_back(static_cast<float>(std::exp(-0.5 * square(k / sigma))));
  const std::int64_t count = axis == 0 ? size.x : axis == 1 ? size.y : size.z;
  const std::int64_t stride = axis == 0 ? 1 : axis == 1 ? size.x : size.x * size.y;
  std::vector<float> line(static_cast<std::size_t>(count));
  for (std::int64_t start = 0; start < size.count(); ++start) {
    if (start / stride % count != 0) continue;
    for (std::int64_t i = 0; i < count; ++i) line[static_cast<std::size_t>(i)] = values[static_cast<std::size_t>(start + i * stride)];
    for (std::int64_t i = 0; i < count; ++i) {
      float total = 0;
      for (int k = -reach; k <= reach; ++k)
        total +=
            weights[static_cast<std::size_t>(k + reach)] * line[static_cast<std::size_t>(std::clamp<std::int64_t>(i + k, 0, count - 1))];
      values[static_cast<std::size_t>(start + i * stride)] = total / sum;
    }
  }
}

void blurVolume(std::vector<float>& values, Size size, double sigma) {
  for (int axis = 0; axis < 3; ++axis) blurAxis(values, size, axis, sigma);
}

std::pair<float, float> rangeOf(std::vector<float> values, double low, double high) {
  const auto at = [&](double q) { return values.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1)); };
  std::nth_element(values.begin(), at(low), values.end());
  const float first = *at(low);
  std::nth_element(values.begin(), at(high), values.end());
  return {first, *at(high)};
}

}  // namespace

Point3 drawDirection(Random& random) {
  const double z = random.uniform(-1, 1), turn = random.uniform(0, 6.283185307179586), r = std::sqrt(1 - z * z);
  return {r * std::cos(turn), r * std::sin(turn), z};
}

VolumeTexture VolumeTexture::draw(Random& random, double strength) {
  VolumeTexture texture;
  const double kind = random.uniform();
  texture.m_octaves = kind < 0.35 ? 0 : kind < 0.7 ? 1 : 2;
  texture.m_key = random.next();
  texture.m_scale = std::exp(random.uniform(std::log(1.5), std::log(14.0)));
  texture.m_strength = strength * square(random.uniform());
  return texture;
}

double VolumeTexture::at(Point3 p) const {
  if (m_octaves == 0) return 0;
  const double coarse = latticeNoise(m_key, p.x / m_scale, p.y / m_scale, p.z / m_scale);
  if (m_octaves == 1) return m_strength * coarse;
  const double finer = 2.6 / m_scale;
  return m_strength * (0.6 * coarse + 0.4 * latticeNoise(m_key + 1, finer * p.x, finer * p.y, finer * p.z));
}

VolumeLook VolumeLook::draw(Random& random, double level, double textureStrength) {
  VolumeLook look;
  look.level = level;
  look.softness = random.uniform() < 0.75 ? random.uniform(0.4, 1.0) : random.uniform(1.0, 2.2);
  if (random.uniform() < 0.15) look.rim = random.uniform(-0.25, 0.3), look.rimWidth = random.uniform(1, 3);
  look.texture = VolumeTexture::draw(random, textureStrength);
  return look;
}

VolumeCanvas::VolumeCanvas(Size wanted, float level)
    : size(wanted), grey(static_cast<std::size_t>(wanted.count()), level), owner(static_cast<std::size_t>(wanted.count()), 0) {}

VolumeCanvas VolumeCanvas::empty(Random& random) {
  const auto side = [&] { return 44 + random.below(29); };
  const Size size{side(), side(), side()};
  VolumeCanvas canvas(size, static_cast<float>(random.uniform(0.3, 0.7)));
  const VolumeTexture texture = VolumeTexture::draw(random, random.uniform(0.05, 0.4));
  std::size_t voxel = 0;
  for (std::int64_t z = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x)
        canvas.grey[voxel++] += static_cast<float>(texture.at({static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)}));
  const int clouds = static_cast<int>(random.below(4));
  for (int k = 0; k < clouds; ++k) {
    VolumeLook look = VolumeLook::draw(random, static_cast<double>(canvas.grey.front()) + random.uniform(-0.25, 0.25));
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

Mask VolumeCanvas::maskOf(const std::vector<std::int16_t>& owners) const {
  std::vector<Mask::Run> runs;
  for (std::size_t i = 0; i < owner.size(); ++i) {
    if (std::find(owners.begin(), owners.end(), owner[i]) == owners.end()) continue;
    const auto at = static_cast<std::int64_t>(i);
    if (!runs.empty() && runs.back().start + runs.back().length == at) ++runs.back().length;
    else runs.push_back({at, 1});
  }
  return {size, std::move(runs)};
}

Lump Lump::draw(Point3 middle, double radius, Random& random) {
  Lump lump;
  lump.m_middle = middle;
  const Point3 first = drawDirection(random), other = drawDirection(random);
  const Point3 rest = other - dot(other, first) * first;
  const Point3 second = (1 / std::max(1e-3, lengthOf(rest))) * rest;
  lump.m_axes = {
      first,
      second,
      {first.y * second.z - first.z * second.y, first.z * second.x - first.x * second.z, first.x * second.y - first.y * second.x}};
  double product = 1;
  for (auto& r : lump.m_radii) {
    r = std::exp(random.uniform(-0.45, 0.45));
    product *= r;
  }
  for (auto& r : lump.m_radii) r *= radius / std::cbrt(product);
  lump.m_warp = random.uniform(0, 0.3);
  lump.m_fine = random.uniform() < 0.5 ? random.uniform(0, 0.15) : 0;
  lump.m_key = random.next();
  lump.m_mean = radius;
  lump.m_longest = *std::max_element(lump.m_radii.begin(), lump.m_radii.end());
  return lump;
}

double Lump::depth(Point3 p) const {
  const Point3 d = p - m_middle;
  const Point3 u{dot(d, m_axes[0]) / m_radii[0], dot(d, m_axes[1]) / m_radii[1], dot(d, m_axes[2]) / m_radii[2]};
  const double rho = lengthOf(u);
  if (rho > 1.7) return -0.7 * m_mean;
  double wander = 1 + m_warp * latticeNoise(m_key, 1.2 * u.x, 1.2 * u.y, 1.2 * u.z);
  if (m_fine > 0) wander += m_fine * latticeNoise(m_key + 1, 3 * u.x, 3 * u.y, 3 * u.z);
  return (1 - rho * wander) * m_mean;
}

Lump Lump::grown(double voxels) const {
  Lump out = *this;
  for (auto& r : out.m_radii) r += voxels;
  out.m_mean += voxels, out.m_longest += voxels;
  return out;
}

Duct Duct::draw(Point3 start, Point3 direction, double length, double radius, double bend, double flat, Random& random) {
  Duct duct;
  constexpr int kSteps = 12;
  const Point3 aside = drawDirection(random);
  const Point3 curve = aside - dot(aside, direction) * direction;
  const double phase = random.uniform(0, 6.28), wave = random.uniform(0.1, 0.35), first = random.uniform(0.55, 1),
               last = random.uniform(0.35, 1);
  for (int k = 0; k <= kSteps; ++k) {
    const double t = static_cast<double>(k) / kSteps;
    duct.m_line.push_back(start + (t * length) * direction + (bend * length * (t * t + 0.15 * std::sin(6.28 * t + phase))) * curve);
    const double ends = t < 0.5 ? first + (1 - first) * 2 * t : last + (1 - last) * 2 * (1 - t);
    duct.m_radii.push_back(radius * ends * (1 + wave * std::sin(7 * t + 2 * phase)));
  }
  const Point3 thin = drawDirection(random);
  const Point3 across = thin - dot(thin, direction) * direction;
  duct.m_thin = (1 / std::max(1e-3, lengthOf(across))) * across;
  duct.m_flat = flat;
  duct.measure();
  return duct;
}

void Duct::measure() {
  Point3 low = m_line.front(), high = low;
  double thick = 0;
  for (std::size_t i = 0; i < m_line.size(); ++i) {
    const Point3& p = m_line[i];
    low = {std::min(low.x, p.x), std::min(low.y, p.y), std::min(low.z, p.z)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y), std::max(high.z, p.z)};
    thick = std::max(thick, m_radii[i]);
  }
  m_middle = 0.5 * (low + high);
  m_reach = 0.5 * std::max({high.x - low.x, high.y - low.y, high.z - low.z}) + thick;
}

double Duct::depth(Point3 p) const {
  double best = -1e9;
  for (std::size_t i = 0; i + 1 < m_line.size(); ++i) {
    const Point3 a = m_line[i], ab = m_line[i + 1] - a, ap = p - a;
    const double t = std::clamp(dot(ap, ab) / std::max(1e-9, dot(ab, ab)), 0.0, 1.0);
    const Point3 off = ap - t * ab;
    const double along = dot(off, m_thin) * m_flat;
    const double across = std::max(0.0, dot(off, off) - square(dot(off, m_thin)));
    best = std::max(best, m_radii[i] + t * (m_radii[i + 1] - m_radii[i]) - std::sqrt(across + along * along));
  }
  return best;
}

Point3 Duct::at(double share) const {
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(m_line.size() - 1);
  const auto i = std::min(m_line.size() - 2, static_cast<std::size_t>(place));
  return m_line[i] + (place - static_cast<double>(i)) * (m_line[i + 1] - m_line[i]);
}

Point3 Duct::directionAt(double share) const {
  const Point3 step = at(share + 0.04) - at(share - 0.04);
  return (1 / std::max(1e-6, lengthOf(step))) * step;
}

double Duct::radiusAt(double share) const {
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(m_radii.size() - 1);
  const auto i = std::min(m_radii.size() - 2, static_cast<std::size_t>(place));
  return m_radii[i] + (place - static_cast<double>(i)) * (m_radii[i + 1] - m_radii[i]);
}

Duct Duct::part(double from, double to) const {
  Duct out = *this;
  out.m_line.clear(), out.m_radii.clear();
  constexpr int kSteps = 8;
  for (int k = 0; k <= kSteps; ++k) {
    const double t = from + (to - from) * k / kSteps;
    out.m_line.push_back(at(t)), out.m_radii.push_back(radiusAt(t));
  }
  out.measure();
  return out;
}

Duct Duct::grown(double voxels) const {
  Duct out = *this;
  for (auto& r : out.m_radii) r += voxels;
  out.measure();
  return out;
}

void develop(VolumeCanvas& canvas, Random& random) {
  const Size size = canvas.size;
  if (random.uniform() < 0.4) {  // an uneven field, as of a coil
    const std::uint64_t key = random.next();
    const double strength = random.uniform(0.1, 0.4), scale = random.uniform(25, 80);
    std::size_t voxel = 0;
    for (std::int64_t z = 0; z < size.z; ++z)
      for (std::int64_t y = 0; y < size.y; ++y)
        for (std::int64_t x = 0; x < size.x; ++x)
          canvas.grey[voxel++] *=
              static_cast<float>(1 + strength * latticeNoise(key, static_cast<double>(x) / scale, static_cast<double>(y) / scale,
                                                             static_cast<double>(z) / scale));
  }
  blurVolume(canvas.grey, size, random.uniform(0, 0.9));
  if (random.uniform() < 0.35) blurAxis(canvas.grey, size, static_cast<int>(random.below(3)), random.uniform(0.6, 2));  // thick slices
  const auto [low, high] = rangeOf(canvas.grey, 0.02, 0.98);
  const double range = std::max(0.02F, high - low);
  const auto noisy = [&](double sigma, double strength) {
    std::vector<float> noise(canvas.grey.size());
    for (auto& value : noise) value = static_cast<float>(random.uniform() + random.uniform() + random.uniform() - 1.5) * 2;
    blurVolume(noise, size, sigma);
    const double gain = strength * range * std::pow(std::max(1.0, 3.545 * sigma), 1.5);
    for (std::size_t i = 0; i < noise.size(); ++i) canvas.grey[i] += static_cast<float>(gain) * noise[i];
  };
  noisy(0, 0.14 * square(random.uniform()));
  if (random.uniform() < 0.4) noisy(random.uniform(0.4, 1), random.uniform(0.02, 0.12));
  const auto [dark, bright] = rangeOf(canvas.grey, 0.02 * square(random.uniform()), 1 - 0.02 * square(random.uniform()));
  const double shown = std::max(1e-3F, bright - dark), gamma = std::exp(random.uniform(-0.5, 0.5));
  const bool inverted = random.uniform() < 0.3;
  for (auto& value : canvas.grey) {
    const double bent = std::pow(std::clamp((static_cast<double>(value) - static_cast<double>(dark)) / shown, 0.0, 1.0), gamma);
    value = static_cast<float>(inverted ? 1 - bent : bent);
  }
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
