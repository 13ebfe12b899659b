#pragma once
#include "phantom/phantom.h"

namespace roundel::phantom {

/// A case of that kind with its name, grid and classes, every class absent, the picture still to be made.
PhantomCase emptyCase(PhantomKind kind, const PhantomOptions& options, std::int64_t index, double mmPerPixel);

/// makeWrist(), exposed with quick noise where that is asked for (see Exposure).
PhantomCase makeWristCase(const PhantomOptions& options, std::uint64_t seed, std::int64_t index, bool quickNoise);

}  // namespace roundel::phantom
