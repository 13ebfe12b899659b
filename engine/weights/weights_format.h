#pragma once
#include "weights/mapped_file.h"

namespace roundel {

enum class WeightsFormat { PyTorch, Safetensors };

/// Which format the file's first bytes speak for; names do not count. Throws Error(BadInput, "bad-weights") where none does, and says
/// what the file is where that is a common mistake: empty, PyTorch's legacy format, a bare pickle, a web page, a pointer of
/// Git LFS, text, compressed, HDF5.
WeightsFormat recogniseWeights(const MappedFile& file);

}  // namespace roundel
