#pragma once
#include <string>
#include <vector>

#include "phantom/phantom.h"
#include "phantom/plane.h"

namespace roundel::phantom {

/// A half width at a place along a long bone, mm.
struct Knot {
  double along = 0;
  double half = 0;
};

/// A bone as a solid. Short bones and epiphyses are rounded blocks (an outline given as a radius by angle), long bones tubes
/// (a half width along an axis). Its own frame: origin and turn below; for tubes y runs along the axis from the joint's end.
struct Bone {
  std::int64_t id = 0;   ///< of the carpal palette
  Point origin;          ///< mm
  double turn = 0;       ///< radians
  double depth = 10;     ///< mm along the ray at its thickest
  double wall = 1;       ///< mm of cortex
  double marrow = 0.05;  ///< attenuation a mm inside the cortex
  double mesh = 1.1;     ///< mm of its trabeculae
  double stretch = 1.2;  ///< of its trabeculae along the axis

  double rx = 0, ry = 0;          ///< blocks: half axes, mm
  double squareness = 2;          ///< blocks: 2 an ellipse, more a rounded rectangle
  double wedge = 0;               ///< blocks: how much higher on the right, towards the fingers; share of ry
  double three = 0, threeAt = 0;  ///< blocks: a three-cornered part of the outline, share of the radius, and where (radians)
  double waist = 0;               ///< blocks: narrowing in the middle, share

  std::vector<Knot> profile;  ///< tubes: from 0 to the far end; empty for blocks
  double rounding = 3;        ///< tubes: mm over which the ends round off
  double bow = 0;             ///< tubes: mm the joint's end bulges

  bool tube() const { return !profile.empty(); }
  Point toLocal(Point mm) const;
  Point toPlane(Point local) const;
  /// Middle and half size of a square that holds it.
  Point middle() const;
  double reach() const;
  /// Length in mm of a ray through it, shrunk by `inset` mm on all sides.
  double chord(Point mm, double inset = 0) const { return chordAt(toLocal(mm), inset); }
  /// The same at a point of its own frame.
  double chordAt(Point local, double inset = 0) const;
  /// Of a box in its frame that holds it, in the plane.
  std::array<Point, 4> corners() const;
};

/// How the hand lay, and whose it is.
struct WristPose {
  Plane plane;
  double ageYears = 10;
  double size = 1;       ///< over an adult's
  double deviation = 0;  ///< radians the hand is bent to the thumb's side
  double spread = 1;     ///< of the metacarpals
};

struct WristAnatomy {
  WristPose pose;
  std::vector<Bone> bones;  ///< those that are ossified, in palette order
  double growthPlateMm = 1.5;
};

WristAnatomy drawWrist(const PhantomOptions& options, std::uint64_t seed, std::int64_t index);

}  // namespace roundel::phantom
