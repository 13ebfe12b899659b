#include "phantom/cast_bone.h"

#include "phantom/jaws.h"
#include "phantom/texture.h"

namespace roundel::phantom {

Mask castBone(const Plane& plane, Map& integral, const Bone& bone, std::uint64_t texture) {
  Trabeculae beams(texture + static_cast<std::uint64_t>(bone.id) * 131, bone.mesh, bone.turn + 1.5707963267948966, bone.stretch);
  const double c = std::cos(bone.turn), s = std::sin(bone.turn);
  const auto range = PixelRange::around(plane, bone.middle(), bone.reach()).within(plane, bone.corners());
  return castShadow(plane, range, [&](std::size_t pixel, Point mm) {
    const double dx = mm.x - bone.origin.x, dy = mm.y - bone.origin.y;
    const Point local{c * dx + s * dy, -s * dx + c * dy};
    const double outer = bone.chordAt(local);
    if (outer <= 0) return false;
    const double inner = std::min(outer, bone.chordAt(local, bone.wall));
    const double net = beams.at(mm);
    integral[pixel] += static_cast<float>((Attenuation::kCortical - Attenuation::kSoft) * (outer - inner) +
                                          (bone.marrow * (1 + 0.4 * net) - 0.6 * Attenuation::kSoft) * inner);
    return true;
  });
}

}  // namespace roundel::phantom
