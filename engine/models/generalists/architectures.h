#pragma once
#include <string>
#include <vector>

#include "models/generalist.h"
#include "weights/state_dict_comparison.h"

namespace roundel {

/// A network of the SAM family that Roundel computes.
struct Architecture {
  std::string name;     ///< "sam_vit_b"
  std::string title;    ///< "Segment Anything, ViT-B"
  std::string goodFor;  ///< a sentence
  std::string licence;  ///< under which its publishers give the weights
  bool nonCommercial = false;
  GeneralistTraits traits;
  /// Another architecture of the very same tensors that differs in what surrounds them: MedSAM is SAM ViT-B with pictures prepared
  /// in another way. Such a file cannot be told from its tensors. Empty: none.
  std::string twinOf = {};
};

/// Segment Anything in sizes of its own: they are read off the tensors.
inline constexpr const char* kUnpublishedSam = "sam_unpublished";

/// What `generalist train` and `generalist adapt` make (nn/crop_network.h), in its default form.
inline constexpr const char* kCropNetwork = "roundel_crop_2d";
/// The same for volumes (nn/cube_network.h).
inline constexpr const char* kCubeNetwork = "roundel_cube_3d";

/// All of them; twins after those that they are twins of.
const std::vector<Architecture>& architectures();
/// Throws Error(Usage, "unknown-architecture") that names the nearest one.
const Architecture& findArchitecture(const std::string& name);
/// What it needs, from the network's own code; for kUnpublishedSam in the sizes that the tensors speak of, none where they speak of
/// no such network.
std::vector<ExpectedTensor> neededTensors(const Architecture& architecture, const StateDict& weights);

/// A weight file of a publisher, known by its content.
struct PublishedWeights {
  std::string sha256;
  std::string name;  ///< "sam_vit_b_01ec64"
  std::string architecture;
};
const std::vector<PublishedWeights>& publishedWeights();

/// Weights and the architecture that they are of.
struct Recognition {
  const Architecture* architecture = nullptr;
  std::vector<std::string> unexpected;  ///< tensors that are neither needed nor known to lie in such files
  std::string name;                     ///< for a file whose content is not known: the architecture's, or that of its kind in it
};

/// The architecture that the weights are of, found from names and shapes alone; every value of it is a finite number. Throws
/// Error(BadInput, "unknown-architecture") where none of the tensors is known, and Error(BadInput, "bad-weights") with the nearest
/// architecture and the first thing that is wrong: the tensor, what is needed, what was found.
Recognition recognise(const StateDict& weights);
/// The same for one architecture only.
Recognition requireArchitecture(const StateDict& weights, const Architecture& architecture);

}  // namespace roundel
