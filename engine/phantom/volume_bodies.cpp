#include "phantom/volume_bodies.h"

#include "phantom/plane.h"
#include "phantom/volume_noise.h"

namespace roundel::phantom {

Point3 drawDirection(Random& random) {
  const double z = random.uniform(-1, 1), turn = random.uniform(0, 6.283185307179586), r = std::sqrt(1 - z * z);
  return {r * std::cos(turn), r * std::sin(turn), z};
}

Point3 drawDirectionAcross(Point3 direction, Random& random) {
  const Point3 other = drawDirection(random), rest = other - dot(other, direction) * direction;
  return (1 / std::max(1e-3, lengthOf(rest))) * rest;
}

DepthField DepthField::between(Point3 from, Point3 to, Size size) {
  DepthField field;
  const std::array<double, 3> first{from.x, from.y, from.z}, last{to.x, to.y, to.z};
  const std::array<std::int64_t, 3> most{size.x, size.y, size.z};
  std::int64_t count = 1;
  for (std::size_t a = 0; a < 3; ++a) {
    field.low[a] = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(first[a])), 0, most[a]);
    field.high[a] = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(last[a])) + 1, field.low[a], most[a]);
    count *= field.high[a] - field.low[a];
  }
  field.depth.assign(static_cast<std::size_t>(count), kOutside);
  return field;
}

void DepthField::cutAt(Point3 place, Point3 outward) {
  for (std::int64_t z = low[2]; z < high[2]; ++z)
    for (std::int64_t y = low[1]; y < high[1]; ++y) {
      float* const values = row(y, z);
      const double first = dot(place - Point3{static_cast<double>(low[0]), static_cast<double>(y), static_cast<double>(z)}, outward);
      for (std::int64_t i = 0; i < width(); ++i)
        values[i] = std::min(values[i], static_cast<float>(first - static_cast<double>(i) * outward.x));
    }
}

Lump Lump::draw(Point3 middle, double radius, Random& random) {
  Lump lump;
  lump.m_middle = middle;
  const Point3 first = drawDirection(random), second = drawDirectionAcross(first, random);
  lump.m_axes = {first, second, crossed(first, second)};
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
  return lump;
}

DepthField Lump::field(Size size, double outer, double inner) const {
  // In units of the ellipsoid the surface lies between two spheres: only between them, and a little beyond, need it be looked for.
  constexpr double kFarthest = 2.2, kCoarse = 1.2, kFine = 3;
  const double wander = m_warp + m_fine, farthest = std::min(kFarthest, (1 + outer / m_mean) / (1 - wander)),
               sure = std::max(0.0, (1 - inner / m_mean) / (1 + wander));
  Point3 half;
  std::array<Point3, 3> per{};
  for (std::size_t a = 0; a < 3; ++a) {
    const Point3 radius = m_radii[a] * m_axes[a];
    half = {half.x + square(radius.x), half.y + square(radius.y), half.z + square(radius.z)};
    per[a] = (1 / m_radii[a]) * m_axes[a];
  }
  half = farthest * Point3{std::sqrt(half.x), std::sqrt(half.y), std::sqrt(half.z)};
  DepthField field = DepthField::between(m_middle - half, m_middle + half, size);
  const NoiseTable coarse(m_key, static_cast<float>(kCoarse * kFarthest) + 0.1F);
  const NoiseTable fine(m_key + 1, m_fine > 0 ? static_cast<float>(kFine * kFarthest) + 0.1F : 0.0F);
  const auto mean = static_cast<float>(m_mean), warp = static_cast<float>(m_warp), finer = static_cast<float>(m_fine);
  const Point3 step{per[0].x, per[1].x, per[2].x};
  const double a = dot(step, step);
  for (std::int64_t z = field.low[2]; z < field.high[2]; ++z)
    for (std::int64_t y = field.low[1]; y < field.high[1]; ++y) {
      const Point3 d = Point3{static_cast<double>(field.low[0]), static_cast<double>(y), static_cast<double>(z)} - m_middle;
      const Point3 u{dot(d, per[0]), dot(d, per[1]), dot(d, per[2])};
      const double b = dot(u, step), c = dot(u, u), root = b * b - a * (c - square(farthest));
      if (root <= 0) continue;
      const double reach = std::sqrt(root) / a, middle = -b / a, deep = b * b - a * (c - square(sure));
      const auto count = static_cast<double>(field.width());
      const auto from = static_cast<std::int64_t>(std::clamp(std::ceil(middle - reach), 0.0, count)),
                 to = static_cast<std::int64_t>(std::clamp(std::floor(middle + reach) + 1, 0.0, count));
      const double deepReach = deep > 0 && sure > 0 ? std::sqrt(deep) / a : -1;
      float* const row = field.row(y, z);
      for (std::int64_t i = from; i < to; ++i) {
        if (std::abs(static_cast<double>(i) - middle) < deepReach) {
          row[i] = DepthField::kDeep;
          continue;
        }
        const auto share = static_cast<float>(i);
        const float ux = static_cast<float>(u.x) + share * static_cast<float>(step.x),
                    uy = static_cast<float>(u.y) + share * static_cast<float>(step.y),
                    uz = static_cast<float>(u.z) + share * static_cast<float>(step.z);
        const float rho = std::sqrt(ux * ux + uy * uy + uz * uz);
        constexpr auto kC = static_cast<float>(kCoarse), kF = static_cast<float>(kFine);
        float wanders = 1 + warp * coarse.at(kC * ux, kC * uy, kC * uz);
        if (finer > 0) wanders += finer * fine.at(kF * ux, kF * uy, kF * uz);
        row[i] = (1 - rho * wanders) * mean;
      }
    }
  return field;
}

