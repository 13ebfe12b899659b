#include "edit/otsu.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace roundel {

float otsuThreshold(std::span<const float> values) {
  constexpr int kBins = 1024;
  float low = std::numeric_limits<float>::max(), high = std::numeric_limits<float>::lowest();
  for (const float value : values)
    if (std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  if (low > high) return 0;
  if (low == high) return low;
  const double width = (static_cast<double>(high) - low) / kBins;
  std::vector<std::int64_t> counts(kBins);
  for (const float value : values)
    if (std::isfinite(value))
      ++counts[static_cast<std::size_t>(std::min(kBins - 1, static_cast<int>((static_cast<double>(value) - low) / width)))];
  double all = 0, sum = 0;
  for (int i = 0; i < kBins; ++i) {
    all += static_cast<double>(counts[static_cast<std::size_t>(i)]);
    sum += static_cast<double>(counts[static_cast<std::size_t>(i)]) * i;
  }
  double below = 0, sumBelow = 0, best = -1;
  int first = 0, last = 0;  // every bin between two groups splits them alike: the middle is taken
  for (int i = 0; i + 1 < kBins; ++i) {
    below += static_cast<double>(counts[static_cast<std::size_t>(i)]);
    sumBelow += static_cast<double>(counts[static_cast<std::size_t>(i)]) * i;
    const double above = all - below;
    if (below == 0 || above == 0) continue;
    const double apart = sumBelow / below - (sum - sumBelow) / above, between = below * above * apart * apart;
    if (between > best) {
      best = between;
      first = i;
    }
    if (between >= best) last = i;
  }
  return static_cast<float>(low + width * ((first + last) / 2.0 + 1));
}

}  // namespace roundel
