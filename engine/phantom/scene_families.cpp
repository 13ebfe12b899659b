// Scenes of no organ in particular: bodies, shadows that add up, tubes, organs of a section, devices of metal, cells.
#include <algorithm>
#include <numbers>

#include "phantom/scene_bodies.h"
#include "phantom/scene_canvas.h"

namespace roundel::phantom {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

Canvas emptyCanvas(Random& random) {
  const int width = 144 + static_cast<int>(random.below(81)), height = 144 + static_cast<int>(random.below(81));
  return Canvas(width, height, static_cast<float>(random.uniform(0.3, 0.7)));
}

Point somewhere(const Canvas& canvas, Random& random) {
  return {random.uniform(0.04, 0.96) * canvas.width(), random.uniform(0.04, 0.96) * canvas.height()};
}

double drawSize(Random& random, double low, double high) { return std::exp(random.uniform(std::log(low), std::log(high))); }

/// How a thing looks: its grey over the ground, edge, rim and texture.
struct Look {
  double level = 0.3;   ///< added, or taken as the grey itself where it is opaque
  double softness = 1;  ///< pixels over which the edge falls
  double rim = 0, rimWidth = 2;
  double dome = 0;  ///< 0: flat, 1: as thick as a ball
  bool opaque = false;
  Texture texture;

  static Look draw(Random& random, bool mayBeOpaque) {
    Look look;
    const double sign = random.uniform() < 0.65 ? 1 : -1;
    look.level = sign * random.uniform(0.06, 0.5);
    look.softness = random.uniform() < 0.75 ? random.uniform(0.5, 1.4) : random.uniform(1.4, 3.5);
    if (random.uniform() < 0.35) look.rim = random.uniform(-0.3, 0.45);
    look.rimWidth = random.uniform(1, 5);
    look.dome = random.uniform() < 0.5 ? random.uniform() : 0;
    look.opaque = mayBeOpaque && random.uniform() < 0.6;
    look.texture = Texture::draw(random, 0.3);
    return look;
  }
};

/// A plate with holes.
struct Plate {
  static constexpr double kStride = Outline::kStride;
  Outline outline;
  std::vector<Point> holes;
  double radius = 1;

  double depth(Point p) const {
    double depth = outline.depth(p);
    for (const Point& centre : holes) depth = std::min(depth, std::sqrt(square(p.x - centre.x) + square(p.y - centre.y)) - radius);
    return depth;
  }
  Point middle() const { return outline.middle(); }
  double reach() const { return outline.reach(); }
};

/// Paints what `depth` says lies inside and gives its exact mask. `inner`: depth at which a dome is full.
template <class Shape>
Mask paint(Canvas& canvas, const Shape& shape, double inner, const Look& look, float ground) {
  Texture texture = look.texture;
  Point far{-1, -1};  // up to its x, in its row, the shape is out of reach
  return castShadow(canvas.plane, shape.middle(), shape.reach() + 4, [&](std::size_t pixel, Point p) {
    if (p.y == far.y && p.x < far.x) return false;
    const double depth = shape.depth(p);
    if (depth < -look.softness) {
      far = {p.x - shape.kStride * (depth + look.softness), p.y};
      return false;
    }
    const double cover = smoothStep(-look.softness, look.softness, depth);
    double profile = 1;
    if (look.dome > 0) {
      const double t = std::clamp(1 - depth / std::max(1.0, inner), 0.0, 1.0);
      profile = 1 - look.dome + look.dome * std::sqrt(1 - t * t);
    }
    const double rim = look.rim == 0 ? 0 : look.rim * bell(depth, 0.7 * look.rimWidth, 0.6 * look.rimWidth);
    const double own = look.level * profile + rim + texture.at(p);
    float& grey = canvas.grey[pixel];
    if (look.opaque) grey += static_cast<float>(cover * (static_cast<double>(ground) + own - static_cast<double>(grey)));
    else grey += static_cast<float>(cover * own);
    return depth > 0;
  });
}

}  // namespace

