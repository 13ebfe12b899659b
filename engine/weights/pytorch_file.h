#pragma once
#include "weights/mapped_file.h"
#include "weights/state_dict.h"

namespace roundel {

/// Reads what torch.save has written since PyTorch 1.6: a zip archive with one folder that holds data.pkl (a pickle, protocol 2),
/// data/<key> (the storages, little-endian) and byteorder (since 2.1). Prefixes of names are left as they are, and the tensors may be
/// none: `readStateDict` is the way in. Throws as that does.
StateDict readPyTorchFile(const MappedFile& file, Checksums checksums);

}  // namespace roundel
