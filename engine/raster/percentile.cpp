#include "raster/percentile.h"

#include <algorithm>
#include <cmath>

namespace roundel {

double percentile(const std::vector<ValueCount>& ascending, double percent) {
  std::int64_t total = 0;
  for (const auto& entry : ascending) total += entry.count;
  const double rank = percent / 100.0 * static_cast<double>(total - 1);
  const auto lower = static_cast<std::int64_t>(std::floor(rank));
  const double share = rank - static_cast<double>(lower);
  std::int64_t before = 0;
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    before += ascending[i].count;
    if (lower >= before) continue;
    const double low = ascending[i].value;
    const double high = lower + 1 < before || i + 1 == ascending.size() ? low : ascending[i + 1].value;
    return low + share * (high - low);
  }
  return ascending.back().value;
}

double percentile(std::vector<double>& values, double percent) {
  const double rank = percent / 100.0 * static_cast<double>(values.size() - 1);
  const auto lower = static_cast<std::size_t>(std::floor(rank));
  const double share = rank - static_cast<double>(lower);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(lower);
  std::nth_element(values.begin(), at, values.end());
  const double low = *at;
  if (share <= 0 || at + 1 == values.end()) return low;
  return low + share * (*std::min_element(at + 1, values.end()) - low);
}

}  // namespace roundel
