// Scenes cast as radiographs are: teeth in jaws, the wrist, bones in general.
#include <algorithm>
#include <numbers>

#include "phantom/cast_bone.h"
#include "phantom/cast_tooth.h"
#include "phantom/detector.h"
#include "phantom/jaws.h"
#include "phantom/scene_canvas.h"
#include "phantom/scene_dentistry.h"
#include "phantom/study.h"
#include "phantom/texture.h"

namespace roundel::phantom {
namespace {

Exposure drawExposure(Random& random, double mmPerPixel) {
  Exposure exposure;
  exposure.quantaPerMm2 = std::exp(random.uniform(std::log(1.5e4), std::log(4e5)));
  exposure.scatterFraction = random.uniform(0, 0.5);
  exposure.scatterSigmaMm = random.uniform(5, 16);
  exposure.blurSigmaMm = mmPerPixel * random.uniform(0.3, 1.5);
  exposure.sharpening = random.uniform() < 0.5 ? random.uniform(0, 1.2) : 0;
  exposure.windowLow = 0.02 * random.uniform();
  exposure.windowHigh = 1 - 0.02 * random.uniform();
  exposure.gamma = 1;
  exposure.contrast = 0;
  exposure.quickNoise = true;
  return exposure;
}

/// A picture of a coarse grid at every pixel of a finer one, `factor` times as many a side.
Map enlarged(const Map& coarse, int coarseWidth, int coarseHeight, int width, int height, double factor) {
  Map fine(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    const double v = std::clamp((y - 0.5 * (height - 1)) / factor + 0.5 * (coarseHeight - 1), 0.0, coarseHeight - 1.001);
    const auto row = static_cast<std::size_t>(v);
    const auto dv = static_cast<float>(v - static_cast<double>(row));
    for (int x = 0; x < width; ++x) {
      const double u = std::clamp((x - 0.5 * (width - 1)) / factor + 0.5 * (coarseWidth - 1), 0.0, coarseWidth - 1.001);
      const auto column = static_cast<std::size_t>(u);
      const auto du = static_cast<float>(u - static_cast<double>(column));
      const float* const at = coarse.data() + row * static_cast<std::size_t>(coarseWidth) + column;
      const float top = at[0] + du * (at[1] - at[0]), bottom = at[coarseWidth] + du * (at[coarseWidth + 1] - at[coarseWidth]);
      fine[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)] = top + dv * (bottom - top);
    }
  }
  return fine;
}

/// Structures that the picture's edge cuts are kept only where a good part of them is seen.
bool worthAsking(const Plane& plane, const Mask& mask) {
  if (mask.area() < kSmallestStructure) return false;
  const PixelBox box = mask.bounds();
  return box.x1 - box.x0 >= 4 && box.y1 - box.y0 >= 4 && (box.x0 > 0 || box.x1 > 8) && (box.y0 > 0 || box.y1 > 8) &&
         (box.x1 < plane.width || box.x0 < plane.width - 8) && (box.y1 < plane.height || box.y0 < plane.height - 8);
}

}  // namespace

