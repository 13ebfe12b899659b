#pragma once
#include <cstddef>

#include "core/mask.h"
#include "service/session_folder.h"

namespace roundel {

/// {"size": [x, y, z], "runs": [start, length, ...]}. Where the runs' text takes more than `inlineBytes`, which falls by what it takes,
/// the runs lie in the session's folder: "runs": {path, offset, bytes, dtype, shape: [runs, 2], sha256}.
Json maskMessage(const Mask& mask, std::size_t& inlineBytes, SessionFolder& folder, const RequestId& caseId);

/// A mask that the client sent inline. Throws Error(BadInput, "bad-mask") where it is not of this form or not on the image's grid.
Mask maskFromMessage(const RequestBody& message, Size imageSize);

}  // namespace roundel
