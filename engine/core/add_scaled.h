#pragma once
#include <cstdint>

namespace roundel {

/// to[i] += weight * from[i] for `count` numbers; the two do not overlap.
inline void addScaled(float* to, const float* from, float weight, std::int64_t count) {
  constexpr std::int64_t kBlock = 8;  // a fixed count becomes vector instructions
  std::int64_t i = 0;
  for (; i + kBlock <= count; i += kBlock)
    for (std::int64_t k = 0; k < kBlock; ++k) to[i + k] += weight * from[i + k];
  for (; i < count; ++i) to[i] += weight * from[i];
}

}  // namespace roundel
