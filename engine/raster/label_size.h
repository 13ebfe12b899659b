#pragma once
#include <cstdint>

#include "core/geometry.h"

namespace roundel {

inline constexpr std::int64_t kMostLabelPixels = std::int64_t{1} << 28;

/// Images that label formats describe: neither side above 65,535 pixels, 2^28 pixels in all, so that no file can ask for more
/// memory than a workstation has. Throws Error(BadInput, "bad-size"), of a volume Error(BadInput, "not-2d").
void requireLabelSize(Size size);

}  // namespace roundel