PromptableScene makeBodiesScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/bodies", index);
  Canvas canvas = emptyCanvas(random);
  const float ground = canvas.grey.front();
  paintGround(canvas, random, random.uniform(0.05, 0.5));
  const bool alike = random.uniform() < 0.4;  // many of one kind, as instances are
  const Look common = Look::draw(random, true);
  const double size = drawSize(random, 6, 34);
  const int count = 3 + static_cast<int>(random.below(9));
  for (int k = 0; k < count; ++k) {
    const Look look = alike ? common : Look::draw(random, true);
    const Body body = Body::draw(somewhere(canvas, random), alike ? size * random.uniform(0.7, 1.35) : drawSize(random, 4, 55), random);
    Mask mask = paint(canvas, body, body.inner(), look, ground);
    // What is opaque hides what lies below it.
    if (look.opaque)
      for (auto& below : canvas.structures)
        if (const auto hidden = overlapArea(below, mask); hidden > 0 && hidden < below.area()) below = subtract(below, mask);
    canvas.add(std::move(mask));
    // A smaller thing inside it.
    if (random.uniform() < 0.3 && body.inner() > 9) {
      const Look within = Look::draw(random, false);
      const double part = body.inner() * random.uniform(0.3, 0.6), off = 0.3 * body.inner();
      const Body inner =
          Body::draw({body.middle().x + random.uniform(-off, off), body.middle().y + random.uniform(-off, off)}, part, random);
      canvas.add(paint(canvas, inner, inner.inner(), within, ground));
    }
  }
  develop(canvas, random);
  return finished("bodies", canvas.plane, std::move(canvas.grey), std::move(canvas.structures));
}

PromptableScene makeOverlapScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/overlap", index);
  Canvas canvas = emptyCanvas(random);
  paintGround(canvas, random, random.uniform(0.05, 0.4));
  const double sign = random.uniform() < 0.8 ? 1 : -1;
  const int count = 4 + static_cast<int>(random.below(8));
  for (int k = 0; k < count; ++k) {
    Look look = Look::draw(random, false);
    look.level = sign * random.uniform(0.08, 0.4);
    look.dome = random.uniform();
    if (random.uniform() < 0.4) look.rim = sign * random.uniform(0.1, 0.4), look.dome *= 0.5;  // a wall denser than what it holds
    if (random.uniform() < 0.55) {
      const Body body = Body::draw(somewhere(canvas, random), drawSize(random, 7, 45), random);
      canvas.add(paint(canvas, body, body.inner(), look, 0));
    } else {
      const double radius = drawSize(random, 2.5, 16);
      const Tube tube = Tube::draw(somewhere(canvas, random), random.uniform(0, kTurn), radius * random.uniform(3, 14), radius,
                                   0.15 * random.uniform(), random);
      canvas.add(paint(canvas, tube, radius, look, 0));
    }
  }
  develop(canvas, random);
  return finished("overlap", canvas.plane, std::move(canvas.grey), std::move(canvas.structures));
}

PromptableScene makeTubesScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/tubes", index);
  Canvas canvas = emptyCanvas(random);
  paintGround(canvas, random, random.uniform(0.05, 0.5));
  const Look common = Look::draw(random, false);
  const int count = 2 + static_cast<int>(random.below(6));
  for (int k = 0; k < count; ++k) {
    Look look = random.uniform() < 0.6 ? common : Look::draw(random, false);
    const double radius = drawSize(random, 1.3, 8);
    look.softness = std::min(look.softness, std::max(0.5, 0.6 * radius));
    const double turn = random.uniform(0, kTurn), length = radius * random.uniform(8, 40), bend = 0.5 * random.uniform();
    const Tube trunk = Tube::draw(somewhere(canvas, random), turn, std::min(length, 220.0), radius, bend, random);
    Mask mask = paint(canvas, trunk, radius, look, 0);
    // Branches belong to the vessel that they leave.
    const int branches = random.uniform() < 0.5 ? 1 + static_cast<int>(random.below(3)) : 0;
    for (int b = 0; b < branches; ++b) {
      const auto& knot = trunk.knots()[static_cast<std::size_t>(2 + random.below(11))];
      const Tube branch = Tube::draw(knot.place, turn + random.uniform(-1.3, 1.3), random.uniform(4, 16) * knot.radius,
                                     std::max(0.9, 0.7 * knot.radius), bend, random);
      mask = unite(mask, paint(canvas, branch, 0.7 * knot.radius, look, 0));
    }
    canvas.add(std::move(mask));
  }
  develop(canvas, random);
  if (canvas.structures.empty()) return makeTubesScene(splitmix(seed), index);
  return finished("tubes", canvas.plane, std::move(canvas.grey), std::move(canvas.structures));
}

