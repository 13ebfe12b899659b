#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/generalist.h"

namespace roundel {

/// Tensors of a checkpoint by name: their shapes.
using TensorShapes = std::map<std::string, std::vector<std::int64_t>>;

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

/// All of them; twins after those that they are twins of.
const std::vector<Architecture>& architectures();
/// Throws Error(Usage, "unknown-architecture") that names the nearest one.
const Architecture& findArchitecture(const std::string& name);
/// What it needs, from the network's own code; for kUnpublishedSam in the sizes that the tensors speak of.
TensorShapes neededTensors(const Architecture& architecture, const TensorShapes& found);

/// A weight file of a publisher, known by its content.
struct PublishedWeights {
  std::string sha256;
  std::string name;  ///< "sam_vit_b_01ec64"
  std::string architecture;
};
const std::vector<PublishedWeights>& publishedWeights();

/// How a file's tensors compare with what an architecture needs.
struct TensorComparison {
  std::string architecture;
  std::vector<std::string> missing;
  std::vector<std::string> unexpected;   ///< in the file and not needed
  std::vector<std::string> wrongShapes;  ///< "image_encoder.pos_embed is 1 x 8 x 8 x 32 where 1 x 64 x 64 x 768 is needed"
  std::size_t agreeing = 0;

  bool fits() const { return agreeing > 0 && missing.empty() && wrongShapes.empty(); }
};
TensorComparison compare(const TensorShapes& found, const Architecture& architecture);

/// The architecture that the tensors are of, found from names and shapes alone. Throws Error(BadInput, "unknown-architecture")
/// with the nearest one and the first thing that is wrong with it; `file` is how the message calls the file.
TensorComparison recognise(const TensorShapes& found, const std::string& file);

/// The architecture's family, whatever it is called: recognise() among one only. Throws as above.
TensorComparison requireFit(const TensorShapes& found, const Architecture& architecture, const std::string& file);

}  // namespace roundel
