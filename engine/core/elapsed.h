#pragma once
#include <chrono>

namespace roundel {

/// Seconds of wall clock since a moment, never negative.
inline double secondsSince(std::chrono::steady_clock::time_point moment) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - moment).count();
}

/// Milliseconds of wall clock since a moment, never negative.
inline double millisecondsSince(std::chrono::steady_clock::time_point moment) { return 1000 * secondsSince(moment); }

}  // namespace roundel