PromptableScene makeOrgansScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/organs", index);
  Canvas canvas = emptyCanvas(random);
  std::fill(canvas.grey.begin(), canvas.grey.end(), 0.05F);
  const double width = canvas.width(), height = canvas.height();
  // The section through the trunk or the head, with a wall.
  const Body section(Outline::draw(
      {{0.5 * width, 0.5 * height}, random.uniform(0.38, 0.6) * width, random.uniform(0.38, 0.6) * height, 0, 0.05, 0}, random));
  Look tissue = Look::draw(random, false);
  tissue.level = random.uniform(0.25, 0.45);
  tissue.dome = 0;
  tissue.opaque = true;
  canvas.add(paint(canvas, section, section.inner(), tissue, 0.05F));
  const std::size_t outer = canvas.structures.size();
  const int count = 3 + static_cast<int>(random.below(8));
  const double contrast = random.uniform(0.08, 0.4);
  for (int k = 0; k < count; ++k) {
    Look look = Look::draw(random, true);
    look.opaque = true;
    look.level = tissue.level + contrast * random.uniform(-1, 1);
    look.rim *= 0.5;
    const Point at{random.uniform(0.15, 0.85) * width, random.uniform(0.15, 0.85) * height};
    const Body organ = Body::draw(at, drawSize(random, 5, 38), random);
    // Organs lie beside one another: what is there already stays, and the edges touch.
    Map before = canvas.grey;
    Mask mask = paint(canvas, organ, organ.inner(), look, 0.05F);
    const bool inFront = random.uniform() < 0.3;
    if (inFront) {
      for (std::size_t i = outer; i < canvas.structures.size(); ++i)
        if (overlapArea(canvas.structures[i], mask) > 0) canvas.structures[i] = subtract(canvas.structures[i], mask);
    } else {
      for (std::size_t i = outer; i < canvas.structures.size(); ++i)
        if (overlapArea(canvas.structures[i], mask) > 0) mask = subtract(mask, canvas.structures[i]);
      for (const auto& run : mask.runs()) std::copy_n(canvas.grey.begin() + run.start, run.length, before.begin() + run.start);
      canvas.grey = std::move(before);
    }
    canvas.structures.push_back(std::move(mask));
    if (random.uniform() < 0.3 && organ.inner() > 8) {  // a lesion in it
      Look lesion = Look::draw(random, false);
      lesion.level *= 0.6;
      const Body inner = Body::draw(organ.middle(), organ.inner() * random.uniform(0.25, 0.5), random);
      canvas.structures.push_back(paint(canvas, inner, inner.inner(), lesion, 0));
    }
  }
  develop(canvas, random);
  return finished("organs", canvas.plane, std::move(canvas.grey), std::move(canvas.structures));
}

