#include "phantom/cast_tooth.h"
#include "phantom/dental_layout.h"
#include "phantom/detector.h"
#include "phantom/jaws.h"
#include "phantom/study.h"

namespace roundel::phantom {
namespace {

Exposure drawDentalExposure(const PhantomOptions& options, std::uint64_t seed, std::int64_t index) {
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
  ToothScene scene{plane, maps.integral, maps.boneMm};

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

  const Exposure exposure = drawDentalExposure(options, seed, index);
  Random noise(seed, "phantom/dental/noise", static_cast<std::uint64_t>(index));
  made.image.values = expose(plane, maps.integral, exposure, noise);
  made.facts = describe(layout, exposure);
  return made;
}

}  // namespace roundel
