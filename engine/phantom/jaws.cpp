#include "phantom/jaws.h"

#include <array>

#include "phantom/texture.h"

namespace roundel::phantom {
namespace {

constexpr int kHalfSpanMm = 140;  // columns are tabulated for x in -140 .. 140 mm

/// The alveolar crests, a value a millimetre of x.
struct Crests {
  std::array<double, 2 * kHalfSpanMm + 1> upper{};
  std::array<double, 2 * kHalfSpanMm + 1> lower{};

  static double at(const std::array<double, 2 * kHalfSpanMm + 1>& line, double x) {
    const double place = std::clamp(x + kHalfSpanMm, 0.0, 2.0 * kHalfSpanMm - 1e-6);
    const auto index = static_cast<std::size_t>(place);
    return line[index] + (line[index + 1] - line[index]) * (place - static_cast<double>(index));
  }
};

/// What differs from head to head. Lengths in mm of the picture.
struct Skull {
  double chin, angleRise, ramus, palate, sinusWidth, sinusHeight, spineWidth, spineDepth, airway, tongueGap, bodyDepth, softDepth, lips,
      ghost;
  std::uint64_t texture;
};

Skull drawSkull(const PhantomOptions& options, std::uint64_t seed, std::int64_t index) {
  Random random(seed, "phantom/dental/skull", static_cast<std::uint64_t>(index));
  const double v = options.variation;
  const auto around = [&](double mean, double half) { return mean + v * random.uniform(-half, half); };
  Skull skull{};
  skull.chin = around(47, 5);
  skull.angleRise = around(11, 5);
  skull.ramus = around(70, 4);
  skull.palate = around(-33, 3.5);
  skull.sinusWidth = around(23, 5);
  skull.sinusHeight = around(15, 4);
  skull.spineWidth = around(15, 4);
  skull.spineDepth = std::max(0.05, around(0.75, 0.5));
  skull.airway = std::max(0.0, around(0.4, 0.3));
  skull.tongueGap = std::max(0.0, around(0.22, 0.22));
  skull.bodyDepth = around(9.5, 2.5);
  skull.softDepth = around(2.5, 0.4);
  skull.lips = std::max(0.0, around(0.2, 0.25));
  skull.ghost = std::max(0.0, around(0.25, 0.2));
  skull.texture = random.next();
  return skull;
}

void fillCrest(std::array<double, 2 * kHalfSpanMm + 1>& line, std::vector<Point> knots) {
  std::sort(knots.begin(), knots.end(), [](Point a, Point b) { return a.x < b.x; });
  for (int i = 0; i <= 2 * kHalfSpanMm; ++i) {
    const double x = i - kHalfSpanMm;
    double y = x <= knots.front().x ? knots.front().y : knots.back().y;
    for (std::size_t k = 0; k + 1 < knots.size(); ++k)
      if (x >= knots[k].x && x < knots[k + 1].x)
        y = knots[k].y + (knots[k + 1].y - knots[k].y) * (x - knots[k].x) / (knots[k + 1].x - knots[k].x);
    line[static_cast<std::size_t>(i)] = y;
  }
  // Bone does not follow every neck: a mean over 7 mm.
  auto rough = line;
  for (int i = 3; i + 3 <= 2 * kHalfSpanMm; ++i) {
    double sum = 0;
    for (int k = -3; k <= 3; ++k) sum += rough[static_cast<std::size_t>(i + k)];
    line[static_cast<std::size_t>(i)] = sum / 7;
  }
}

/// Behind the last molars the lower crest climbs into the ramus and the upper one rounds off as the tuberosity.
void addEnds(std::vector<Point>& knots, const Skull& skull, bool upper) {
  const auto [left, right] = std::minmax_element(knots.begin(), knots.end(), [](Point a, Point b) { return a.x < b.x; });
  const Point first = *left, last = *right;
  for (const auto& [end, side] : {std::pair{first, -1.0}, std::pair{last, 1.0}}) {
    if (upper) {
      knots.push_back({end.x + side * 12, end.y - 1});
      knots.push_back({end.x + side * 19, end.y - 11});
      continue;
    }
    const double foot = std::max(side * end.x + 5, skull.ramus - 8);
    knots.push_back({side * foot, end.y - 2});
    knots.push_back({side * (foot + 6), end.y - 8});
    knots.push_back({side * (foot + 11), end.y - 24});
  }
}

Crests drawCrests(const DentalLayout& layout, const Skull& skull) {
  std::vector<Point> upper, lower;
  for (const auto& tooth : layout.teeth) {
    if (tooth.number.position == 8) continue;  // may be impacted; the crest of its neighbour goes on
    // Where a tooth was lost, the ridge is resorbed.
    const double resorbed = tooth.seat == Seat::Gap ? 3.0 : 0.0;
    const double height = tooth.magnifyY * (tooth.shape.crownLength() + layout.boneLossMm + resorbed);
    const double direction = tooth.number.upper() ? -1 : 1;
    (tooth.number.upper() ? upper : lower).push_back({tooth.edgeMm.x, tooth.edgeMm.y + direction * height});
  }
  addEnds(upper, skull, true);
  addEnds(lower, skull, false);
  Crests crests;
  fillCrest(crests.upper, upper);
  fillCrest(crests.lower, lower);
  return crests;
}

/// Lower border of the mandible at x.
double lowerBorder(const Skull& skull, double side) { return skull.chin - skull.angleRise * std::pow(side / 75, 2.4); }

struct Lengths {
  double trabecular = 0;
  double cortical = 0;
};

Lengths mandible(const Skull& skull, const Crests& crests, Point mm) {
  const double side = std::abs(mm.x);
  const double border = lowerBorder(skull, side);
  const double crest = Crests::at(crests.lower, mm.x);
  const double aboveBorder = 1 - smoothStep(border - 1.2, border + 0.6, mm.y);
  const double front = skull.ramus - 0.14 * (mm.y - 12) + 0.0035 * square(mm.y + 8);  // the ramus' front edge leans back upwards
  const double ramusBack = front + 30;
  const double body = smoothStep(crest - 0.8, crest + 1.6, mm.y) * aboveBorder * (1 - smoothStep(front + 12, front + 16, side));
  const double ramus = smoothStep(front - 1, front + 2, side) * (1 - smoothStep(ramusBack - 1, ramusBack + 1, side)) * aboveBorder;
  Lengths lengths;
  lengths.trabecular = std::max(skull.bodyDepth * body, 0.75 * skull.bodyDepth * ramus);
  lengths.cortical = 2.2 * std::max(body, ramus);
  lengths.cortical += 6 * bell(mm.y, border - 2.2, 1.3) * (1 - smoothStep(ramusBack - 4, ramusBack, side));
  lengths.cortical +=
      3 * bell(side, front + 1.5, 1.1) * smoothStep(crest + 14, crest - 4, mm.y) * aboveBorder * (mm.y < crest + 14 ? 1 : 0);
  lengths.cortical += 1.3 * bell(mm.y, crest + 0.8, 0.6) * (1 - smoothStep(front - 2, front + 2, side));
  // The mandibular canal: two fine lines with less bone between.
  const double canal = crest + 17 + 0.0018 * square(side - 30);
  const double inCanal = smoothStep(24, 30, side) * (1 - smoothStep(70, 78, side));
  lengths.trabecular -= 1.8 * body * inCanal * bell(mm.y, canal, 1.1);
  lengths.cortical += 0.7 * body * inCanal * (bell(mm.y, canal - 1.9, 0.5) + bell(mm.y, canal + 1.9, 0.5));
  return lengths;
}

Lengths maxilla(const Skull& skull, const Crests& crests, Point mm) {
  const double side = std::abs(mm.x);
  const double crest = Crests::at(crests.upper, mm.x);
  const double below = 1 - smoothStep(crest - 1.6, crest + 0.8, mm.y);
  const double reach = 1 - smoothStep(64, 72, side);
  const double thin = 0.45 + 0.55 * smoothStep(skull.palate - 8, skull.palate + 6, mm.y);
  Lengths lengths;
  lengths.trabecular = 8.5 * below * reach * thin;
  lengths.cortical = 1.6 * below * reach + 1.2 * bell(mm.y, crest - 0.8, 0.6) * reach;
  const double palate = skull.palate + 0.0022 * side * side;
  lengths.cortical +=
      5 * bell(mm.y, palate, 1.1) * (1 - smoothStep(40, 52, side)) + 2.5 * bell(mm.y, palate - 4.5, 1.6) * (1 - smoothStep(34, 44, side));
  // Zygomatic process: a bright U over the first molar.
  const double u = std::hypot((side - 56) / 8, (mm.y - (skull.palate + 1)) / 9);
  lengths.cortical += 3 * bell(u, 1, 0.14) * (mm.y > skull.palate - 6 ? 1 : 0);
  return lengths;
}

/// Line integral that air takes away (negative) and thin walls add.
double cavities(const Skull& skull, Point mm) {
  const double side = std::abs(mm.x);
  const double sinus = std::hypot((side - 39) / skull.sinusWidth, (mm.y - (skull.palate - skull.sinusHeight + 3)) / skull.sinusHeight);
  const double nose = std::hypot((side - 9) / 7.5, (mm.y - (skull.palate - 19)) / 17);
  double sum = -0.36 * (1 - smoothStep(0.86, 1.02, sinus)) + 0.3 * bell(sinus, 1.0, 0.045);
  sum += -0.5 * (1 - smoothStep(0.8, 1.05, nose)) + 0.2 * bell(nose, 1.0, 0.08);
  return sum;
}

double softTissue(const Skull& skull, const DentalPose& pose, Point mm) {
  const double side = std::abs(mm.x);
  double sum = skull.softDepth - 0.7 * smoothStep(78, 112, side);
  const double border = lowerBorder(skull, side);
  sum += 0.3 * smoothStep(border - 2, border + 8, mm.y);  // the neck
  sum += skull.spineDepth * bell(mm.x, 0, skull.spineWidth * (1 + 0.004 * mm.y)) * (0.75 + 0.25 * smoothStep(-40, 40, mm.y));
  sum += skull.ghost * bell(mm.y, 12 - 0.25 * side, 16) * smoothStep(25, 70, side);
  // Air behind the tongue, above it, and between open lips.
  sum -= skull.airway * bell(side, 66 + 0.3 * mm.y, 7) * bell(mm.y, 4, 30);
  sum -= skull.tongueGap * bell(mm.y, skull.palate + 9 + 0.002 * side * side, 4) * (1 - smoothStep(45, 62, side));
  const double lips = std::hypot(mm.x / 30, (mm.y - occlusalPlane(pose, mm.x)) / 9);
  sum -= skull.lips * (1 - smoothStep(0.7, 1.1, lips));
  return sum;
}

}  // namespace

JawMaps castJaws(const DentalLayout& layout, const PhantomOptions& options, std::uint64_t seed, std::int64_t index) {
  const Skull skull = drawSkull(options, seed, index);
  const Crests crests = drawCrests(layout, skull);
  JawMaps maps{Map(layout.pose.plane.count()), Map(layout.pose.plane.count())};
  LatticeNoise large(skull.texture), small(skull.texture + 7);
  Trabeculae net(skull.texture + 20, 1.5, 0.2, 1.5);
  forEachRay(layout.pose.plane, [&](std::size_t pixel, Point mm) {
    const Lengths lower = mandible(skull, crests, mm);
    const Lengths upper = maxilla(skull, crests, mm);
    const double cloud = 0.1 * large.at(mm.x / 28, mm.y / 28) + 0.05 * small.at(mm.x / 9, mm.y / 9);
    const double above = 1 - smoothStep(skull.palate, skull.palate + 14, mm.y);
    const double cavity = above > 0 ? cavities(skull, mm) * above : 0;
    maps.integral[pixel] = static_cast<float>(
        std::max(0.2, softTissue(skull, layout.pose, mm) + cavity + cloud + Attenuation::kCortical * (lower.cortical + upper.cortical)));
    const double texture = 1 + 0.5 * net.at(mm);
    maps.boneMm[pixel] = static_cast<float>(std::max(0.0, lower.trabecular + upper.trabecular) * texture);
  });
  return maps;
}

}  // namespace roundel::phantom
