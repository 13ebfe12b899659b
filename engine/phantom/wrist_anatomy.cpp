#include "phantom/wrist_anatomy.h"

#include <array>
#include <numbers>

#include "core/random.h"

namespace roundel::phantom {
namespace {

constexpr double kPi = std::numbers::pi;

/// A carpal bone of an adult's left hand seen from the back; x to the thumb, y to the elbow, origin at the radiocarpal joint.
/// Onset and end of ossification in years: Greulich and Pyle's atlas, means of boys and girls.
struct Carpal {
  std::int64_t id;
  double x, y, rx, ry, turn, squareness, three, threeAt, waist, depth, onset, complete;
};

constexpr std::array<Carpal, 8> kCarpals{{
    {3, 1.5, -20.5, 7.6, 11.2, 0.08, 2.5, 0.06, 1.6, 0.1, 15, 0.3, 12},     // capitatum
    {4, -11.0, -21.5, 8.0, 9.2, -0.15, 2.3, 0.14, -1.2, 0, 14, 0.4, 12.5},  // hamatum
    {5, 0.0, -6.6, 7.8, 6.4, 0.1, 2.2, 0.09, 1.5, 0, 13, 3.6, 13},          // lunatum
    {6, -17.0, -8.8, 4.6, 5.4, 0.2, 2.0, 0.03, 0.5, 0, 8, 9.2, 14.5},       // pisiforme
    {7, 15.0, -9.2, 9.6, 6.2, -0.75, 2.2, 0.05, 0.3, 0.12, 12, 4.8, 13},    // scaphoideum
    {8, 23.5, -20.5, 6.8, 6.6, 0.35, 2.6, 0.08, 0.8, 0, 12, 4.9, 13},       // trapezium
    {9, 13.2, -23.0, 5.4, 5.8, 0.15, 2.5, 0.12, 1.3, 0, 12, 5.2, 13},       // trapezoideum
    {10, -12.6, -9.8, 6.6, 6.4, 0.5, 2.2, 0.12, 0.4, 0, 12, 2.4, 12.5},     // triquetrum
}};

/// A metacarpal of an adult: base, turn from straight up, length, half widths of base, shaft and head.
struct Metacarpal {
  std::int64_t id;
  double x, y, turn, length, base, shaft, head;
};

constexpr std::array<Metacarpal, 5> kMetacarpals{{{11, 29.0, -28.5, 0.62, 46, 7.2, 4.6, 7.2},
                                                  {12, 15.5, -31.5, 0.13, 68, 7.8, 4.2, 7.4},
                                                  {13, 3.0, -33.5, 0.02, 65, 6.8, 4.2, 7.3},
                                                  {14, -7.0, -33.0, -0.1, 58, 5.8, 3.5, 6.4},
                                                  {15, -15.8, -31.0, -0.23, 54, 6.0, 3.6, 6.2}}};

double ossified(double age, double onset, double complete) { return std::clamp((age - onset) / (complete - onset), 0.0, 1.0); }

/// Wrist bones follow the hand when it is bent sideways in the joint.
Point bent(Point mm, double angle) {
  const double c = std::cos(angle), s = std::sin(angle), y = mm.y + 6;
  return {c * mm.x - s * y, s * mm.x + c * y - 6};
}

/// The individual around the mean.
struct Hand {
  const WristPose& pose;
  double variation;
  std::uint64_t seed;
  std::uint64_t index;

