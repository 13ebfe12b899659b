#pragma once
#include <QString>
#include <QTransform>
#include <array>
#include <cstdint>

#include "core/geometry.h"

namespace roundel {

/// How a picture lies before the eye: a radiograph as it is stored, or one of the three cuts through a volume.
enum class PlaneKind { Picture, Axial, Coronal, Sagittal };

/// A cut through the grid: which index axis runs to the right (u), down (v) and through the slices (n), and whether it runs backwards.
///
/// Volumes are turned as radiologists see them, by the dominant entries of the direction matrix: axial with the patient's left on
/// the right and posterior down, coronal with superior up, sagittal with anterior on the left. Data never change.
struct Plane {
  PlaneKind kind = PlaneKind::Picture;
  int u = 0, v = 1, n = 2;
  bool backU = false, backV = false;
  std::int64_t sizeU = 0, sizeV = 0, slices = 1;
  double pixelAspect = 1;               ///< height of a pixel over its width
  double widthMm = 1;                   ///< of a pixel along u
  std::array<QString, 4> letters = {};  ///< left, right, top, bottom; empty: not known

  /// Index (x, y, z) of a place in the plane, in pixels whose centres are at integers.
  std::array<double, 3> indexOf(double planeU, double planeV, std::int64_t slice) const;
  /// The reverse; the slice is left out.
  std::array<double, 2> planeOf(const std::array<double, 3>& index) const;
};

Plane planeOf(const Geometry& geometry, PlaneKind kind);

/// Turned and mirrored on the screen alone.
struct Orientation {
  int quarterTurns = 0;  ///< clockwise
  bool flipHorizontal = false;
  bool flipVertical = false;
};

/// Where the plane lies in the view: plane pixels to device pixels of the view.
QTransform planeToScreen(const Plane& plane, const Orientation& orientation, double zoom, const std::array<double, 2>& centre,
                         double viewWidth, double viewHeight);

}  // namespace roundel
