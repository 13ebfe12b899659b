#include "models/generalists/axis_taps.h"

#include <algorithm>
#include <cmath>

namespace roundel {

std::vector<AxisTaps> axisTaps(double start, double length, int side) {
  std::vector<AxisTaps> all;
  const double step = length / side, reach = std::max(1.0, step);
  for (int i = 0; i < side; ++i) {
    const double middle = start + (i + 0.5) * step - 0.5;  // in places of samples' middles
    AxisTaps taps{.first = static_cast<std::int64_t>(std::ceil(middle - reach))};
    double sum = 0;
    for (std::int64_t k = taps.first; static_cast<double>(k) < middle + reach; ++k) {
      const double share = std::max(0.0, 1 - std::abs(static_cast<double>(k) - middle) / reach);
      taps.shares.push_back(static_cast<float>(share));
      sum += share;
    }
    if (sum <= 0) taps = {.first = static_cast<std::int64_t>(std::llround(middle)), .shares = {1.0F}}, sum = 1;
    for (auto& share : taps.shares) share /= static_cast<float>(sum);
    all.push_back(std::move(taps));
  }
  return all;
}

std::vector<BetweenPlaces> placesBetween(std::int64_t from, std::int64_t to, double start, double length, int side) {
  std::vector<BetweenPlaces> places;
  for (std::int64_t i = from; i < to; ++i) {
    const double place = std::clamp((static_cast<double>(i) + 0.5 - start) / length * side - 0.5, 0.0, side - 1.0);
    const int at = std::min(static_cast<int>(place), side - 2);
    places.push_back({at, static_cast<float>(place - at)});
  }
  return places;
}

}  // namespace roundel
