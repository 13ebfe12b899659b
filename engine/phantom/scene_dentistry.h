#pragma once
#include <vector>

#include "core/random.h"
#include "phantom/cast_tooth.h"

namespace roundel::phantom {

/// What makes the teeth of a scene as hard as people's: roots that fade, bridges, metal, and truth that a hand has drawn.
struct DentalTroubles {
  std::vector<ToothLook> looks;  ///< one a tooth of the layout
  double ceiling = 0;            ///< line integral over which all is equally white, over the 0.9 quantile of the picture; 0: none
  bool byHand = false;           ///< masks are drawn as polygons
  double tolerance = 1;          ///< pixels of a middling tooth that such a polygon may miss
  double generous = 0;           ///< pixels of a middling tooth by which it is too wide
};

/// Draws them, and changes the layout's restorations to suit. Bridges lie around tooth `chosen` more often than elsewhere.
DentalTroubles drawTroubles(DentalLayout& layout, std::size_t chosen, Random& random);

/// A mask as a person draws it: a polygon of few straight sides around its largest part, a little too wide.
Mask drawnByHand(const Mask& mask, double tolerance, double generous, Random& random);

/// Cuts the line integrals off: what is denser is as white as metal is.
void burnOut(Map& integral, double ceiling);

}  // namespace roundel::phantom