  Random random(std::int64_t id) const { return Random(seed, "phantom/wrist/bone", index, static_cast<std::uint64_t>(id)); }
  Point at(double x, double y, bool withHand, Random& random) const {
    const Point moved{x + 0.5 * variation * random.normal(), y + 0.5 * variation * random.normal()};
    const Point placed = withHand ? bent(moved, pose.deviation) : moved;
    return {placed.x * pose.size, placed.y * pose.size};
  }
  double around(double mean, double relative, Random& random) const {
    return mean * (1 + relative * variation * std::clamp(random.normal(), -2.0, 2.0));
  }
};

void addCarpals(std::vector<Bone>& bones, const Hand& hand) {
  for (const auto& carpal : kCarpals) {
    Random random = hand.random(carpal.id);
    const double onset = carpal.onset * (1 + 0.12 * hand.variation * random.normal());
    const double share = ossified(hand.pose.ageYears, onset, carpal.complete);
    if (share <= 0) continue;
    const double size = hand.pose.size * (0.3 + 0.7 * std::pow(share, 0.8));
    Bone bone{.id = carpal.id, .origin = hand.at(carpal.x, carpal.y, true, random)};
    bone.turn = carpal.turn + hand.pose.deviation + 0.09 * hand.variation * random.normal();
    bone.rx = size * hand.around(carpal.rx, 0.05, random);
    bone.ry = size * hand.around(carpal.ry, 0.05, random);
    // A young centre is a round kernel; its corners come with age.
    bone.squareness = 2 + (carpal.squareness - 2) * share;
    bone.three = carpal.three * share;
    bone.threeAt = carpal.threeAt + 0.2 * hand.variation * random.normal();
    bone.waist = carpal.waist * share;
    bone.depth = carpal.depth * size;
    bone.wall = 0.75 * hand.pose.size;
    bone.marrow = 0.058;
    bones.push_back(std::move(bone));
  }
}

void addMetacarpals(std::vector<Bone>& bones, const Hand& hand) {
  for (const auto& mean : kMetacarpals) {
    Random random = hand.random(mean.id);
    const double size = hand.pose.size;
    Bone bone{.id = mean.id, .origin = hand.at(mean.x, mean.y, true, random)};
    bone.turn = kPi + mean.turn * hand.pose.spread + hand.pose.deviation + 0.035 * hand.variation * random.normal();
    const double length = size * hand.around(mean.length, 0.03, random), base = size * hand.around(mean.base, 0.05, random);
    const double shaft = size * hand.around(mean.shaft, 0.07, random), head = size * mean.head;
    bone.profile = {{0, base},
                    {0.1 * length, 0.93 * base},
                    {0.32 * length, 1.1 * shaft},
                    {0.5 * length, shaft},
                    {0.72 * length, 1.15 * shaft},
                    {0.9 * length, head},
                    {length, head}};
    bone.rounding = 3.4 * size;
    bone.depth = 1.8 * base;
    bone.wall = 1.5 * size;
    bone.marrow = 0.04;
    bone.stretch = 2.2;
    bones.push_back(std::move(bone));
  }
}

struct Forearm {
  std::int64_t shaftId, epiphysisId;
  double x, turn, metaphysis, shaft, taperMm, epiphysisHalf, epiphysisHeight, jointY, wedge, onset, complete;
};

constexpr Forearm kRadius{16, 1, 9.5, -0.03, 15.0, 7.4, 40, 14.6, 3.9, 3.2, 0.3, 0.9, 11};
constexpr Forearm kUlna{17, 2, -17.5, 0.04, 8.4, 5.8, 26, 7.2, 3.0, 5.4, -0.25, 5.9, 13.5};

void addForearm(std::vector<Bone>& bones, const Forearm& mean, const Hand& hand, double plate) {
  Random random = hand.random(mean.shaftId);
  const double size = hand.pose.size;
  const double half = size * hand.around(mean.metaphysis, 0.05, random), shaft = size * hand.around(mean.shaft, 0.07, random);
  const double height = hand.around(mean.epiphysisHeight, 0.08, random);
  const double variance = mean.epiphysisId == 2 ? 1.2 : 0.6;  // the ulna may be long or short
  const double joint = mean.jointY + variance * hand.variation * std::clamp(random.normal(), -2.0, 2.0);
  const Point place = hand.at(mean.x, joint, false, random);
  const double turn = mean.turn + 0.025 * hand.variation * random.normal();

  Bone tube{.id = mean.shaftId, .turn = turn};
  tube.origin = {place.x, place.y + size * height + plate + 0.6 * size};
  tube.profile = {{0, half},
                  {3 * size, half},
                  {0.3 * mean.taperMm * size, 0.86 * half + 0.02 * shaft},
                  {0.65 * mean.taperMm * size, 0.35 * half + 0.68 * shaft},
                  {mean.taperMm * size, shaft},
                  {150 * size, 0.95 * shaft}};
  tube.rounding = 1.8 * size;
  tube.bow = 0.6 * size;
  tube.depth = 1.5 * half;
  tube.wall = (mean.shaftId == 16 ? 2.0 : 1.7) * size;
  tube.marrow = 0.04;
  tube.mesh = 0.9;
  tube.stretch = 3.5;
  bones.push_back(std::move(tube));

  const double share = ossified(hand.pose.ageYears, mean.onset * (1 + 0.12 * hand.variation * random.normal()), mean.complete);
  if (share <= 0) return;
  Bone cap{.id = mean.epiphysisId, .origin = place, .turn = turn + 0.02 * hand.variation * random.normal()};
  cap.rx = size * mean.epiphysisHalf * half / (size * mean.metaphysis) * (0.35 + 0.65 * std::pow(share, 0.7));
  cap.ry = size * height * (0.5 + 0.5 * share);
  cap.squareness = 2 + 1.1 * share;
  cap.wedge = mean.wedge * share;
  cap.depth = 1.3 * half * (0.5 + 0.5 * share);
  cap.wall = 0.8 * size;
  cap.marrow = 0.06;
  cap.stretch = 1.5;
  bones.push_back(std::move(cap));
}

}  // namespace

Point Bone::toLocal(Point mm) const {
  const double c = std::cos(turn), s = std::sin(turn), dx = mm.x - origin.x, dy = mm.y - origin.y;
  return {c * dx + s * dy, -s * dx + c * dy};
}

Point Bone::toPlane(Point local) const {
  const double c = std::cos(turn), s = std::sin(turn);
  return {origin.x + c * local.x - s * local.y, origin.y + s * local.x + c * local.y};
}

Point Bone::middle() const { return tube() ? toPlane({0, 0.5 * profile.back().along}) : origin; }

double Bone::reach() const { return tube() ? 0.5 * profile.back().along + 2 * profile.front().half : 1.5 * std::max(rx, ry) + 1; }

std::array<Point, 4> Bone::corners() const {
  double half = 1.4 * rx, low = -1.4 * ry * (1 + 1.4 * std::abs(wedge)), high = 1.4 * ry;
  if (tube()) {
    half = 0;
    for (const auto& knot : profile) half = std::max(half, knot.half);
    low = -bow;
    high = profile.back().along + bow * std::max(0.0, square(half / profile.front().half) - 1);
  }
  return {toPlane({-half, low}), toPlane({half, low}), toPlane({half, high}), toPlane({-half, high})};
}

double Bone::chordAt(Point local, double inset) const {
  if (!tube()) {
    const double a = rx - inset, b = ry * (local.y < 0 ? 1 + wedge * local.x / rx : 1) - inset;
    if (a <= 0 || b <= 0) return 0;
    const double narrowed = waist == 0 ? 1 : 1 - waist * bell(local.y, 0, 0.45 * ry);
    const double x = std::abs(local.x) / (a * narrowed), y = std::abs(local.y) / b;
    if (x > 1.4 || y > 1.4) return 0;
    const double corners = three == 0 ? 1 : 1 + three * std::cos(3 * (std::atan2(local.y, local.x) - threeAt));
    if (x > corners || y > corners) return 0;
    const double level = (std::pow(x, squareness) + std::pow(y, squareness)) / (three == 0 ? 1 : std::pow(corners, squareness));
    return level >= 1 ? 0 : std::max(0.0, depth - 2 * inset) * std::sqrt(1 - level);
  }
  const double across = local.x, half0 = profile.front().half;
  const double along = local.y + bow * (1 - square(std::min(1.0, across / half0))) - inset;
  const double end = profile.back().along - 2 * inset;
  if (along <= 0 || along >= end) return 0;
  std::size_t k = 0;
  while (k + 2 < profile.size() && along + inset > profile[k + 1].along) ++k;
  const double t = smoothStep(profile[k].along, profile[k + 1].along, along + inset);
  const double straight = profile[k].half + (profile[k + 1].half - profile[k].half) * t;
  double half = straight - inset;
  const double near = std::min(along, end - along);
  if (near < rounding) half -= 0.28 * straight * square(1 - near / rounding);
  if (half <= 0 || std::abs(across) >= half) return 0;
  const double thick = std::max(0.0, depth * (0.45 + 0.55 * straight / half0) - 2 * inset);
  return thick * std::sqrt(1 - square(across / half)) * std::min(1.0, 0.55 + near / rounding);
}

WristAnatomy drawWrist(const PhantomOptions& options, std::uint64_t seed, std::int64_t index) {
  Random random(seed, "phantom/wrist/pose", static_cast<std::uint64_t>(index));
  const double v = options.acquisition;
  WristAnatomy wrist;
  WristPose& pose = wrist.pose;
  pose.ageYears = random.uniform(options.ageYears.low, options.ageYears.high);
  pose.size = std::min(1.02, 0.54 + 0.0295 * pose.ageYears) * (1 + 0.05 * options.variation * std::clamp(random.normal(), -2.0, 2.0));
  // The field is collimated to the hand, though not quite to its size.
  const double field = 0.3 + 0.7 * pose.size;
  const double fit = std::max(76.0 / options.width, 112.0 / options.height) * field;
  pose.plane = {options.width,
                options.height,
                fit * (1 + v * random.uniform(-0.14, 0.16)),
                {field * (3 + v * random.uniform(-8, 8)), field * (-13 + v * random.uniform(-11, 11))},
                0.12 * v * std::clamp(random.normal(), -2.2, 2.2)};
  pose.deviation = 0.09 * v * std::clamp(random.normal(), -2.0, 2.0);
  pose.spread = 1 + 0.22 * v * random.uniform(-1, 1);
  wrist.growthPlateMm = pose.size * (0.35 + 1.5 * (1 - smoothStep(9, 16.5, pose.ageYears)));

  const Hand hand{pose, options.variation, seed, static_cast<std::uint64_t>(index)};
  addForearm(wrist.bones, kRadius, hand, wrist.growthPlateMm);
  addForearm(wrist.bones, kUlna, hand, wrist.growthPlateMm);
  addCarpals(wrist.bones, hand);
  addMetacarpals(wrist.bones, hand);
  std::sort(wrist.bones.begin(), wrist.bones.end(), [](const Bone& a, const Bone& b) { return a.id < b.id; });
  return wrist;
}

}  // namespace roundel::phantom
