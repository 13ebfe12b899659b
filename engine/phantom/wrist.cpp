#include <array>

#include "phantom/cast_bone.h"
#include "phantom/detector.h"
#include "phantom/jaws.h"
#include "phantom/study.h"
#include "phantom/texture.h"
#include "phantom/wrist_anatomy.h"

namespace roundel::phantom {
namespace {

/// Skin, cast, marker and shutter: what lies round the bones.
struct Surroundings {
  double softDepth = 1;  ///< thickness of the arm over its mean
  bool cast = false;
  double castMm = 4;    ///< thickness of its wall
  double castTo = -25;  ///< mm, where it ends towards the fingers
  bool marker = false;
  Point markerAt;                   ///< share of the picture
  std::array<double, 4> shutter{};  ///< left, top, right, bottom: share of the picture that is masked black
  std::uint64_t texture = 0;
};

Surroundings drawSurroundings(const PhantomOptions& options, std::uint64_t seed, std::int64_t index) {
  Random random(seed, "phantom/wrist/surroundings", static_cast<std::uint64_t>(index));
  const double v = options.variation;
  Surroundings around;
  around.softDepth = 1 + v * random.uniform(-0.25, 0.3);
  around.cast = random.uniform() < options.casts;
  around.castMm = random.uniform(2.5, 5.5);
  around.castTo = random.uniform(-38, -18);
  around.marker = random.uniform() < 0.6;
  around.markerAt = {random.uniform() < 0.5 ? 0.08 : 0.9, random.uniform(0.06, 0.94)};
  const bool shuttered = random.uniform() < 0.5;
  for (auto& side : around.shutter) side = shuttered ? 0.05 * options.acquisition * random.uniform() : 0;
  around.texture = random.next();
  return around;
}

/// Half width of forearm, wrist and palm at y mm of an adult.
double armHalfWidth(double y) { return 26 + 4 * smoothStep(0, 70, y) + 15 * smoothStep(-4, -48, y); }

double ovalChord(double across, double half, double depth) {
  const double rest = 1 - square(across / half);
  return rest <= 0 ? 0 : depth * std::sqrt(rest);
}

/// Of the soft tissue, and of a cast's plaster.
struct ArmTextures {
  LatticeNoise flesh;
  Trabeculae plaster;
  explicit ArmTextures(std::uint64_t key) : flesh(key), plaster(key + 9, 2.2, 0.8, 1.5) {}
};

double softTissue(const WristPose& pose, const Surroundings& around, ArmTextures& textures, Point mm) {
  const double x = mm.x / pose.size, y = mm.y / pose.size;
  const double lean = y < -6 ? -pose.deviation * (y + 6) : 0;
  const double half = armHalfWidth(y) * (0.9 + 0.1 * around.softDepth);
  const double depth = 34 * around.softDepth * pose.size;
  double length = ovalChord(x - lean - 1, half, depth);
  // The thumb's ball.
  const double along = std::clamp(-(y + 18) / 55, 0.0, 1.0);
  length = std::max(length, ovalChord(std::hypot(x - lean - 22 - 30 * along, y < -18 ? 0 : 0.6 * (y + 18)), 17 - 3 * along, 0.85 * depth));
  double sum = Attenuation::kSoft * length * (1 + 0.06 * textures.flesh.at(mm.x / 6, mm.y / 9));
  if (around.cast && y > around.castTo) {
    const double wall = around.castMm / pose.size;
    const double shell = ovalChord(x - 1, half + 3 + wall, depth + 6 + 2 * wall) - ovalChord(x - 1, half + 3, depth + 6);
    sum += Attenuation::kPlaster * shell * pose.size * (1 + 0.22 * textures.plaster.at(mm));
  }
  return sum;
}

void castMarker(const Plane& plane, Map& integral, const Surroundings& around) {
  // A lead letter L, 8 mm high, upright on the detector however the hand lies.
  const double unit = 1.6 / plane.mmPerPixel;
  const double x0 = around.markerAt.x * plane.width - 1.5 * unit, y0 = around.markerAt.y * plane.height - 2.5 * unit;
  for (int y = 0; y < plane.height; ++y)
    for (int x = 0; x < plane.width; ++x) {
      const double u = (x - x0) / unit, v = (y - y0) / unit;
      if (u < 0 || v < 0 || u >= 3.2 || v >= 5 || (u >= 1 && v < 4)) continue;
      integral[static_cast<std::size_t>(y) * static_cast<std::size_t>(plane.width) + static_cast<std::size_t>(x)] += 3;
    }
}

void closeShutter(const Plane& plane, Map& grey, const Surroundings& around) {
  for (int y = 0; y < plane.height; ++y)
    for (int x = 0; x < plane.width; ++x) {
      const double u = (x + 0.5) / plane.width, v = (y + 0.5) / plane.height;
      const double inside = std::min({u - around.shutter[0], 1 - around.shutter[2] - u, v - around.shutter[1], 1 - around.shutter[3] - v});
      if (inside < 0) grey[static_cast<std::size_t>(y) * static_cast<std::size_t>(plane.width) + static_cast<std::size_t>(x)] = 0;
    }
}

Exposure drawWristExposure(const PhantomOptions& options, std::uint64_t seed, std::int64_t index) {
  Random random(seed, "phantom/wrist/exposure", static_cast<std::uint64_t>(index));
  const double v = options.acquisition;
  Exposure exposure;
  exposure.quantaPerMm2 = 6e3 * random.uniform(options.dose.low, options.dose.high);
  exposure.scatterFraction = std::clamp(0.12 + v * random.uniform(-0.08, 0.12), 0.0, 0.6);
  exposure.scatterSigmaMm = 8;
  exposure.blurSigmaMm = std::max(0.05, 0.16 + v * random.uniform(-0.08, 0.14));
  exposure.sharpening = std::max(0.0, 0.4 + v * random.uniform(-0.4, 0.6));
  exposure.windowLow = 0.01 + 0.03 * v * random.uniform();
  exposure.windowHigh = 0.997 - 0.01 * v * random.uniform();
  exposure.gamma = std::max(0.4, 1.0 + v * random.uniform(-0.35, 0.4));
  exposure.contrast = std::clamp(0.25 + v * random.uniform(-0.25, 0.4), 0.0, 1.0);
  return exposure;
}

}  // namespace

PhantomCase makeWristCase(const PhantomOptions& options, std::uint64_t seed, std::int64_t index, bool quickNoise) {
  checkPhantomOptions(PhantomKind::Wrist, options);
  const WristAnatomy wrist = drawWrist(options, seed, index);
  const Plane& plane = wrist.pose.plane;
  const Surroundings around = drawSurroundings(options, seed, index);
  PhantomCase made = emptyCase(PhantomKind::Wrist, options, index, plane.mmPerPixel);

  Map integral(plane.count());
  ArmTextures textures(around.texture);
  forEachRay(plane,
             [&](std::size_t pixel, Point mm) { integral[pixel] = static_cast<float>(softTissue(wrist.pose, around, textures, mm)); });
  Json ossified = Json::array();
  for (const auto& bone : wrist.bones) {
    Mask mask = castBone(plane, integral, bone, around.texture);
    ossified.push_back(bone.id);
    const int classIndex = made.classes.indexOfId(bone.id);
    if (classIndex >= 0) made.annotation.set(classIndex, std::move(mask));
  }
  if (around.marker) castMarker(plane, integral, around);

  Exposure exposure = drawWristExposure(options, seed, index);
  exposure.quickNoise = quickNoise;
  Random noise(seed, "phantom/wrist/noise", static_cast<std::uint64_t>(index));
  made.image.values = expose(plane, integral, exposure, noise);
  closeShutter(plane, made.image.values, around);
  made.facts = {{"age_years", wrist.pose.ageYears},
                {"hand", "left"},
                {"cast", around.cast},
                {"ossified_ids", ossified},
                {"growth_plate_mm", wrist.growthPlateMm},
                {"pose",
                 {{"mm_per_pixel", plane.mmPerPixel},
                  {"rotation_degrees", plane.rotation * 57.29577951308232},
                  {"size", wrist.pose.size},
                  {"deviation_degrees", wrist.pose.deviation * 57.29577951308232}}},
                {"exposure", toJson(exposure)}};
  return made;
}

}  // namespace roundel::phantom

namespace roundel {

PhantomCase makeWrist(const PhantomOptions& options, std::uint64_t seed, std::int64_t index) {
  return phantom::makeWristCase(options, seed, index, false);
}

}  // namespace roundel