Lump Lump::grown(double voxels) const {
  Lump out = *this;
  for (auto& r : out.m_radii) r += voxels;
  out.m_mean += voxels;
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
  duct.m_thin = drawDirectionAcross(direction, random);
  duct.m_flat = flat;
  return duct;
}

DepthField Duct::field(Size size, double outer, double /*inner*/) const {
  Point3 low = m_line.front(), high = low;
  for (std::size_t i = 0; i < m_line.size(); ++i) {
    const double r = m_radii[i] + outer;
    const Point3& p = m_line[i];
    low = {std::min(low.x, p.x - r), std::min(low.y, p.y - r), std::min(low.z, p.z - r)};
    high = {std::max(high.x, p.x + r), std::max(high.y, p.y + r), std::max(high.z, p.z + r)};
  }
  DepthField field = DepthField::between(low, high, size);
  const auto thinX = static_cast<float>(m_thin.x), flatter = static_cast<float>(square(m_flat) - 1), beyond = static_cast<float>(outer);
  // A stretch after the other, each within its own box.
  for (std::size_t i = 0; i + 1 < m_line.size(); ++i) {
    const Point3 &a = m_line[i], &b = m_line[i + 1], ab = b - a;
    const double r = std::max(m_radii[i], m_radii[i + 1]) + outer, perLength = 1 / std::max(1e-9, dot(ab, ab));
    const auto range = [&](std::size_t axis, double one, double other) {
      const double from = std::floor(std::min(one, other) - r), to = std::ceil(std::max(one, other) + r) + 1;
      return std::pair{std::clamp(static_cast<std::int64_t>(from), field.low[axis], field.high[axis]),
                       std::clamp(static_cast<std::int64_t>(to), field.low[axis], field.high[axis])};
    };
    const auto [x0, x1] = range(0, a.x, b.x);
    const auto [y0, y1] = range(1, a.y, b.y);
    const auto [z0, z1] = range(2, a.z, b.z);
    const auto abx = static_cast<float>(ab.x), aby = static_cast<float>(ab.y), abz = static_cast<float>(ab.z),
               perLengthF = static_cast<float>(perLength), radius = static_cast<float>(m_radii[i]),
               grows = static_cast<float>(m_radii[i + 1] - m_radii[i]);
    for (std::int64_t z = z0; z < z1; ++z)
      for (std::int64_t y = y0; y < y1; ++y) {
        const auto apy = static_cast<float>(static_cast<double>(y) - a.y), apz = static_cast<float>(static_cast<double>(z) - a.z),
                   fromA = static_cast<float>(static_cast<double>(x0) - a.x);
        const float along = apy * aby + apz * abz, thinOf = static_cast<float>(m_thin.y) * apy + static_cast<float>(m_thin.z) * apz;
        const float thinStep = static_cast<float>(dot(m_thin, ab));
        float* const row = field.row(y, z) + (x0 - field.low[0]);
        for (std::int64_t k = 0; k < x1 - x0; ++k) {
          const float apx = fromA + static_cast<float>(k);
          const float t = std::clamp((along + apx * abx) * perLengthF, 0.0F, 1.0F);
          const float dx = apx - t * abx, dy = apy - t * aby, dz = apz - t * abz, thin = thinOf + apx * thinX - t * thinStep;
          const float squared = dx * dx + dy * dy + dz * dz + flatter * thin * thin, own = radius + t * grows, most = own + beyond;
          if (squared < most * most) row[k] = std::max(row[k], own - std::sqrt(squared));
        }
      }
  }
  return field;
}

Point3 Duct::at(double share) const {
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(m_line.size() - 1);
  const auto i = std::min(m_line.size() - 2, static_cast<std::size_t>(place));
  return m_line[i] + (place - static_cast<double>(i)) * (m_line[i + 1] - m_line[i]);
}

Point3 Duct::directionAt(double share) const { return unit(at(share + 0.04) - at(share - 0.04)); }

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
  return out;
}

Duct Duct::grown(double voxels) const {
  Duct out = *this;
  for (auto& r : out.m_radii) r += voxels;
  return out;
}

}  // namespace roundel::phantom
