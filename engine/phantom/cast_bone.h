#pragma once
#include "phantom/wrist_anatomy.h"

namespace roundel::phantom {

/// Adds a bone's cortex and marrow, less the soft tissue it displaces, to the line integrals. Its shadow.
Mask castBone(const Plane& plane, Map& integral, const Bone& bone, std::uint64_t texture);

}  // namespace roundel::phantom
