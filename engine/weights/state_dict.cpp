#include "weights/state_dict.h"

#include "weights/pytorch_file.h"
#include "weights/refusal.h"
#include "weights/safetensors.h"
#include "weights/weights_format.h"

namespace roundel {
namespace {

StateDict readSafetensors(const MappedFile& mapped) {
  const SafetensorsFile file = SafetensorsFile::open(mapped);
  StateDict weights{.path = mapped.path(), .format = "safetensors", .mapping = mapped.owner(), .metadata = file.metadata()};
  for (const auto& [name, view] : file.tensors())
    weights.tensors.emplace_hint(weights.tensors.end(), name,
                                 StridedTensor{view.dtype, view.shape, rowMajorStrides(view.shape), view.bytes});
  return weights;
}

bool allBeginWith(const StateDict& weights, const std::string& prefix) {
  for (const auto& [name, tensor] : weights.tensors)
    if (!name.starts_with(prefix) || name.size() == prefix.size()) return false;
  return true;
}

/// What wrappers for several GPUs and for compilation put before every name.
void stripPrefixes(StateDict& weights) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string prefix : {"module.", "_orig_mod."}) {
      if (!allBeginWith(weights, prefix)) continue;
      std::map<std::string, StridedTensor> stripped;
      while (!weights.tensors.empty()) {
        auto node = weights.tensors.extract(weights.tensors.begin());
        node.key().erase(0, prefix.size());
        stripped.insert(stripped.end(), std::move(node));
      }
      weights.tensors = std::move(stripped);
      weights.prefix += prefix;
      again = true;
    }
  }
}

}  // namespace

StateDict readStateDict(const std::filesystem::path& path, Checksums checksums) { return readStateDict(MappedFile::open(path), checksums); }

StateDict readStateDict(const MappedFile& mapped, Checksums checksums) {
  StateDict weights = recogniseWeights(mapped) == WeightsFormat::PyTorch ? readPyTorchFile(mapped, checksums) : readSafetensors(mapped);
  if (weights.tensors.empty()) refuseWeights(mapped.path(), "there are no tensors in it", kSaveAgain);
  stripPrefixes(weights);
  return weights;
}

}  // namespace roundel
