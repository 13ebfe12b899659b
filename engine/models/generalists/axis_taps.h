#pragma once
#include <cstdint>
#include <vector>

namespace roundel {

/// Which samples of an axis a place of a piece looks at, and how much of each.
struct AxisTaps {
  std::int64_t first = 0;
  std::vector<float> shares;
};

/// `side` places over the stretch that begins at `start` (sample i covers i .. i + 1): each the mean of what it covers, a triangle as wide
/// as a place, one sample at least.
std::vector<AxisTaps> axisTaps(double start, double length, int side);

/// The other way: where the middle of a sample lies between two places of a piece; the piece's edge goes on.
struct BetweenPlaces {
  int first;
  float share;  ///< of the second
};
std::vector<BetweenPlaces> placesBetween(std::int64_t from, std::int64_t to, double start, double length, int side);

}  // namespace roundel
