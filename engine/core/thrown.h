#pragma once
#include <exception>

#include "core/error.h"

namespace roundel {

/// Whatever was thrown, as an Error that a person can read: an Error as it is; memory, a disk that is full, a folder that may not be
/// written and a document of another form by their kind; everything else as a defect. Not for Cancelled, which is no error.
Error asError(const std::exception_ptr& thrown);

}  // namespace roundel
