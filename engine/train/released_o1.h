#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/annotation.h"
#include "core/prediction.h"
#include "models/generalist.h"

namespace roundel {

// SemiSAM-O1 as its published code does it (ALGORITHMS.md 5.1 to 5.3), for comparison: what lies outside of a centred cube is ground,
// labels are read at single voxels, and what is uncertain is a whole case, whose map is replaced by a vote of whole other cases. Classes
// exclude one another.

inline constexpr std::int64_t kReleasedSide = 128;  ///< of the cube, voxels

/// The part of an image inside the centred cube (of a picture: square).
PixelBox centredPart(Size size, std::int64_t side = kReleasedSide);

/// Prototypes of the ground and of every class: the mean of the vectors of cells whose first voxel is of it, of unit length; over several
/// cases the mean of those. Features and labels of the centred parts alone. A class without a cell has none.
class ReleasedPrototypes {
 public:
  ReleasedPrototypes(std::span<const FeatureMap> features, std::span<const std::vector<ClassAnnotation>> labels, int classCount);
  /// Certain labels on the whole grid: every voxel of the part gets what its nearest cell is most like. `features` of the part.
  Prediction propagate(const FeatureMap& features, const PixelBox& part, Size size) const;

 private:
  std::vector<std::vector<float>> m_vectors;  ///< ground first; empty: none
};

/// A case that takes part in the vote.
struct ReleasedCase {
  std::vector<float> feature;  ///< mean of all its vectors, of unit length
  Prediction labels;           ///< certain ones, of a labelled case its own
  double uncertainty = 0;      ///< mean entropy over all voxels; of a labelled case 0
  bool labelled = false;
};

std::vector<float> meanFeature(const FeatureMap& features);
/// Mean entropy of all voxels, natural logarithm, summed over classes.
double meanEntropy(const Prediction& belief);
/// Above one half is 1, the rest 0; of several classes above it the most probable one.
Prediction certain(const Prediction& belief);
/// Labels of classes that exclude one another as a prediction.
Prediction certain(const std::vector<ClassAnnotation>& labels, Size size);

/// The labels after one round, in order: those of unlabelled cases at or above the 0.9-quantile of uncertainty are replaced by the vote of
/// their 5 most similar certain cases, the others stay. `replaced`: which were.
std::vector<Prediction> releasedRefinement(const std::vector<ReleasedCase>& cases, std::vector<bool>& replaced);

}  // namespace roundel
