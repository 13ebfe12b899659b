#include "phantom/cast_bone.h"

#include "phantom/jaws.h"
#include "phantom/texture.h"

namespace roundel::phantom {

Mask castBone(const Plane& plane, Map& integral, const Bone& bone, std::uint64_t texture) {
  return castShadow(plane, bone.middle(), bone.reach(), [&](std::size_t pixel, Point mm) {
    const double outer = bone.chord(mm);
    if (outer <= 0) return false;
    const double inner = std::min(outer, bone.chord(mm, bone.wall));
    const double net =
        trabeculae(texture + static_cast<std::uint64_t>(bone.id) * 131, mm, bone.mesh, bone.turn + 1.5707963267948966, bone.stretch);
    integral[pixel] += static_cast<float>((Attenuation::kCortical - Attenuation::kSoft) * (outer - inner) +
                                          (bone.marrow * (1 + 0.4 * net) - 0.6 * Attenuation::kSoft) * inner);
    return true;
  });
}

}  // namespace roundel::phantom
