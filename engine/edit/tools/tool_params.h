#pragma once
#include <array>
#include <string>

#include "edit/work_grid.h"
#include "raster/components.h"

namespace roundel {

/// "action": what a region does to the class: add, remove, or replace what the class is on the slice or in the volume.
ParamSpec actionParam();
LabelEdit regionEdit(const EditRequest& request, const WorkGrid& grid, const Mask& region, const Params& params, const std::string& name);

/// "connectivity": sides or corners.
ParamSpec connectivityParam();
Connectivity connectivityOf(const Params& params);

/// "unit": px or mm.
ParamSpec unitParam(const std::string& ofWhat);
/// Spacing of the grid in the unit asked for: ones for pixels.
std::array<double, 3> spacingIn(const Params& params, const WorkGrid& grid);

/// The pixels with low <= value <= high; NaN is never in.
Mask maskBetween(const std::vector<float>& values, const Size& size, float low, float high);
/// The components of a mask that hold one of the pixels (flat indices; those below 0 are passed over).
Mask componentsAt(const Mask& mask, Connectivity connectivity, const std::vector<std::int64_t>& pixels);
/// The pixels under the request's points.
std::vector<std::int64_t> pixelsOf(const EditRequest& request, const WorkGrid& grid);
/// Every pixel of a grid, and every one that is not in a mask.
Mask wholeMask(const Size& size);
Mask complementOf(const Mask& mask);

}  // namespace roundel