PromptableScene makeDevicesScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/devices", index);
  Canvas canvas = emptyCanvas(random);
  paintGround(canvas, random, random.uniform(0.2, 0.8));
  const int around = static_cast<int>(random.below(4));
  for (int k = 0; k < around; ++k) {
    const Look look = Look::draw(random, false);
    const Body body = Body::draw(somewhere(canvas, random), drawSize(random, 15, 60), random);
    canvas.add(paint(canvas, body, body.inner(), look, 0));
  }
  const int count = 2 + static_cast<int>(random.below(4));
  for (int k = 0; k < count; ++k) {
    Look look = Look::draw(random, false);
    look.level = random.uniform(0.5, 1.5);
    look.softness = random.uniform(0.4, 0.9);
    look.rim = 0;
    const Point at = somewhere(canvas, random);
    const double turn = random.uniform(0, kTurn), kind = random.uniform();
    if (kind < 0.4) {  // a screw: a rod with a thread and a head
      std::vector<Tube::Knot> knots;
      const double radius = drawSize(random, 1.8, 6), length = radius * random.uniform(5, 12), pitch = random.uniform(0.5, 1.0) * radius;
      for (double along = 0; along < length; along += 0.5 * pitch)
        knots.push_back(
            {{at.x + along * std::cos(turn), at.y + along * std::sin(turn)},
             along < 1.2 * radius ? 1.6 * radius : radius * (knots.size() % 2 == 0 ? 1.12 : 0.88) * (along > 0.85 * length ? 0.7 : 1)});
      const Tube screw(std::move(knots));
      canvas.add(paint(canvas, screw, radius, look, 0));
    } else if (kind < 0.75) {  // a plate with holes
      const double half = drawSize(random, 4, 12), length = half * random.uniform(3, 8);
      const Outline plate = Outline::draw({at, 0.5 * length, half, turn, 0, 0}, random);
      std::vector<Point> holes;
      for (double along = -0.36 * length; along <= 0.36 * length; along += 2.2 * half)
        holes.push_back({at.x + along * std::cos(turn), at.y + along * std::sin(turn)});
      const double hole = random.uniform(0.25, 0.5) * half;
      canvas.add(paint(canvas, Plate{plate, holes, hole}, half, look, 0));
    } else {  // a wire or a catheter
      const double radius = random.uniform(0.9, 3);
      const Tube wire = Tube::draw(at, turn, random.uniform(40, 150), radius, 0.25 * random.uniform(), random);
      canvas.add(paint(canvas, wire, radius, look, 0));
    }
  }
  if (canvas.structures.empty()) return makeDevicesScene(splitmix(seed), index);
  develop(canvas, random);
  return finished("devices", canvas.plane, std::move(canvas.grey), std::move(canvas.structures));
}

PromptableScene makeCellsScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/cells", index);
  Canvas canvas = emptyCanvas(random);
  paintGround(canvas, random, random.uniform(0.05, 0.3));
  // Voronoi cells of a jittered lattice, with walls between them and a nucleus in some.
  const double pitch = drawSize(random, 16, 52), jitter = random.uniform(0.2, 0.45), wall = random.uniform(0.04, 0.14) * pitch;
  std::vector<Point> middles;
  for (double y = -pitch; y < canvas.height() + pitch; y += pitch)
    for (double x = -pitch; x < canvas.width() + pitch; x += pitch)
      middles.push_back({x + pitch * random.uniform(-jitter, jitter), y + pitch * random.uniform(-jitter, jitter)});
  const double wallGrey = random.uniform(-0.4, 0.4), spread = random.uniform(0, 0.25);
  std::vector<double> level;
  for (std::size_t i = 0; i < middles.size(); ++i) level.push_back(random.uniform(-spread, spread));
  std::vector<std::vector<Mask::Run>> runs(middles.size());
  Texture texture = Texture::draw(random, 0.2);
  forEachRay(canvas.plane, [&](std::size_t pixel, Point p) {
    double first = 1e18, second = 1e18;
    std::size_t own = 0;
    for (std::size_t i = 0; i < middles.size(); ++i) {
      const double distance = square(p.x - middles[i].x) + square(p.y - middles[i].y);
      if (distance < first) second = first, first = distance, own = i;
      else second = std::min(second, distance);
    }
    const double gap = std::sqrt(second) - std::sqrt(first);  // about twice the distance to the wall's middle
    const double inside = smoothStep(wall, wall + 2, gap);
    canvas.grey[pixel] += static_cast<float>(inside * (level[own] + texture.at(p)) + (1 - inside) * wallGrey);
    if (gap > wall + 1) {
      auto& list = runs[own];
      if (!list.empty() && list.back().start + list.back().length == static_cast<std::int64_t>(pixel)) ++list.back().length;
      else list.push_back({static_cast<std::int64_t>(pixel), 1});
    }
  });
  for (std::size_t i = 0; i < middles.size(); ++i) {
    Mask cell({canvas.width(), canvas.height(), 1}, std::move(runs[i]));
    if (cell.area() < kSmallestStructure) continue;
    canvas.add(std::move(cell));
    if (random.uniform() < 0.35) {
      const Body nucleus = Body::draw(middles[i], pitch * random.uniform(0.12, 0.22), random);
      canvas.add(paint(canvas, nucleus, nucleus.inner(), Look::draw(random, false), 0));
    }
  }
  develop(canvas, random);
  return finished("cells", canvas.plane, std::move(canvas.grey), std::move(canvas.structures));
}

}  // namespace roundel::phantom