PromptableScene makeTeethScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/teeth", index);
  PhantomOptions options = defaultPhantomOptions(PhantomKind::Dental);
  options.variation = random.uniform(0.5, 2);
  options.acquisition = random.uniform(0, 2);
  options.missingTeeth = {0, 0.4};
  options.restorations = 0.5 * square(random.uniform());
  DentalLayout layout = drawDentalLayout(options, seed, static_cast<std::int64_t>(index));
  // A window on the jaws around a tooth, nearer than the whole picture.
  const auto chosenAt = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(layout.teeth.size())));
  const PlacedTooth chosen = layout.teeth[chosenAt];
  const double half = 0.5 * chosen.shape.length();
  const Point middle = chosen.toPlane(random.uniform(-14, 14), half + random.uniform(-9, 9));
  const int width = 176 + static_cast<int>(random.below(49)), height = 176 + static_cast<int>(random.below(49));
  const double mmPerPixel = std::exp(random.uniform(std::log(0.2), std::log(0.5)));
  layout.pose.plane = {width, height, mmPerPixel, middle, random.uniform(-0.2, 0.2)};
  const Plane plane = layout.pose.plane;

  Random trouble(seed, "scene/teeth/troubles", index);
  const DentalTroubles troubles = drawTroubles(layout, chosenAt, trouble);

  constexpr double kCoarser = 3;
  DentalLayout coarse = layout;
  coarse.pose.plane.width = width / 3 + 2;
  coarse.pose.plane.height = height / 3 + 2;
  coarse.pose.plane.mmPerPixel = kCoarser * mmPerPixel;
  const JawMaps rough = castJaws(coarse, options, seed, static_cast<std::int64_t>(index));
  const auto fine = [&](const Map& map) {
    return enlarged(map, coarse.pose.plane.width, coarse.pose.plane.height, width, height, kCoarser);
  };
  Map integral = fine(rough.integral), boneMm = fine(rough.boneMm);
  // Jaws differ more than one physics allows: softer tissue, denser bone, coarser nets.
  const double soft = random.uniform(0.4, 1.4), dense = std::exp(random.uniform(-0.9, 0.8)), net = random.uniform(0.1, 0.8);
  const double mesh = random.uniform(0.7, 3), along = random.uniform(0, 3.14), stretch = random.uniform(1, 2.5);
  const std::uint64_t key = random.next();
  const double ghost = 0.5 * square(random.uniform());
  LatticeNoise wideGhost(key + 5), smallGhost(key + 6);
  Trabeculae beams(key, mesh, along, stretch);
  forEachRay(plane, [&](std::size_t pixel, Point mm) {
    // Ghosts of the other side and of the spine: wide shadows over everything.
    const double shadow = ghost * (wideGhost.at(mm.x / 16, mm.y / 22) + 0.6 * smallGhost.at(mm.x / 5, mm.y / 9));
    integral[pixel] = static_cast<float>(std::max(0.1, soft * static_cast<double>(integral[pixel]) + shadow));
    boneMm[pixel] *= static_cast<float>(dense * std::max(0.1, 1 + net * beams.at(mm)));
  });
  const double density = random.uniform(0.7, 1.5);
  ToothScene scene{plane, integral, boneMm, {density * random.uniform(0.7, 1.4), density * random.uniform(0.8, 1.2), random.uniform(0, 3)}};
  std::vector<Mask> teeth;
  for (std::size_t i = 0; i < layout.teeth.size(); ++i) {
    if (layout.teeth[i].seat != Seat::Tooth) continue;
    Mask mask = castTooth(scene, layout.teeth[i], troubles.looks[i]);
    if (troubles.byHand) mask = drawnByHand(mask, troubles.tolerance, troubles.generous, trouble);
    if (worthAsking(plane, mask)) teeth.push_back(std::move(mask));
  }
  for (std::size_t i = 0; i < integral.size(); ++i) integral[i] += static_cast<float>(Attenuation::kTrabecular) * boneMm[i];
  for (const auto& tooth : layout.teeth)
    if (tooth.seat != Seat::Gap) castRestorations(scene, tooth);
  castWire(scene, layout);
  if (troubles.ceiling > 0) burnOut(integral, troubles.ceiling);
  if (teeth.empty()) return makeTeethScene(splitmix(seed), index);
  Map grey = expose(plane, integral, drawExposure(random, mmPerPixel), random);
  display(grey, random);
  return finished("teeth", plane, std::move(grey), std::move(teeth));
}

PromptableScene makeWristScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/wrist", index);
  PhantomOptions options = defaultPhantomOptions(PhantomKind::Wrist);
  options.variation = random.uniform(0.5, 1.8);
  options.acquisition = random.uniform(0.3, 2.5);
  options.width = 144 + static_cast<int>(random.below(49));
  options.height = 200 + static_cast<int>(random.below(57));
  options.dose = {0.5, 10};
  PhantomCase made = makeWristCase(options, seed, static_cast<std::int64_t>(index), true);
  std::vector<Mask> bones;
  for (const auto& entry : made.annotation.classes)
    if (entry.state == ClassState::Present) bones.push_back(entry.mask);
  display(made.image.values, random);
  return finished("wrist", {options.width, options.height, 1, {}, 0}, std::move(made.image.values), std::move(bones));
}

