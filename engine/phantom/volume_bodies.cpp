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

void DepthField::roughen(std::uint64_t key, double pitch, double voxels) {
  const auto most = static_cast<float>(voxels);
  for (std::int64_t z = low[2]; z < high[2]; ++z)
    for (std::int64_t y = low[1]; y < high[1]; ++y) {
      NoiseRow noise(key, static_cast<float>(pitch), y, z);
      float* const values = row(y, z);
      for (std::int64_t i = 0; i < width(); ++i)
        if (values[i] > kOutside) values[i] += most * noise.at(low[0] + i);
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
  std::vector<Place> places;
  constexpr int kSteps = 12;
  const Point3 aside = drawDirection(random);
  const Point3 curve = aside - dot(aside, direction) * direction;
  const double phase = random.uniform(0, 6.28), wave = random.uniform(0.1, 0.35), first = random.uniform(0.55, 1),
               last = random.uniform(0.35, 1);
  for (int k = 0; k <= kSteps; ++k) {
    const double t = static_cast<double>(k) / kSteps;
    const double ends = t < 0.5 ? first + (1 - first) * 2 * t : last + (1 - last) * 2 * (1 - t);
    places.push_back({start + (t * length) * direction + (bend * length * (t * t + 0.15 * std::sin(6.28 * t + phase))) * curve,
                      radius * ends * (1 + wave * std::sin(7 * t + 2 * phase)), flat});
  }
  return {std::move(places), drawDirectionAcross(direction, random)};
}

namespace {

/// A stretch of a duct, ready to be asked for the depth below its surface.
struct Stretch {
  float abx, aby, abz, perLength, radius, grows, flat, flattens, thinX, thinY, thinZ, wideX, wideY, wideZ, cup, outer;

  Stretch(const Duct::Place& a, const Duct::Place& b, Point3 thinOfAll, double cupOfAll, double outerOfAll) {
    const Point3 ab = b.middle - a.middle, along = unit(ab), thin = unit(thinOfAll - dot(thinOfAll, along) * along),
                 wide = crossed(along, thin);
    const auto f = [](double value) { return static_cast<float>(value); };
    abx = f(ab.x), aby = f(ab.y), abz = f(ab.z), perLength = f(1 / std::max(1e-9, dot(ab, ab)));
    radius = f(a.radius), grows = f(b.radius - a.radius), flat = f(a.flat), flattens = f(b.flat - a.flat);
    thinX = f(thin.x), thinY = f(thin.y), thinZ = f(thin.z), wideX = f(wide.x), wideY = f(wide.y), wideZ = f(wide.z);
    cup = f(cupOfAll / std::max(a.radius, b.radius)), outer = f(outerOfAll);
  }
  bool round() const { return flat <= 1 && flattens <= 0; }

  /// (x, y, z) from its start; kOutside where it is farther out than was asked for.
  template <bool kRound>
  float depth(float x, float y, float z) const {
    const float t = std::clamp((x * abx + y * aby + z * abz) * perLength, 0.0F, 1.0F);
    const float dx = x - t * abx, dy = y - t * aby, dz = z - t * abz, own = radius + t * grows;
    float squared = dx * dx + dy * dy + dz * dz;
    if constexpr (kRound) {
      const float most = own + outer;
      return squared < most * most ? own - std::sqrt(squared) : DepthField::kOutside;
    }
    const float widely = dx * wideX + dy * wideY + dz * wideZ, straight = dx * thinX + dy * thinY + dz * thinZ;
    const float thin = straight + cup * widely * widely, times = flat + t * flattens, most = own + outer * times;
    // Beyond its ends it is as thick as it is thin: a bent strip shows no corners.
    const float across = widely * widely,
                flattened = times * times * (thin * thin + std::max(0.0F, squared - straight * straight - across));
    squared = across + flattened;
    if (squared >= most * most) return DepthField::kOutside;
    // In voxels: across the flat side the surface is nearer by so much.
    const float away = std::sqrt(squared) + 1e-3F, steep = std::sqrt(across + times * times * flattened) + 1e-3F;
    return (own - away) * away / steep;
  }
};

}  // namespace

DepthField Duct::field(Size size, double outer, double /*inner*/) const {
  const auto reach = [&](const Place& place) { return place.radius * (1 + std::abs(m_cup)) + outer; };
  Point3 low = m_places.front().middle, high = low;
  for (const auto& place : m_places) {
    const double r = reach(place);
    const Point3& p = place.middle;
    low = {std::min(low.x, p.x - r), std::min(low.y, p.y - r), std::min(low.z, p.z - r)};
    high = {std::max(high.x, p.x + r), std::max(high.y, p.y + r), std::max(high.z, p.z + r)};
  }
  DepthField field = DepthField::between(low, high, size);
  // A stretch after the other, each within its own box.
  for (std::size_t i = 0; i + 1 < m_places.size(); ++i) {
    const Point3 &a = m_places[i].middle, &b = m_places[i + 1].middle;
    const double r = std::max(reach(m_places[i]), reach(m_places[i + 1]));
    const auto range = [&](std::size_t axis, double one, double other) {
      const double from = std::floor(std::min(one, other) - r), to = std::ceil(std::max(one, other) + r) + 1;
      return std::pair{std::clamp(static_cast<std::int64_t>(from), field.low[axis], field.high[axis]),
                       std::clamp(static_cast<std::int64_t>(to), field.low[axis], field.high[axis])};
    };
    const auto [x0, x1] = range(0, a.x, b.x);
    const auto [y0, y1] = range(1, a.y, b.y);
    const auto [z0, z1] = range(2, a.z, b.z);
    const Stretch stretch(m_places[i], m_places[i + 1], m_thin, m_cup, outer);
    for (std::int64_t z = z0; z < z1; ++z)
      for (std::int64_t y = y0; y < y1; ++y) {
        const auto fromX = static_cast<float>(static_cast<double>(x0) - a.x), fromY = static_cast<float>(static_cast<double>(y) - a.y),
                   fromZ = static_cast<float>(static_cast<double>(z) - a.z);
        float* const row = field.row(y, z) + (x0 - field.low[0]);
        const std::int64_t count = x1 - x0;
        if (stretch.round())
          for (std::int64_t k = 0; k < count; ++k)
            row[k] = std::max(row[k], stretch.depth<true>(fromX + static_cast<float>(k), fromY, fromZ));
        else
          for (std::int64_t k = 0; k < count; ++k)
            row[k] = std::max(row[k], stretch.depth<false>(fromX + static_cast<float>(k), fromY, fromZ));
      }
  }
  return field;
}

Duct::Place Duct::place(double share) const {
  const double where = std::clamp(share, 0.0, 1.0) * static_cast<double>(m_places.size() - 1);
  const auto i = std::min(m_places.size() - 2, static_cast<std::size_t>(where));
  const double t = where - static_cast<double>(i);
  const Place &a = m_places[i], &b = m_places[i + 1];
  return {a.middle + t * (b.middle - a.middle), a.radius + t * (b.radius - a.radius), a.flat + t * (b.flat - a.flat)};
}

Point3 Duct::directionAt(double share) const { return unit(at(share + 0.04) - at(share - 0.04)); }

Point3 Duct::thinAt(double share) const {
  const Point3 along = directionAt(share);
  return unit(m_thin - dot(m_thin, along) * along);
}

Duct Duct::part(double from, double to) const {
  Duct out = *this;
  out.m_places.clear();
  constexpr int kSteps = 8;
  for (int k = 0; k <= kSteps; ++k) out.m_places.push_back(place(from + (to - from) * k / kSteps));
  return out;
}

Duct Duct::grown(double voxels) const {
  Duct out = *this;
  for (auto& place : out.m_places) {
    const double thin = place.radius / place.flat + voxels;
    place.radius += voxels;
    place.flat = place.radius / thin;
  }
  return out;
}

Duct Duct::cupped(double radii) const {
  Duct out = *this;
  out.m_cup = radii;
  return out;
}

Duct Duct::layer(double side, double gap, double thickness, double wider) const {
  Duct out = *this;
  const auto last = static_cast<double>(m_places.size() - 1);
  for (std::size_t i = 0; i < m_places.size(); ++i) {
    Place& place = out.m_places[i];
    const double above = place.radius / place.flat + gap + 0.5 * thickness;
    place.middle = place.middle + (side * above) * thinAt(static_cast<double>(i) / last);
    place.radius *= wider;
    place.flat = std::max(1.0, 2 * place.radius / thickness);
  }
  return out;
}

}  // namespace roundel::phantom
