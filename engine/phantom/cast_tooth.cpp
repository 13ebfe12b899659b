#include "phantom/cast_tooth.h"

#include "phantom/jaws.h"

namespace roundel::phantom {

Mask castTooth(ToothScene& scene, const PlacedTooth& tooth, const ToothLook& look) {
  const ToothShape& shape = tooth.shape;
  const double half = 0.5 * shape.length();
  const double reach = (half + 4) * std::max(tooth.magnifyX, tooth.magnifyY);
  const double fadeFrom = shape.length() - look.fadeShare * (shape.length() - shape.crownLength()), capEnd = 0.97 * shape.crownLength(),
               postEnd = shape.crownLength() + look.post * (shape.length() - shape.crownLength());
  const ToothFrame frame(tooth);
  const auto range =
      PixelRange::around(scene.plane, tooth.toPlane(0, half), reach).within(scene.plane, tooth.corners(std::max(0.75, look.crownGrow)));
  return castShadow(scene.plane, range, [&](std::size_t pixel, Point mm) {
    const Point local = frame.toTooth(mm);
    const double u = local.x, s = local.y;
    if (look.pontic && s > shape.crownLength()) return false;
    const bool capped = look.crownMetal > 0 && s < capEnd && shape.chord(s, u, look.crownGrow) > 0;
    if (capped) scene.integral[pixel] += static_cast<float>(look.crownMetal);
    const bool labelled = capped || (look.closed > 0 && shape.betweenRoots(s, u, look.closed));
    const double lamina = shape.chord(s, u, 0.75);
    if (lamina <= 0) return labelled;
    const double seen = look.fadeShare > 0 ? 1 - (1 - look.fadeLeft) * smoothStep(fadeFrom, shape.length(), s) : 1;
    const double socket = shape.chord(s, u, 0.3);
    const double outer = shape.chord(s, u);
    float& bone = scene.boneMm[pixel];
    float& integral = scene.integral[pixel];
    if (s > shape.crownLength() + 1 && bone > 1)
      integral += static_cast<float>(seen * scene.material.lamina * Attenuation::kCortical * 0.3 * std::min(2.5, lamina - socket));
    const double displaced = seen * std::min<double>(bone, 0.9 * socket);
    bone -= static_cast<float>(displaced);
    if (outer <= 0) return labelled;
    const double within = shape.chordWithinEnamel(s, u);
    const double pulp = std::min(within, shape.pulpChord(s, u));
    double matter = scene.material.enamel * Attenuation::kEnamel * std::max(0.0, outer - within) +
                    scene.material.dentine * Attenuation::kDentine * (within - pulp) + Attenuation::kSoft * (pulp + displaced - outer);
    if (look.fadeShare > 0) matter *= seen;
    if (look.post > 0 && s > 0.7 * shape.crownLength() && s < postEnd) matter += Attenuation::kTitanium * shape.canalChord(s, u, 0.35);
    integral += static_cast<float>(matter);
    return true;
  });
}

void castRestorations(ToothScene& scene, const PlacedTooth& tooth) {
  const ToothShape& shape = tooth.shape;
  const bool implant = tooth.seat == Seat::Implant;
  const double half = 0.5 * shape.length();
  if (!implant && !tooth.filled && !tooth.rootFilled && !tooth.bracket && tooth.cap == Cap::None) return;
  const ToothFrame frame(tooth);
  const auto range = PixelRange::around(scene.plane, tooth.toPlane(0, half), (half + 4) * std::max(tooth.magnifyX, tooth.magnifyY));
  castShadow(scene.plane, implant ? range : range.within(scene.plane, tooth.corners(0.75)), [&](std::size_t pixel, Point mm) {
    const Point local = frame.toTooth(mm);
    const double u = local.x, s = local.y;
    double sum = 0;
    const double outer = shape.chord(s, u);
    if (implant) {
      if (s < shape.crownLength()) sum += 0.3 * outer;  // its crown of ceramic
      const double depth = s - 0.75 * shape.crownLength();
      const double thread = 1.85 + 0.18 * std::cos(depth * 7.8) - 0.045 * depth;
      if (depth > 0 && depth < 13 && std::abs(u) < thread) sum += Attenuation::kTitanium * 2 * std::sqrt(square(thread) - u * u);
    } else if (outer > 0) {
      const double below = s - shape.occlusalEdge(u);
      if (tooth.filled && s < shape.crownLength() && below < tooth.fillingDepth && std::abs(u - tooth.fillingAt) < tooth.fillingRadius)
        sum += tooth.fillingAttenuation * 2.5 * std::sqrt(std::max(0.0, 1 - square((u - tooth.fillingAt) / tooth.fillingRadius)));
      if (tooth.rootFilled) sum += Attenuation::kGuttaPercha * shape.canalChord(s, u, 0.12);
      if (tooth.cap != Cap::None && s < 0.92 * shape.crownLength()) sum += tooth.cap == Cap::Metal ? 2.2 : 0.7;
    }
    if (tooth.bracket && std::abs(u) < 1.5 && std::abs(s - 0.48 * shape.crownLength()) < 1.6) sum += 1.6;
    scene.integral[pixel] += static_cast<float>(sum);
    return false;
  });
}

void castWire(ToothScene& scene, const DentalLayout& layout) {
  std::vector<std::pair<Point, bool>> posts;
  for (const auto& tooth : layout.teeth)
    if (tooth.bracket) posts.push_back({tooth.toPlane(0, 0.48 * tooth.shape.crownLength()), tooth.number.upper()});
  std::sort(posts.begin(), posts.end(),
            [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first.x < b.first.x; });
  for (std::size_t i = 0; i + 1 < posts.size(); ++i) {
    if (posts[i].second != posts[i + 1].second) continue;
    const Point a = posts[i].first, b = posts[i + 1].first;
    const double dx = b.x - a.x, dy = b.y - a.y, length = std::hypot(dx, dy);
    if (length < 1e-6 || length > 30) continue;
    castShadow(scene.plane, {0.5 * (a.x + b.x), 0.5 * (a.y + b.y)}, 0.5 * length + 1, [&](std::size_t pixel, Point mm) {
      const double along = ((mm.x - a.x) * dx + (mm.y - a.y) * dy) / length, across = ((mm.x - a.x) * dy - (mm.y - a.y) * dx) / length;
      if (along >= 0 && along < length && std::abs(across) < 0.3) scene.integral[pixel] += 1.0F;
      return false;
    });
  }
}

}  // namespace roundel::phantom
