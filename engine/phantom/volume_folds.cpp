// Scenes of volumes: a compact head and a thin bent tail in two parts, among folded sheets of the same grey, as in the temporal lobe.
#include "phantom/volume_canvas.h"

namespace roundel::phantom {
namespace {

/// The three greys of such a scene: what is looked for and what looks like it, the brighter tissue around, the darker fluid.
struct FoldGreys {
  double grey, white, fluid;

  static FoldGreys draw(Random& random) {
    const bool hard = random.uniform() < 0.1;
    const double grey = random.uniform(0.4, 0.6);
    return {grey, grey + (hard ? random.uniform(0.08, 0.15) : random.uniform(0.15, 0.4)),
            grey - (hard ? random.uniform(0.1, 0.2) : random.uniform(0.2, 0.4))};
  }
};

VolumeLook tissueOf(Random& random, double level) {
  VolumeLook look;
  look.level = level;
  look.softness = random.uniform(0.4, 0.9);
  look.texture = VolumeTexture::draw(random, 0.08);
  return look;
}

/// Sheets of grey with a dark cleft within, as gyri are, here and there; half of them along the body.
void paintFolds(VolumeCanvas& canvas, const FoldGreys& greys, Point3 along, Random& random) {
  const int sheets = 5 + static_cast<int>(random.below(8));
  for (int k = 0; k < sheets; ++k) {
    const Point3 direction = random.uniform() < 0.5 ? unit(along + 0.4 * drawDirection(random)) : drawDirection(random);
    const double radius = random.uniform(6, 14), thick = random.uniform(2, 4), length = random.uniform(18, 48);
    const Duct sheet = Duct::draw(canvas.somewhere(random, 0) - (0.5 * length) * direction, direction, length, radius,
                                  0.6 * random.uniform(), radius / thick, random)
                           .cupped(random.uniform(-0.7, 0.7));
    paintBody(canvas, sheet, tissueOf(random, greys.grey + random.uniform(-0.03, 0.03)), 0);
    if (random.uniform() < 0.7) paintBody(canvas, sheet.grown(random.uniform(-0.75, -0.5) * thick), tissueOf(random, greys.fluid), 0);
  }
}

/// Large nuclei between grey and white, bright or dark ones of all sizes.
void paintNuclei(VolumeCanvas& canvas, const FoldGreys& greys, Random& random) {
  const int lumps = 2 + static_cast<int>(random.below(5));
  for (int k = 0; k < lumps; ++k) {
    const double kind = random.uniform(), share = random.uniform(0.2, 1.3);
    const bool fluid = kind < 0.3;
    const double level = fluid         ? greys.fluid
                         : kind < 0.85 ? greys.grey + share * (greys.white - greys.grey)
                                       : greys.white + random.uniform(0.1, 0.4);
    const double radius = fluid ? sizeBetween(random, 3, 10) : kind < 0.85 ? sizeBetween(random, 7, 24) : sizeBetween(random, 1.5, 4);
    paintBody(canvas, Lump::draw(canvas.somewhere(random, 0), radius, random), tissueOf(random, level), 0);
  }
}

/// A head at its start that becomes a tail, flat two to four times.
Duct drawHeadAndTail(const VolumeCanvas& canvas, Point3 along, Random& random) {
  const auto shortest = static_cast<double>(std::min({canvas.size.x, canvas.size.y, canvas.size.z}));
  const double length = std::min(0.8 * shortest, random.uniform(26, 48)), head = length * random.uniform(0.13, 0.22),
               tail = head * random.uniform(0.5, 0.95), thinnest = random.uniform(1.4, 2.6);
  const double flatHead = random.uniform(1, 1.7), flatTail = std::max(1.0, std::min(random.uniform(1.2, 4), tail / thinnest));
  const double from = random.uniform(0.1, 0.4), over = random.uniform(0.15, 0.4), bend = random.uniform(-0.5, 0.5),
               aside = random.uniform(-0.3, 0.3), wave = random.uniform(-0.12, 0.12), tip = random.uniform(0.1, 0.6);
  const Point3 thin = drawDirectionAcross(along, random), wide = crossed(along, thin);
  const Point3 start = canvas.somewhere(random, 0.4) - (0.5 * length) * along - (0.2 * bend * length) * thin;
  std::vector<Duct::Place> places;
  constexpr int kSteps = 14;
  for (int k = 0; k <= kSteps; ++k) {
    const double t = static_cast<double>(k) / kSteps, s = smoothStep(from, from + over, t);
    places.push_back(
        {start + (t * length) * along + (length * (bend * t * t + wave * std::sin(6.28 * t))) * thin + (length * aside * t * t) * wide,
         (head + s * (tail - head)) * (1 - tip * smoothStep(0.7, 1, t)) * (0.55 + 0.45 * smoothStep(0, 0.2, t)),
         flatHead + s * (flatTail - flatHead)});
  }
  return {std::move(places), thin, random.uniform() < 0.5 ? random.uniform(-0.4, 0.4) : 0};
}

/// What lies on its two flat sides, layer upon layer: white lines, fluid clefts, sheets of its own grey. Next to it the same grey is rare.
void paintLayers(VolumeCanvas& canvas, const FoldGreys& greys, const Duct& body, Random& random) {
  struct Layer {
    double side, gap, thickness, level;
  };
  std::vector<Layer> layers;
  for (const double side : {1.0, -1.0}) {
    const int count = static_cast<int>(random.below(4));
    double gap = 0;
    bool greyBefore = random.uniform() < 0.85;
    for (int k = 0; k < count; ++k) {
      const double kind = random.uniform();
      const bool grey = !greyBefore && kind < 0.6, fluid = !grey && kind < 0.45;
      const double thickness = grey ? random.uniform(2.5, 5.5) : random.uniform(k == 0 ? 1.3 : 0.9, fluid ? 2.2 : 3.5);
      layers.push_back({side, gap, thickness, grey ? greys.grey + random.uniform(-0.03, 0.03) : fluid ? greys.fluid : greys.white});
      gap += thickness;
      greyBefore = grey;
    }
  }
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {  // those next to it last
    // A little wider than it is thick, so that no seam of what lies beneath shows between two.
    const Duct whole = body.layer(layer->side, layer->gap - 0.4, layer->thickness + 0.8, random.uniform(0.8, 1.4));
    const bool all = random.uniform() < 0.7;
    const double from = all ? 0 : random.uniform(0, 0.4), to = all ? 1 : random.uniform(0.6, 1);
    paintBody(canvas, whole.part(from, to), tissueOf(random, layer->level), 0);
  }
}

/// Fluid along an edge, at the tip or before the head, and a neighbour of the same grey that almost touches the head.
void paintNeighbours(VolumeCanvas& canvas, const FoldGreys& greys, const Duct& body, Random& random) {
  if (random.uniform() < 0.4) {
    const double side = random.uniform() < 0.5 ? 1 : -1, radius = random.uniform(1, 3.5);
    const double from = random.uniform(0, 0.5), to = from + random.uniform(0.3, 0.5);
    std::vector<Duct::Place> places;
    for (int k = 0; k <= 8; ++k) {
      const double t = from + (to - from) * k / 8;
      const Point3 edge = crossed(body.directionAt(t), body.thinAt(t));
      places.push_back({body.at(t) + (side * (body.radiusAt(t) + 0.5 * radius)) * edge, radius, 1});
    }
    paintBody(canvas, Duct(std::move(places), body.thinAt(0.5)), tissueOf(random, greys.fluid), 0);
  }
  if (random.uniform() < 0.4) {
    const double radius = random.uniform(2.5, 7);
    paintBody(canvas, Lump::draw(body.at(1) + (0.9 * radius) * body.directionAt(1), radius, random), tissueOf(random, greys.fluid), 0);
  }
  if (random.uniform() < 0.5) {
    const double radius = random.uniform(4, 9), gap = random.uniform(0, 2.5);
    const Point3 before = unit(body.directionAt(0) + 0.5 * drawDirection(random));
    const Lump lump = Lump::draw(body.at(0) - (body.radiusAt(0) + gap + 0.95 * radius) * before, radius, random);
    paintBody(canvas, lump, tissueOf(random, greys.grey + random.uniform(-0.03, 0.03)), 0);
    const double seam = random.uniform(0.6, 1.4);
    if (random.uniform() < 0.8)
      paintBody(canvas, body.part(0, 0.35).grown(seam), tissueOf(random, random.uniform() < 0.7 ? greys.white : greys.fluid), 0);
  }
}

/// The axis that a direction follows most.
Point3 nearestAxis(Point3 direction) {
  const double x = std::abs(direction.x), y = std::abs(direction.y), z = std::abs(direction.z);
  if (x >= y && x >= z) return {std::copysign(1.0, direction.x), 0, 0};
  return y >= z ? Point3{0, std::copysign(1.0, direction.y), 0} : Point3{0, 0, std::copysign(1.0, direction.z)};
}

}  // namespace

PromptableScene makeFoldsScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/folds", index);
  const FoldGreys greys = FoldGreys::draw(random);
  VolumeCanvas canvas = VolumeCanvas::plain(random, greys.white, 0.1);
  const Point3 along = drawDirection(random);
  const Duct body = drawHeadAndTail(canvas, along, random);
  paintNuclei(canvas, greys, random);
  paintFolds(canvas, greys, along, random);
  if (random.uniform() < 0.6) paintBody(canvas, body.grown(random.uniform(1, 3)), tissueOf(random, greys.white), 0);
  paintLayers(canvas, greys, body, random);
  paintNeighbours(canvas, greys, body, random);

