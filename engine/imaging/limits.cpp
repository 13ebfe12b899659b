#include "imaging/limits.h"

#include <algorithm>

namespace roundel {

std::uint64_t memoryFor(const DecodeLimits& limits, std::uint64_t needBytes) {
  return std::max(limits.memoryBytes, (std::uint64_t{512} << 20) + 4 * needBytes);
}

std::uint64_t freeMemoryFor(std::uint64_t needBytes, PixelUse use) {
  return (std::uint64_t{64} << 20) + (use == PixelUse::HandOver ? 3 : 1) * needBytes;
}

double secondsFor(const DecodeLimits& limits, std::uint64_t needBytes) {
  return limits.seconds * static_cast<double>(1 + needBytes / (std::uint64_t{256} << 20));
}

}  // namespace roundel
