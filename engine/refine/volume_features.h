#pragma once
#include <functional>

#include "core/image.h"
#include "models/generalist.h"

namespace roundel {

/// Classical features of a volume, as classicalFeatures() of a picture but in space (ALGORITHMS.md 5.4b): the volume is first brought to
/// cells of `factor` voxels (means); then at scales of 1, 2 and 4 cells Gaussian, gradient magnitude, Laplacian and the three eigenvalues
/// of the Hessian; mean and deviation over 5^3 and 11^3 cells. Along an axis whose voxels are longer, scales are shorter by as much.
/// Every channel is standardised over the volume, a constant one is added, and every vector has length one.
FeatureMap classicalVolumeFeatures(const Image& volume, std::int64_t factor);

/// Features of every `factor`-th slice of a volume by whoever looks at pictures, one behind another; on a slice at most `cells` a side.
/// `of`: the features of one slice, grey in [0, 1].
FeatureMap sliceFeatures(const Image& volume, std::int64_t factor, std::int64_t cells, const std::function<FeatureMap(const Image&)>& of);

}  // namespace roundel