  const std::int16_t head = canvas.nextOwner();
  const VolumeLook look = tissueOf(random, greys.grey);
  DepthField field = body.field(canvas.size, look.softness + 1.5, 0);
  const double thinnest = body.radiusAt(0.8) / body.place(0.8).flat;
  field.roughen(random.next(), random.uniform(3, 8), random.uniform(0, std::min(1.2, 0.4 * thinnest)));
  paintField(canvas, field, look, head);
  std::vector<std::vector<std::int16_t>> structures{{head}};
  if (random.uniform() < 0.85) {  // cut crosswise
    const double cut = random.uniform(0.25, 0.65);
    const Point3 here = body.directionAt(cut),
                 outward = random.uniform() < 0.6 ? nearestAxis(here) : unit(here + 0.2 * drawDirection(random));
    const std::int16_t tail = canvas.nextOwner();
    divideAt(canvas, head, tail, body.at(cut), outward);
    const auto differs = static_cast<float>(random.uniform() < 0.65 ? 0 : otherLevel(random, 0, 0.02, 0.06));
    for (std::size_t voxel = 0; voxel < canvas.grey.size(); ++voxel)
      if (canvas.owner[voxel] == tail) canvas.grey[voxel] += differs;
    structures = {{head}, {tail}, {head, tail}};
  }
  canvas.dropFragments(2);
  std::vector<Mask> masks = canvas.masksOf(structures);
  develop(canvas, random);
  return finished("folds", std::move(canvas), std::move(masks));
}

}  // namespace roundel::phantom
