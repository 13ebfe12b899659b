#include "phantom/dental_layout.h"

#include <array>

namespace roundel::phantom {
namespace {

/// Millimetres that a picture must show to hold both arches and the jaws around them.
constexpr double kNeededWidthMm = 178;
constexpr double kNeededHeightMm = 98;

double degrees(double value) { return value * 0.017453292519943295; }

/// Normal, cut at two sigmas so that no case falls out of the picture.
double bounded(Random& random, double sigma) { return sigma * std::clamp(random.normal(), -2.0, 2.0); }

DentalPose drawPose(const PhantomOptions& options, Random& random) {
  const double spread = options.acquisition;
  DentalPose pose;
  const double fit = std::max(kNeededWidthMm / options.width, kNeededHeightMm / options.height);
  pose.plane = {options.width,
                options.height,
                fit * (1 + spread * random.uniform(-0.12, 0.14)),
                {bounded(random, 4.5 * spread), 2 + bounded(random, 4.5 * spread)},
                bounded(random, degrees(2.6) * spread)};
  pose.magnifyX = 1.19 + spread * random.uniform(-0.11, 0.11);
  pose.magnifyY = 1.19 + spread * random.uniform(-0.1, 0.1);
  pose.frontWidening = 0.03 + spread * random.uniform(-0.2, 0.24);
  pose.turn = spread * random.uniform(-0.12, 0.12);
  pose.smile = 4.5 + spread * random.uniform(-7.5, 7.5);
  pose.biteGap = 2.2 + spread * random.uniform(-2.4, 2.4);
  pose.midline = bounded(random, 1.2 * options.variation);
  pose.crowding = 0.95 + options.variation * random.uniform(-0.1, 0.07);
  pose.fan = 0.14 + options.variation * random.uniform(-0.08, 0.1);
  return pose;
}

/// Sideways magnification at `arch` mm along the arch from the midline (negative: the patient's right).
double sidewaysMagnification(const DentalPose& pose, double arch) {
  return pose.magnifyX * (1 + pose.frontWidening * bell(arch, 0, 20)) * (1 + pose.turn * arch / 60);
}

Seat drawSeat(ToothNumber number, double lossShare, const PhantomOptions& options, Random& random) {
  const double lost = random.uniform();
  const double implanted = random.uniform();
  // Wisdom teeth are often never there; molars go first, canines last.
  constexpr std::array<double, 8> kWeight{0.55, 0.75, 0.4, 0.9, 1.1, 1.9, 1.5, 1};
  const double chance = number.position == 8 ? 0.4 + lossShare : lossShare * kWeight[static_cast<std::size_t>(number.position - 1)];
  if (lost >= chance) return Seat::Tooth;
  return number.position < 8 && implanted < options.restorations ? Seat::Implant : Seat::Gap;
}

void drawRestorations(PlacedTooth& tooth, const PhantomOptions& options, bool braces, Random& random) {
  const std::array<double, 6> chance{random.uniform(), random.uniform(), random.uniform(),
                                     random.uniform(), random.uniform(), random.uniform()};
  const double behind = tooth.number.position >= 4 ? 1.6 : 0.6;
  tooth.filled = chance[0] < options.restorations * behind;
  tooth.rootFilled = chance[1] < 0.35 * options.restorations;
  if (chance[2] < options.restorations * (tooth.rootFilled ? 3.0 : 0.25)) tooth.cap = chance[3] < 0.5 ? Cap::Metal : Cap::Ceramic;
  tooth.bracket = braces && tooth.number.position <= 6 && tooth.seat == Seat::Tooth;
  tooth.fillingAt = (chance[4] - 0.5) * 0.7 * tooth.shape.width();
  tooth.fillingRadius = (0.16 + 0.2 * chance[5]) * tooth.shape.width();
  tooth.fillingDepth = random.uniform(1.2, 3.2);
  tooth.fillingAttenuation = random.uniform() < 0.6 ? random.uniform(0.8, 1.6) : random.uniform(0.25, 0.4);
}

/// An impacted wisdom tooth lies deep and leans on its neighbour.
void impact(PlacedTooth& tooth, Random& random) {
  const double tilt = degrees(random.uniform(15, 65));
  // Crown forwards: the apex lies further back, which is +x on the picture's right.
  tooth.lean += tooth.number.side() * tilt;
  tooth.edgeMm.y += (tooth.number.upper() ? -1 : 1) * random.uniform(3, 7);
}

std::vector<PlacedTooth> placeQuadrant(int quadrant, const DentalLayout& layout, double lossShare, const PhantomOptions& options,
                                       std::uint64_t seed, std::int64_t index) {
  const DentalPose& pose = layout.pose;
  std::vector<PlacedTooth> teeth;
  double arch = 0.15, x = 0;  // mm from the midline: of anatomy, and in the picture
  for (int position = 1; position <= 8; ++position) {
    const ToothNumber number{quadrant, position};
    Random random(seed, "phantom/dental/tooth", static_cast<std::uint64_t>(index), static_cast<std::uint64_t>(number.fdi()));
    PlacedTooth tooth{.number = number, .shape = ToothShape::draw(number, options.variation, random)};
    tooth.seat = drawSeat(number, lossShare, options, random);
    const double side = number.side(), vertical = number.upper() ? -1 : 1;
    // A gap closes a little by drift.
    const double closing = tooth.seat == Seat::Gap ? random.uniform(0.55, 1.0) : 1.0;
    const double half = 0.5 * tooth.shape.width() * closing * (pose.crowding + 0.03 * options.variation * random.normal());
    tooth.magnifyX = sidewaysMagnification(pose, side * (arch + half));
    tooth.magnifyY = pose.magnifyY;
    const double step = half * tooth.magnifyX;
    const double middle = pose.midline + side * (x + step);
    arch += 2 * half;
    x += 2 * step;
    const double rough = options.variation * (pose.crowding < 0.9 ? 1.3 : 0.8);
    tooth.edgeMm = {middle, occlusalPlane(pose, middle) + vertical * (0.5 * pose.biteGap + std::abs(0.6 * rough * random.normal()))};
    const double natural = pose.fan * (number.upper() ? 0.55 : 1.25) * std::min(arch, 60.0) / 60;
    tooth.lean = side * natural + bounded(random, degrees(3.2) * rough);
    if (position == 8 && random.uniform() < 0.35) impact(tooth, random);
    drawRestorations(tooth, options, layout.braces, random);
    teeth.push_back(std::move(tooth));
  }
  return teeth;
}

/// Neighbours of a gap lean into it.
void leanIntoGaps(std::vector<PlacedTooth>& quadrant, const PhantomOptions& options) {
  for (std::size_t i = 0; i + 1 < quadrant.size(); ++i) {
    if (quadrant[i].seat != Seat::Gap || quadrant[i + 1].seat == Seat::Gap) continue;
    PlacedTooth& behind = quadrant[i + 1];
    behind.lean += behind.number.side() * degrees(4) * std::min(1.0, options.variation);
  }
}

}  // namespace

Point PlacedTooth::toTooth(Point mm) const { return ToothFrame(*this).toTooth(mm); }

std::array<Point, 4> PlacedTooth::corners(double grow) const {
  const double half = shape.halfReach() + grow, low = -grow, high = shape.length() + grow;
  return {toPlane(-half, low), toPlane(half, low), toPlane(half, high), toPlane(-half, high)};
}

Point PlacedTooth::toPlane(double u, double s) const {
  const double across = number.side() * u * magnifyX, along = s * magnifyY;
  const double c = std::cos(lean), n = std::sin(lean);
  return {edgeMm.x + c * across + n * along, edgeMm.y + (number.upper() ? -1 : 1) * (-n * across + c * along)};
}

double occlusalPlane(const DentalPose& pose, double x) { return -pose.smile * square((x - pose.midline) / 70); }

DentalLayout drawDentalLayout(const PhantomOptions& options, std::uint64_t seed, std::int64_t index) {
  Random random(seed, "phantom/dental/pose", static_cast<std::uint64_t>(index));
  DentalLayout layout;
  layout.pose = drawPose(options, random);
  // Most mouths have lost few teeth: the square leans the even draw to the low end.
  const double lossShare = options.missingTeeth.low + (options.missingTeeth.high - options.missingTeeth.low) * square(random.uniform());
  layout.boneLossMm = 1.5 + options.variation * random.uniform(-0.5, 2.5);
  layout.braces = random.uniform() < 0.5 * options.restorations;
  for (const int quadrant : {1, 2, 3, 4}) {
    auto teeth = placeQuadrant(quadrant, layout, lossShare, options, seed, index);
    leanIntoGaps(teeth, options);
    for (auto& tooth : teeth) layout.teeth.push_back(std::move(tooth));
  }
  return layout;
}

}  // namespace roundel::phantom
