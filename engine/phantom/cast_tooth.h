#pragma once
#include "phantom/dental_layout.h"

namespace roundel::phantom {

/// What teeth are made of, over the ordinary: 1 is NIST's attenuation.
struct ToothMaterial {
  double enamel = 1, dentine = 1, lamina = 1;
};

/// How a tooth of a scene differs from that of a phantom's case, and how it is labelled otherwise than it is.
struct ToothLook {
  double fadeShare = 0;   ///< of its root, over which it fades towards the apex; the mask keeps it whole
  double fadeLeft = 0;    ///< of its attenuation, at the apex
  bool pontic = false;    ///< a crown without a root
  double crownMetal = 0;  ///< line integral of a burnt-out crown; 0: none
  double crownGrow = 0;   ///< mm that such a crown is wider than the tooth's own
  double post = 0;        ///< share of the root that a metal post reaches down; 0: none
  double closed = 0;      ///< share of the roots' length over which the mask closes the gap between them
};

/// The teeth are painted one by one into these (JawMaps, jaws.h).
struct ToothScene {
  const Plane& plane;
  Map& integral;
  Map& boneMm;
  ToothMaterial material = {};
};

/// A tooth takes the place of bone and brings enamel, dentine, pulp, and round its root the ligament's gap and the lamina dura. Its shadow.
Mask castTooth(ToothScene& scene, const PlacedTooth& tooth, const ToothLook& look = {});
/// Fillings, caps, root fillings, brackets; the crown and screw of an implant.
void castRestorations(ToothScene& scene, const PlacedTooth& tooth);
/// The arch wire of braces: straight pieces from bracket to bracket.
void castWire(ToothScene& scene, const DentalLayout& layout);

}  // namespace roundel::phantom
