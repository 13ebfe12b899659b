#pragma once
#include <vector>

#include "core/mask.h"
#include "core/param_spec.h"
#include "core/prediction.h"
#include "raster/components.h"
#include "raster/morphology.h"

namespace roundel {

/// Which connected component of a class is taken for the object.
enum class KeptComponent {
  HighestMean,  ///< of highest mean probability (the paper; ALGORITHMS 6.3); of equals the one whose last pixel comes first
  Largest,      ///< of most pixels; of equals the one whose first pixel comes first
  All
};

enum class MorphologyStep { None, Dilate, Erode, Open, Close };

/// From probabilities to one clean mask a class. The defaults are the paper's.
struct CleaningOptions {
  double threshold = 0.5;  ///< strictly above is in
  Connectivity connectivity = Connectivity::Corners;
  KeptComponent keep = KeptComponent::HighestMean;
  /// Done last, on the kept component, and seen by the prompts (in the authors' code it only reached the plots).
  MorphologyStep morphology = MorphologyStep::None;
  StructuringElement element = {};
};

/// A class of a prediction after cleaning.
struct CleanedClass {
  Mask mask;                   ///< empty where no pixel is above the threshold, or an erosion took all
  double meanProbability = 0;  ///< of the prediction over the kept component before morphology; 0 for an empty mask
  int componentCount = 0;      ///< before one was chosen
};

/// One entry a class, in order. Works on run lengths; the classes are spread over `threads` threads (0: all cores), and the
/// result does not depend on their number.
std::vector<CleanedClass> cleaned(const Prediction& prediction, const CleaningOptions& options, int threads = 0);

/// The same for one class: probabilities [z][y][x].
CleanedClass cleanedClass(std::span<const float> probabilities, Size size, const CleaningOptions& options);

/// The masks alone, for extractors.
std::vector<Mask> masksOf(const std::vector<CleanedClass>& classes);

/// The options as parameters of the command line: threshold, connectivity, component, morphology, element, radius.
std::vector<ParamSpec> cleaningParams();
CleaningOptions cleaningOptions(const Params& params);

}  // namespace roundel
