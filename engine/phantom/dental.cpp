#include "phantom/dental_layout.h"
#include "phantom/detector.h"
#include "phantom/jaws.h"
#include "phantom/study.h"

namespace roundel::phantom {
namespace {

/// The teeth are painted one by one into these.
struct Scene {
  const Plane& plane;
  Map& integral;
  Map& boneMm;
};

/// A tooth takes the place of bone and brings enamel, dentine, pulp, and round its root the ligament's gap and the lamina dura.
Mask castTooth(Scene& scene, const PlacedTooth& tooth) {
  const ToothShape& shape = tooth.shape;
  const double half = 0.5 * shape.length();
  const double reach = (half + 4) * std::max(tooth.magnifyX, tooth.magnifyY);
  return castShadow(scene.plane, tooth.toPlane(0, half), reach, [&](std::size_t pixel, Point mm) {
    const Point local = tooth.toTooth(mm);
    const double u = local.x, s = local.y;
    const double lamina = shape.chord(s, u, 0.75);
    if (lamina <= 0) return false;
    const double socket = shape.chord(s, u, 0.3);
    const double outer = shape.chord(s, u);
    float& bone = scene.boneMm[pixel];
    float& integral = scene.integral[pixel];
    if (s > shape.crownLength() + 1 && bone > 1)
      integral += static_cast<float>(Attenuation::kCortical * 0.3 * std::min(2.5, lamina - socket));
    const double displaced = std::min<double>(bone, 0.9 * socket);
    bone -= static_cast<float>(displaced);
    if (outer <= 0) return false;
    const double within = shape.chordWithinEnamel(s, u);
    const double pulp = std::min(within, shape.pulpChord(s, u));
    integral += static_cast<float>(Attenuation::kEnamel * std::max(0.0, outer - within) + Attenuation::kDentine * (within - pulp) +
                                   Attenuation::kSoft * (pulp + displaced - outer));
    return true;
  });
}

void castRestorations(Scene& scene, const PlacedTooth& tooth) {
  const ToothShape& shape = tooth.shape;
  const bool implant = tooth.seat == Seat::Implant;
  const double half = 0.5 * shape.length();
  castShadow(scene.plane, tooth.toPlane(0, half), (half + 4) * std::max(tooth.magnifyX, tooth.magnifyY), [&](std::size_t pixel, Point mm) {
    const Point local = tooth.toTooth(mm);
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

/// The arch wire of braces: straight pieces from bracket to bracket.
void castWire(Scene& scene, const DentalLayout& layout) {
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

Exposure drawExposure(const PhantomOptions& options, std::uint64_t seed, std::int64_t index) {
  Random random(seed, "phantom/dental/exposure", static_cast<std::uint64_t>(index));
  const double v = options.acquisition;
  Exposure exposure;
  exposure.quantaPerMm2 = 2.5e4 * random.uniform(options.dose.low, options.dose.high);
  exposure.scatterFraction = std::clamp(0.22 + v * random.uniform(-0.14, 0.16), 0.0, 0.6);
  exposure.scatterSigmaMm = 14;
  exposure.blurSigmaMm = std::max(0.1, 0.38 + v * random.uniform(-0.16, 0.24));
  exposure.sharpening = std::max(0.0, 0.35 + v * random.uniform(-0.35, 0.45));
  exposure.windowLow = 0.004 + 0.02 * v * random.uniform();
  exposure.windowHigh = 0.998 - 0.012 * v * random.uniform();
  exposure.gamma = std::max(0.4, 1.12 + v * random.uniform(-0.38, 0.42));
  exposure.contrast = std::clamp(0.3 + v * random.uniform(-0.3, 0.4), 0.0, 1.0);
  return exposure;
}

Json describe(const DentalLayout& layout, const Exposure& exposure) {
  Json missing = Json::array(), implants = Json::array(), filled = Json::array(), crowned = Json::array(), rootFilled = Json::array();
  for (const auto& tooth : layout.teeth) {
    const std::string name = std::to_string(tooth.number.fdi());
    if (tooth.seat != Seat::Tooth) missing.push_back(name);
    if (tooth.seat == Seat::Implant) implants.push_back(name);
    if (tooth.seat != Seat::Tooth) continue;
    if (tooth.filled) filled.push_back(name);
    if (tooth.cap != Cap::None) crowned.push_back(name);
    if (tooth.rootFilled) rootFilled.push_back(name);
  }
  const DentalPose& pose = layout.pose;
  return {{"missing", missing},
          {"implants", implants},
          {"filled", filled},
          {"crowned", crowned},
          {"root_filled", rootFilled},
          {"braces", layout.braces},
          {"bone_loss_mm", layout.boneLossMm},
          {"pose",
           {{"mm_per_pixel", pose.plane.mmPerPixel},
            {"rotation_degrees", pose.plane.rotation * 57.29577951308232},
            {"magnification", {pose.magnifyX, pose.magnifyY}},
            {"front_widening", pose.frontWidening},
            {"turn", pose.turn},
            {"smile_mm", pose.smile},
            {"bite_gap_mm", pose.biteGap},
            {"crowding", pose.crowding}}},
          {"exposure", toJson(exposure)}};
}

}  // namespace
}  // namespace roundel::phantom

namespace roundel {

PhantomCase makeDental(const PhantomOptions& options, std::uint64_t seed, std::int64_t index) {
  using namespace phantom;
  checkPhantomOptions(PhantomKind::Dental, options);
  const DentalLayout layout = drawDentalLayout(options, seed, index);
  const Plane& plane = layout.pose.plane;
  JawMaps maps = castJaws(layout, options, seed, index);
  Scene scene{plane, maps.integral, maps.boneMm};

  PhantomCase made = emptyCase(PhantomKind::Dental, options, index, plane.mmPerPixel);
  for (const auto& tooth : layout.teeth) {
    Mask mask(made.image.geometry.size);
    if (tooth.seat == Seat::Tooth) mask = castTooth(scene, tooth);
    const int classIndex = made.classes.indexOfId(tooth.number.fdi());
    if (classIndex >= 0) made.annotation.set(classIndex, std::move(mask));
  }
  for (std::size_t i = 0; i < maps.integral.size(); ++i) maps.integral[i] += static_cast<float>(Attenuation::kTrabecular) * maps.boneMm[i];
  for (const auto& tooth : layout.teeth)
    if (tooth.seat != Seat::Gap) castRestorations(scene, tooth);
  castWire(scene, layout);

  const Exposure exposure = drawExposure(options, seed, index);
  Random noise(seed, "phantom/dental/noise", static_cast<std::uint64_t>(index));
  made.image.values = expose(plane, maps.integral, exposure, noise);
  made.facts = describe(layout, exposure);
  return made;
}

}  // namespace roundel
