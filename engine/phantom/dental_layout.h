#pragma once
#include <vector>

#include "phantom/phantom.h"
#include "phantom/tooth.h"

namespace roundel::phantom {

/// How the patient stood in the machine. Lengths in mm in the picture's plane, magnification included.
struct DentalPose {
  Plane plane;
  double magnifyX = 1.2;  ///< sideways, at the premolars
  double magnifyY = 1.2;
  double frontWidening = 0;  ///< front teeth wider (> 0: too far back) or narrower (too far forward), share of magnifyX
  double turn = 0;           ///< head turned: one side wider, the other narrower, share at the last molar
  double smile = 4;          ///< mm the occlusal plane rises from the midline to the last molar; < 0: chin up
  double biteGap = 2;        ///< mm between the arches, which bite on a block edge to edge
  double midline = 0;        ///< mm
  double crowding = 1;       ///< distance of neighbours over the sum of their half widths; below 1 they overlap
  double fan = 0.16;         ///< radians that the last molar's axis leans
};

enum class Seat { Tooth, Gap, Implant };
enum class Cap { None, Metal, Ceramic };

/// A tooth of the arch where it stands, with what a dentist did to it.
struct PlacedTooth {
  ToothNumber number;
  ToothShape shape;
  Seat seat = Seat::Tooth;
  Point edgeMm;     ///< where s = 0, u = 0 of its frame lies
  double lean = 0;  ///< radians of its axis from the vertical, towards +x at the apex
  double magnifyX = 1.2, magnifyY = 1.2;
  bool filled = false;
  bool bracket = false;
  bool rootFilled = false;
  Cap cap = Cap::None;
  double fillingAt = 0;             ///< u in mm
  double fillingRadius = 1.5;       ///< mm
  double fillingDepth = 2;          ///< mm below the occlusal surface
  double fillingAttenuation = 1.2;  ///< a mm: amalgam or composite

  /// The tooth's frame of a point of the plane: x is u (distal), y is s.
  Point toTooth(Point mm) const;
  /// The reverse.
  Point toPlane(double u, double s) const;
  /// In the plane, of a box in its frame that holds it grown by `grow` mm.
  std::array<Point, 4> corners(double grow) const;
};

/// The way into a tooth's frame for many points.
class ToothFrame {
 public:
  explicit ToothFrame(const PlacedTooth& tooth)
      : m_edge(tooth.edgeMm),
        m_cos(std::cos(tooth.lean)),
        m_sin(std::sin(tooth.lean)),
        m_magnifyX(tooth.magnifyX),
        m_magnifyY(tooth.magnifyY),
        m_side(tooth.number.side()),
        m_apex(tooth.number.upper() ? -1 : 1) {}
  Point toTooth(Point mm) const {
    const double dx = mm.x - m_edge.x, dy = (mm.y - m_edge.y) * m_apex;  // dy grows towards the apex
    return {m_side * (m_cos * dx - m_sin * dy) / m_magnifyX, (m_sin * dx + m_cos * dy) / m_magnifyY};
  }

 private:
  Point m_edge;
  double m_cos, m_sin, m_magnifyX, m_magnifyY;
  int m_side, m_apex;
};

struct DentalLayout {
  DentalPose pose;
  std::vector<PlacedTooth> teeth;  ///< all 32 seats, in palette order; lost ones too, as gaps
  double boneLossMm = 0;           ///< periodontal, everywhere
  bool braces = false;
};

DentalLayout drawDentalLayout(const PhantomOptions& options, std::uint64_t seed, std::int64_t index);

/// y of the occlusal plane at x, mm.
double occlusalPlane(const DentalPose& pose, double x);

}  // namespace roundel::phantom
