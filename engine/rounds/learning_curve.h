#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"

namespace roundel {

/// Test Dice of the same cases at one number of labelled cases.
struct LearningPoint {
  int labels = 0;
  std::vector<double> caseDice;  ///< one a test case, the same cases in the same order at every point
};

/// A power law through the points: dice(n) = a - b n^-c, with 0 <= a <= 1, b >= 0, 0.1 <= c <= 2.
struct PowerLaw {
  double a = 0, b = 0, c = 0;
  double at(double labels) const;
};

/// What more labels would bring, with a 90 % interval from resampling the test cases.
struct LearningForecast {
  bool told = false;                                           ///< false: it cannot be told from these points
  std::string sentence;                                        ///< for a person
  std::optional<PowerLaw> curve = {};                          ///< none: too few points, or nothing was measured
  double gain = 0.02;                                          ///< Dice asked for beyond the last point
  std::optional<double> moreLabels = {}, low = {}, high = {};  ///< labelled cases needed for it, beyond the last point
};

/// Least squares over a grid of c. Needs three points of different size; fewer: nothing.
std::optional<PowerLaw> fitPowerLaw(const std::vector<std::pair<double, double>>& points);

/// `gain` in Dice, e.g. 0.02. It "cannot be told" with fewer than three points, where the curve does not rise, where the gain
/// lies beyond the curve's own ceiling, or where the interval is wider than ten times its centre.
LearningForecast forecast(const std::vector<LearningPoint>& points, double gain, std::uint64_t seed);

Json toJson(const LearningForecast& forecast);

}  // namespace roundel
