#pragma once
#include "phantom/dental_layout.h"

namespace roundel::phantom {

/// What teeth are made of, over the ordinary: 1 is NIST's attenuation.
struct ToothMaterial {
  double enamel = 1, dentine = 1, lamina = 1;
};

/// The teeth are painted one by one into these (JawMaps, jaws.h).
struct ToothScene {
  const Plane& plane;
  Map& integral;
  Map& boneMm;
  ToothMaterial material = {};
};

/// A tooth takes the place of bone and brings enamel, dentine, pulp, and round its root the ligament's gap and the lamina dura. Its shadow.
Mask castTooth(ToothScene& scene, const PlacedTooth& tooth);
/// Fillings, caps, root fillings, brackets; the crown and screw of an implant.
void castRestorations(ToothScene& scene, const PlacedTooth& tooth);

}  // namespace roundel::phantom
