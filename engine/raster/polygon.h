#pragma once
#include <span>
#include <vector>

#include "core/mask.h"

namespace roundel {

/// A corner of an outline in the coordinates of COCO, CVAT and labelme: pixel (i, j) covers i..i+1 by j..j+1, so its centre
/// lies at i + 0.5. (Roundel's own coordinates have the centre at i.)
struct OutlinePoint {
  double x = 0, y = 0;
  bool operator==(const OutlinePoint&) const = default;
};
using Outline = std::vector<OutlinePoint>;

/// The pixels whose centre lies inside the outline, by the even-odd rule. A centre on the outline belongs to the pixel on the
/// right of a left edge and below an upper edge, so outlines that share an edge share no pixel. The part outside the image is
/// cut off. A closed last point (equal to the first) makes no difference.
/// Throws Error(BadInput, "bad-outline") on fewer than 3 points, a coordinate that is no number or lies more than a million
/// pixels away, or an outline that crosses more than 64 million lines.
Mask maskFromOutline(Size size, const Outline& outline);

/// The pixels whose centre lies within `radius` of the centre. Throws as above.
Mask maskFromCircle(Size size, OutlinePoint centre, double radius);

/// The outlines of a 2-D mask along the borders of its pixels, one for every 4-connected part: drawn with maskFromOutline and
/// united, they give back the mask exactly. A hole is joined to the outline around it by a cut of no width.
std::vector<Outline> outlinesOf(const Mask& mask);

}  // namespace roundel
