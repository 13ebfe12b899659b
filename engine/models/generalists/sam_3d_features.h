#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <functional>

#include "models/generalist.h"
#include "models/generalists/volume_frame.h"

namespace roundel {

/// The features of a whole volume from those of cubes of `side` voxels, `grid` places along a side of each (ALGORITHMS.md 5.4b): cubes with
/// half overlap, all on one grid of places that begins with the volume; places that lie in several are averaged; each is of length 1.
/// A volume smaller than a cube lies in its middle. `encode`: a cube's features [C, grid, grid, grid]. The map is in the image's order of
/// axes; its places are those whose larger part lies on the volume.
FeatureMap tiledFeatures(const VolumeFrame& frame, std::int64_t side, std::int64_t grid,
                         const std::function<torch::Tensor(const CubeCrop&)>& encode);

}  // namespace roundel
