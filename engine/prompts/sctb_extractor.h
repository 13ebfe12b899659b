#pragma once
#include <memory>
#include <vector>

#include "prompts/prompt_extractor.h"

namespace roundel {

/// Where the positive point goes.
enum class SeedPlace {
  Centroid,       ///< centroid of the exclusive pixels, rounded half to even (the paper); may lie outside a concave shape
  NearestInside,  ///< the same, or where it is no exclusive pixel the exclusive pixel nearest to it
  Deepest         ///< the exclusive pixel farthest from every other; of equals the one nearest to the centroid
};

/// What one call of the generalist is given.
enum class CallContent { None, Box, Points, Positive, BoxAndPoints };

/// The prompts of SAM Carries the Burden (ALGORITHMS 6.4, 6.5): box; then one positive point and the other classes' as negatives.
struct SctbOptions {
  SeedPlace seed = SeedPlace::Centroid;
  int boxMargin = 0;      ///< pixels added on each side; the box stays in the image
  int maxNegatives = -1;  ///< the nearest ones to the positive point, nearest first; -1: all, by ascending class
  CallContent first = CallContent::Box;
  CallContent second = CallContent::Points;
};

std::vector<ParamSpec> sctbParams();
SctbOptions sctbOptions(const Params& params);
std::unique_ptr<PromptExtractor> makeSctbExtractor(const SctbOptions& options);

}  // namespace roundel