PromptableScene makeBonesScene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, "scene/bones", index);
  const int width = 160 + static_cast<int>(random.below(65)), height = 160 + static_cast<int>(random.below(65));
  const double mm = std::exp(random.uniform(std::log(0.25), std::log(0.8)));
  const Plane plane{width, height, mm, {0, 0}, random.uniform(0, 2 * std::numbers::pi)};
  const double wide = mm * width, high = mm * height;
  Map integral(plane.count());
  const std::uint64_t key = random.next();
  const double soft = random.uniform(0.2, 1.6), rough = random.uniform(0.05, 0.4);
  LatticeNoise large(key), small(key + 1);
  forEachRay(plane, [&](std::size_t pixel, Point p) {
    integral[pixel] = static_cast<float>(
        soft * (1 + rough * large.at(p.x / (0.3 * wide), p.y / (0.3 * high)) + 0.3 * rough * small.at(p.x / 4, p.y / 4)));
  });
  // Rays of long bones end to end, as in a finger, and short ones between.
  std::vector<Mask> bones;
  const int rays = 1 + static_cast<int>(random.below(5));
  const double fan = random.uniform(-0.3, 0.3), thick = std::exp(random.uniform(std::log(2.0), std::log(9.0)));
  const auto cast = [&](const Bone& bone) {
    Mask mask = castBone(plane, integral, bone, key + bones.size());
    if (worthAsking(plane, mask)) bones.push_back(std::move(mask));
  };
  const auto matter = [&](Bone& bone) {
    bone.wall = random.uniform(0.5, 2.2);
    bone.marrow = random.uniform(0.03, 0.1);
    bone.mesh = random.uniform(0.7, 2.2);
    bone.stretch = random.uniform(1, 2.5);
  };
  for (int k = 0; k < rays; ++k) {
    const double turn = fan * (k - 0.5 * rays) + 0.15 * random.normal();
    Point at{(k + 0.5 + 0.25 * random.normal()) * wide / rays - 0.5 * wide, -0.5 * high + random.uniform(-0.1, 0.3) * high};
    const int pieces = 1 + static_cast<int>(random.below(3));
    for (int piece = 0; piece < pieces; ++piece) {
      Bone bone;
      bone.id = 10 * k + piece;
      bone.origin = at;
      bone.turn = turn + 0.1 * random.normal();
      matter(bone);
      const double half = thick * random.uniform(0.7, 1.3), length = half * random.uniform(4, 11), waist = random.uniform(0.5, 0.85);
      bone.depth = 1.8 * half;
      bone.profile = {{0, half},
                      {0.18 * length, half * 0.92},
                      {0.5 * length, half * waist},
                      {0.8 * length, half * random.uniform(0.8, 1)},
                      {length, half * random.uniform(0.7, 1.1)}};
      bone.rounding = half * random.uniform(0.4, 1);
      bone.bow = 0.3 * half * random.uniform();
      cast(bone);
      const double gap = random.uniform(-0.15, 0.35) * half;
      at = bone.toPlane({0, length + gap});
    }
  }
  const int blocks = static_cast<int>(random.below(7));
  for (int k = 0; k < blocks; ++k) {
    Bone bone;
    bone.id = 100 + k;
    bone.origin = {random.uniform(-0.4, 0.4) * wide, random.uniform(-0.4, 0.4) * high};
    bone.turn = random.uniform(0, 6.28);
    matter(bone);
    bone.rx = thick * random.uniform(0.7, 2);
    bone.ry = thick * random.uniform(0.7, 2);
    bone.depth = 1.6 * std::min(bone.rx, bone.ry);
    bone.squareness = random.uniform(1.9, 3);
    bone.wedge = random.uniform(-0.2, 0.2);
    bone.three = random.uniform(0, 0.15);
    bone.threeAt = random.uniform(0, 6.28);
    bone.waist = random.uniform(0, 0.15);
    cast(bone);
  }
  if (bones.empty()) return makeBonesScene(splitmix(seed), index);
  Map grey = expose(plane, integral, drawExposure(random, mm), random);
  display(grey, random);
  return finished("bones", plane, std::move(grey), std::move(bones));
}

}  // namespace roundel::phantom
