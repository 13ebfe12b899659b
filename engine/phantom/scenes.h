#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/image.h"
#include "core/mask.h"

namespace roundel {

/// A picture or a volume with things in it that can be pointed at: what a generalist learns from and is measured on.
struct PromptableScene {
  std::string family;
  Image image;                   ///< grey in [0, 1], without spacing
  std::vector<Mask> structures;  ///< exact, at least kSmallestStructure pixels (kSmallestVolumeStructure voxels) each; they may overlap and
                                 ///< lie inside one another
};

/// A kind of scene.
struct SceneFamily {
  std::string name;
  std::string sentence;
  bool heldOut = false;  ///< never trained on: what is measured there was not learnt there
  int dimensions = 2;    ///< 2: pictures; 3: volumes
};

inline constexpr std::int64_t kSmallestStructure = 24;
inline constexpr std::int64_t kSmallestVolumeStructure = 60;

/// All of pictures, or all of volumes; the held-out one last.
const std::vector<SceneFamily>& sceneFamilies(int dimensions = 2);
/// Throws Error(Usage, "unknown-family") that names the nearest one.
const SceneFamily& findSceneFamily(const std::string& name);

/// Scene `index` of a family: a function of (family, seed, index) alone. Pictures have 144 to 256 pixels
/// a side, volumes 44 to 72; one structure at least.
PromptableScene makeScene(const std::string& family, std::uint64_t seed, std::uint64_t index);

}  // namespace roundel
