#pragma once
#include "edit/edit_tool.h"
#include "edit/paint_surface.h"

namespace roundel {

/// The parameters of brush and eraser, for whoever paints live: params as resolveParams(findEditTool("brush").params, ...) gives them.
Brush brushOf(const Params& params);
/// The range of grey that the stroke keeps to; none where the gate is off. "similar" is centred on the pixel under the first point; a
/// first point outside the image makes it empty. Throws Error(Usage, "image-needed").
std::optional<IntensityGate> gateOf(const Params& params, const EditRequest& request);

}  // namespace roundel
