#include "train/schedules.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace roundel {

double sigmoidRampUp(double x, double length) {
  if (length <= 0) return 1.0;
  const double left = 1.0 - std::clamp(x, 0.0, length) / length;
  return std::exp(-5.0 * left * left);
}

double linearRampUp(double x, double length) { return length <= 0 ? 1.0 : std::clamp(x / length, 0.0, 1.0); }

double cosineRate(double x, double length, double first, double last) {
  if (length <= 0) return last;
  const double part = std::clamp(x / length, 0.0, 1.0);
  return last + (first - last) * 0.5 * (1.0 + std::cos(std::numbers::pi * part));
}

double polynomialRate(double x, double length, double first, double power) {
  if (x >= length || length <= 0) return 0.0;
  return first * std::pow(1.0 - std::max(x, 0.0) / length, power);
}

double steppedRate(std::int64_t x, std::int64_t every, double first) { return first * std::pow(0.1, static_cast<double>(x / every)); }

double cappedDecay(std::int64_t step, double limit) { return std::min(1.0 - 1.0 / (static_cast<double>(step) + 1.0), limit); }

}  // namespace roundel
