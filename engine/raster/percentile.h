#pragma once
#include <cstdint>
#include <vector>

namespace roundel {

/// How often a value occurs.
struct ValueCount {
  double value = 0;
  std::int64_t count = 0;
};

/// The percentile (0..100) of distinct values in ascending order with their counts: linear interpolation between the
/// neighbouring ranks, as numpy does by default. The list must not be empty.
double percentile(const std::vector<ValueCount>& ascending, double percent);

/// The same of a plain list, which is reordered. The list must not be empty and hold no NaN.
double percentile(std::vector<double>& values, double percent);

}  // namespace roundel
