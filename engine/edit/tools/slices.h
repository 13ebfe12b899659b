#pragma once
#include "edit/work_grid.h"

namespace roundel {

/// Slices of a volume along one axis, for the tools that work across them.
std::int64_t sliceCount(const EditRequest& request);
/// The same request on another slice of the same axis.
EditRequest onSlice(const EditRequest& request, std::int64_t index);

}  // namespace roundel
