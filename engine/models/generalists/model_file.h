#pragma once
#include <filesystem>
#include <string>

#include "core/job.h"
#include "models/generalists/architectures.h"
#include "weights/state_dict.h"

namespace roundel {

/// A weight file, opened: its tensors and what is asked of them first.
struct ModelFile {
  StateDict state;
  TensorShapes shapes;
  std::string extension;  ///< ".pth" or ".safetensors", by its content
};

/// Throws Error(BadInput, "unreadable-file" | "bad-weights").
ModelFile openModelFile(const std::filesystem::path& file, Checksums checksums = Checksums::Verify);

/// Every value that the architecture needs is a finite number. Throws Error(BadInput, "bad-weights") that names the tensor.
void requireNumbers(const ModelFile& file, const Architecture& architecture, Job& job);

}  // namespace roundel
