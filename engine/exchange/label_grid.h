#pragma once
#include <string>

#include "core/param_spec.h"
#include "exchange/label_map.h"

namespace roundel {

/// How a label map finds its place on its image.
enum class LabelGrid {
  Geometry,  ///< by where both say that they lie in the patient; where one of them does not say, by the order of voxels
  Index      ///< by the order of voxels, whatever the headers say
};

/// The parameter `grid` of formats that hold label maps, and its value.
ParamSpec labelGridParam();
LabelGrid labelGridOf(const Params& params);

/// What came of bringing a label map onto its image's grid.
struct LabelFit {
  std::string problem = {};  ///< a sentence: it cannot be used; empty: it fits
  std::string code = {};     ///< of the problem: "size-mismatch" or "grid-mismatch"
  std::string notice = {};   ///< a sentence: it was turned, or covers a part of the image alone; empty: nothing to tell
};

/// Brings the map onto the image's grid where both lie on the same voxels in another order (axes exchanged or mirrored, or a part
/// of them). Anything else would need resampling, which changes labels: a problem. `name`: the case, for the sentences.
LabelFit fitToImage(LabelMap& map, const ImageFacts& image, const std::string& name, LabelGrid by);

}  // namespace roundel
