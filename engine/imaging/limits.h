#pragma once
#include <cstdint>

namespace roundel {

/// What the decoding of one foreign file may cost. Both grow with what the file's header honestly needs: its sizes are checked
/// against the bytes that the file really has before anything is allocated.
struct DecodeLimits {
  std::uint64_t memoryBytes = std::uint64_t{2} << 30;        ///< for a file that needs little
  double seconds = 10;                                       ///< wall and processor time
  std::uint64_t largestImageBytes = std::uint64_t{8} << 30;  ///< decoded pixels beyond this are refused
  std::uint64_t freeBytes = 0;                               ///< memory that may be counted on; 0: what the machine has free at that moment
};

/// What the machine needs free for an image whose decoded pixels take `needBytes`: the pixels in the decoder, on their way, and with
/// whoever asked for them and works on them as 32-bit numbers; where they stay in the decoder, a third of it.
enum class PixelUse { HandOver, LookOnly };
std::uint64_t freeMemoryFor(std::uint64_t needBytes, PixelUse use);

/// Memory for an image whose decoded pixels take `needBytes`: the file's bytes, the decoder's buffer, the values and some air.
std::uint64_t memoryFor(const DecodeLimits& limits, std::uint64_t needBytes);
/// Time for the same: the limit for every 256 MB begun.
double secondsFor(const DecodeLimits& limits, std::uint64_t needBytes);

}  // namespace roundel
