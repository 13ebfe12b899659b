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
class Stretch {
 public:
  Stretch(const Duct::Place& a, const Duct::Place& b, Point3 thinOfAll, double cup, double outer) : m_start(a.middle) {
    const Point3 ab = b.middle - a.middle;
    m_along = unit(ab), m_thin = unit(thinOfAll - dot(thinOfAll, m_along) * m_along), m_wide = crossed(m_along, m_thin);
    m_widest = std::max(a.radius, b.radius) + outer;
    m_thickest = std::max(a.radius / a.flat, b.radius / b.flat) + outer;
    m_bent = std::abs(cup) * m_widest;
    const auto f = [](double value) { return static_cast<float>(value); };
    m_length = f(lengthOf(ab)), m_radius = f(a.radius), m_grows = f((b.radius - a.radius)), m_flat = f(a.flat),
    m_flattens = f(b.flat - a.flat);
    m_cup = f(cup / std::max(a.radius, b.radius)), m_outer = f(outer);
  }

  /// Half of the box around it, about both of its ends.
  Point3 half() const {
    const auto along = [&](double wide, double thin, double on) {
      return std::sqrt(square(m_widest * wide) + square(m_thickest) * (square(thin) + square(on))) + m_bent * std::abs(thin);
    };
    return {along(m_wide.x, m_thin.x, m_along.x), along(m_wide.y, m_thin.y, m_along.y), along(m_wide.z, m_thin.z, m_along.z)};
  }

  /// Deepens a row of voxels, of which the first is at `first`.
  void paint(float* row, std::int64_t count, Point3 first) const {
    const Point3 from = first - m_start;
    double low = 0, high = static_cast<double>(count - 1);
    const double on = dot(from, m_along), wide = dot(from, m_wide), thin = dot(from, m_thin);
    const auto narrow = [&](double value, double step, double least, double most) {  // where least <= value + i * step <= most
      if (std::abs(step) < 1e-9) {
        if (value < least || value > most) high = -1;
        return;
      }
      const double one = (least - value) / step, other = (most - value) / step;
      low = std::max(low, std::min(one, other)), high = std::min(high, std::max(one, other));
    };
    narrow(on, m_along.x, -m_thickest, static_cast<double>(m_length) + m_thickest);
    narrow(wide, m_wide.x, -m_widest, m_widest);
    narrow(thin, m_thin.x, -m_thickest - m_bent, m_thickest + m_bent);
    const auto f = [](double value) { return static_cast<float>(value); };
    const float on0 = f(on), wide0 = f(wide), thin0 = f(thin), onStep = f(m_along.x), wideStep = f(m_wide.x), thinStep = f(m_thin.x);
    for (auto i = static_cast<std::int64_t>(std::ceil(low)); static_cast<double>(i) <= high; ++i) {
      const auto at = static_cast<float>(i);
      row[i] = std::max(row[i], depth(on0 + at * onStep, wide0 + at * wideStep, thin0 + at * thinStep));
    }
  }

 private:
  /// kOutside where it is farther out than was asked for.
  float depth(float on, float wide, float straight) const {
    const float within = std::clamp(on, 0.0F, m_length), t = m_length > 0 ? within / m_length : 0, past = on - within;
    const float own = m_radius + t * m_grows, times = m_flat + t * m_flattens, most = own + m_outer * times;
    const float thin = straight + m_cup * wide * wide;
    // Beyond its ends it is as thick as it is thin: a bent strip shows no corners.
    const float across = wide * wide, flattened = times * times * (thin * thin + past * past), squared = across + flattened;
    if (squared >= most * most) return DepthField::kOutside;
    const float away = std::sqrt(squared);
    if (times == 1) return own - away;
    // In voxels: across the flat side the surface is nearer by so much.
    return (own - away) * (away + 1e-3F) / (std::sqrt(across + times * times * flattened) + 1e-3F);
  }

  Point3 m_start, m_along, m_thin, m_wide;
  double m_widest, m_thickest, m_bent;  ///< as far as it is looked at
  float m_length, m_radius, m_grows, m_flat, m_flattens, m_cup, m_outer;
};

}  // namespace

DepthField Duct::field(Size size, double outer, double /*inner*/) const {
  std::vector<Stretch> stretches;
  std::vector<std::pair<Point3, Point3>> boxes;
  for (std::size_t i = 0; i + 1 < m_places.size(); ++i) {
    const Point3 &a = m_places[i].middle, &b = m_places[i + 1].middle;
    const Point3 half = stretches.emplace_back(m_places[i], m_places[i + 1], m_thin, m_cup, outer).half();
    boxes.emplace_back(Point3{std::min(a.x, b.x), std::min(a.y, b.y), std::min(a.z, b.z)} - half,
                       Point3{std::max(a.x, b.x), std::max(a.y, b.y), std::max(a.z, b.z)} + half);
  }
  auto [low, high] = boxes.front();
  for (const auto& [from, to] : boxes) {
    low = {std::min(low.x, from.x), std::min(low.y, from.y), std::min(low.z, from.z)};
    high = {std::max(high.x, to.x), std::max(high.y, to.y), std::max(high.z, to.z)};
  }
  DepthField field = DepthField::between(low, high, size);
  // A stretch after the other, each within its own box.
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    const auto& [from, to] = boxes[i];
    const auto range = [&](std::size_t axis, double least, double most) {
      return std::pair{std::clamp(static_cast<std::int64_t>(std::floor(least)), field.low[axis], field.high[axis]),
                       std::clamp(static_cast<std::int64_t>(std::ceil(most)) + 1, field.low[axis], field.high[axis])};
    };
    const auto [x0, x1] = range(0, from.x, to.x);
    const auto [y0, y1] = range(1, from.y, to.y);
    const auto [z0, z1] = range(2, from.z, to.z);
    for (std::int64_t z = z0; z < z1; ++z)
      for (std::int64_t y = y0; y < y1; ++y)
        stretches[i].paint(field.row(y, z) + (x0 - field.low[0]), x1 - x0,
                           {static_cast<double>(x0), static_cast<double>(y), static_cast<double>(z)});
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
