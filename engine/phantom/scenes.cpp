#include "phantom/scenes.h"

#include "core/error.h"
#include "core/param_spec.h"
#include "phantom/scene_canvas.h"
#include "phantom/volume_canvas.h"

namespace roundel {

namespace {
struct Family {
  SceneFamily facts;
  PromptableScene (*make)(std::uint64_t seed, std::uint64_t index);
};

const std::vector<Family>& families() {
  static const std::vector<Family> all{
      {{"teeth", "Rows of teeth in jaws, as a panoramic machine casts them", false}, phantom::makeTeethScene},
      {{"wrist", "A child's wrist, bone by bone", false}, phantom::makeWristScene},
      {{"bones", "Long and short bones that cross and touch", false}, phantom::makeBonesScene},
      {{"bodies", "Smooth and cornered bodies, alone, touching, hidden by others and inside one another", false}, phantom::makeBodiesScene},
      {{"overlap", "Translucent bodies whose shadows add up", false}, phantom::makeOverlapScene},
      {{"tubes", "Vessels and other tubes with branches", false}, phantom::makeTubesScene},
      {{"organs", "A section with organs side by side and lesions in them", false}, phantom::makeOrgansScene},
      {{"devices", "Screws, plates and wires over soft shadows", false}, phantom::makeDevicesScene},
      {{"cells", "Cells wall to wall, with nuclei", true}, phantom::makeCellsScene},
      {{"volume-organs", "Organs side by side, with lesions in them", false, 3}, phantom::makeVolumeOrgansScene},
      {{"curved", "Curved bodies of two parts among others of much the same grey", false, 3}, phantom::makeCurvedScene},
      {{"folds", "A head with a thin bent tail among folded sheets of the same grey", false, 3}, phantom::makeFoldsScene},
      {{"chambers", "Chambers of one pool behind thin walls, with vessels that leave them", false, 3}, phantom::makeChambersScene},
      {{"vessels", "Trees of vessels, with aneurysms", false, 3}, phantom::makeVesselsScene},
      {{"volume-bones", "Bones with cortex and spongiosa that touch", false, 3}, phantom::makeVolumeBonesScene},
      {{"lesions", "Lesions in textured tissue", false, 3}, phantom::makeLesionsScene},
      {{"volume-cells", "Cells wall to wall in a volume", true, 3}, phantom::makeVolumeCellsScene},
  };
  return all;
}

const Family& find(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& family : families()) {
    if (family.facts.name == name) return family;
    names.push_back(family.facts.name);
  }
  const std::string nearest = nearestName(name, names);
  throw Error(ErrorKind::Usage, "unknown-family", "There is no family of scenes named " + name + ".",
              {.remedy = nearest.empty() ? "" : "Did you mean " + nearest + "?"});
}
}  // namespace

const std::vector<SceneFamily>& sceneFamilies(int dimensions) {
  const auto those = [](int wanted) {
    std::vector<SceneFamily> list;
    for (const auto& family : families())
      if (family.facts.dimensions == wanted) list.push_back(family.facts);
    return list;
  };
  static const std::vector<SceneFamily> pictures = those(2), volumes = those(3);
  return dimensions == 3 ? volumes : pictures;
}

const SceneFamily& findSceneFamily(const std::string& name) { return find(name).facts; }

PromptableScene makeScene(const std::string& family, std::uint64_t seed, std::uint64_t index) {
  const Family& wanted = find(family);
  // One scene in thousands has nothing left in it that can be pointed at: another is drawn in its place.
  constexpr int kAttempts = 8;
  constexpr std::uint64_t kFar = std::uint64_t{1} << 48;
  for (int attempt = 1;; ++attempt, index += kFar) {
    try {
      return wanted.make(seed, index);
    } catch (const Error& error) {
      if (error.code() != "empty-scene" || attempt == kAttempts) throw;
    }
  }
}

}  // namespace roundel
