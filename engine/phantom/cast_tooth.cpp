#include "phantom/cast_tooth.h"

#include "phantom/jaws.h"

namespace roundel::phantom {

Mask castTooth(ToothScene& scene, const PlacedTooth& tooth) {
  const ToothShape& shape = tooth.shape;
  const double half = 0.5 * shape.length();
  const double reach = (half + 4) * std::max(tooth.magnifyX, tooth.magnifyY);
  const ToothFrame frame(tooth);
  const auto range = PixelRange::around(scene.plane, tooth.toPlane(0, half), reach).within(scene.plane, tooth.corners(0.75));
  return castShadow(scene.plane, range, [&](std::size_t pixel, Point mm) {
    const Point local = frame.toTooth(mm);
    const double u = local.x, s = local.y;
    const double lamina = shape.chord(s, u, 0.75);
    if (lamina <= 0) return false;
    const double socket = shape.chord(s, u, 0.3);
    const double outer = shape.chord(s, u);
    float& bone = scene.boneMm[pixel];
    float& integral = scene.integral[pixel];
    if (s > shape.crownLength() + 1 && bone > 1)
      integral += static_cast<float>(scene.material.lamina * Attenuation::kCortical * 0.3 * std::min(2.5, lamina - socket));
    const double displaced = std::min<double>(bone, 0.9 * socket);
    bone -= static_cast<float>(displaced);
    if (outer <= 0) return false;
    const double within = shape.chordWithinEnamel(s, u);
    const double pulp = std::min(within, shape.pulpChord(s, u));
    integral += static_cast<float>(scene.material.enamel * Attenuation::kEnamel * std::max(0.0, outer - within) +
                                   scene.material.dentine * Attenuation::kDentine * (within - pulp) +
                                   Attenuation::kSoft * (pulp + displaced - outer));
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

}  // namespace roundel::phantom
