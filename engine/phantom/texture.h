#pragma once
#include <cstdint>

#include "phantom/plane.h"

namespace roundel::phantom {

/// Smooth noise over a plane or a volume, a function of the key and the place alone: about evenly spread in [-1, 1], detail of
/// size 1. Hashed lattice values with smooth interpolation (Perlin's value noise).
double latticeNoise(std::uint64_t key, double x, double y);
double latticeNoise(std::uint64_t key, double x, double y, double z);

/// Trabeculae: a net of fine bright beams, about [-1, 1]. `along` is the beams' direction in radians, `stretch` (>= 1) how much
/// longer than wide their meshes are, `meshMm` a mesh's width.
double trabeculae(std::uint64_t key, Point mm, double meshMm, double along, double stretch);

}  // namespace roundel::phantom
