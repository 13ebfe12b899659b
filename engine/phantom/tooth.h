#pragma once
#include <vector>

#include "core/random.h"
#include "phantom/plane.h"

namespace roundel::phantom {

enum class ToothKind { Incisor, Canine, Premolar, Molar };

/// FDI number taken apart: quadrant 1 .. 4 (upper right, upper left, lower left, lower right), position 1 .. 8 from the midline.
struct ToothNumber {
  int quadrant = 1;
  int position = 1;

  bool upper() const { return quadrant <= 2; }
  /// -1 on the patient's right, which is the picture's left.
  int side() const { return quadrant == 1 || quadrant == 4 ? -1 : 1; }
  int fdi() const { return quadrant * 10 + position; }
  ToothKind kind() const;
};

/// Mean measures of a permanent tooth in mm (Wheeler's Dental Anatomy, tables of the permanent teeth).
struct ToothMeasures {
  double crown = 0, root = 0;  ///< lengths
  double width = 0, neck = 0;  ///< mesiodistal, at the crown and at the cervix
  double depth = 0;            ///< buccolingual
  int roots = 1;
};
const ToothMeasures& measuresOf(ToothNumber number);

/// One root: its axis leaves the tooth's axis and tapers to the apex.
struct Root {
  double neckOffset = 0;  ///< mm from the tooth's axis at the cervix
  double apexOffset = 0;  ///< mm at the apex
  double bend = 0;        ///< mm added quadratically towards the apex
  double halfWidth = 2;   ///< mm at the cervix
  double length = 13;     ///< mm
};

/// A tooth as a solid with elliptical cross-sections; the ray runs along its depth.
///
/// Its own frame: s in mm from the occlusal edge towards the apex, u in mm to the distal side of the axis.
class ToothShape {
 public:
  /// Draws an individual of that number around the mean; `spread` 1 is natural variation.
  static ToothShape draw(ToothNumber number, double spread, Random& random);

  double width() const { return m_width; }
  double crownLength() const { return m_crown; }
  double length() const { return m_length; }
  /// No part of it is farther from its axis, mm.
  double halfReach() const;
  ToothKind kind() const { return m_kind; }
  const std::vector<Root>& roots() const { return m_roots; }

  /// Length in mm of a ray through the tooth grown by `grow` mm on all sides; 0 beside it.
  double chord(double s, double u, double grow = 0) const;
  /// Length through the dentine's and pulp's side of the enamel: the crown without its enamel; the whole chord in the root.
  double chordWithinEnamel(double s, double u) const;
  /// Length through the pulp: its chamber and the canals.
  double pulpChord(double s, double u) const;
  /// Length through the canals alone, `grow` wider.
  double canalChord(double s, double u, double grow) const;
  /// Between the axes of the outermost of several roots, down to `share` of the shortest.
  bool betweenRoots(double s, double u, double share) const;
  /// Depth in mm of the occlusal surface under s = 0 at u: cusps and fissures.
  double occlusalEdge(double u) const;

 private:
  double crownHalfWidth(double s) const;
  double crownChord(double s, double u, double grow) const;

  ToothKind m_kind = ToothKind::Incisor;
  double m_crown = 10, m_width = 8, m_neck = 6, m_depth = 7, m_length = 23;
  double m_edgeWidth = 0.8;  ///< width at the occlusal edge over the greatest
  double m_contour = 0.3;    ///< where along the crown it is widest
  double m_cusp = 1;         ///< scales the height of cusps
  double m_enamel = 1.2;     ///< mm at the occlusal surface
  double m_pulp = 0.3;       ///< width of the chamber over the neck's
  double m_trunk = 0;        ///< mm of undivided root below the cervix
  std::vector<Root> m_roots;
};

}  // namespace roundel::phantom
