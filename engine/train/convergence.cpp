#include "train/convergence.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace roundel {
namespace {

double median(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return static_cast<double>(*middle);
}

std::string percent(double part) { return std::to_string(static_cast<int>(std::lround(100 * part))) + " %"; }

}  // namespace

Convergence judgeConvergence(const std::vector<float>& losses, const std::vector<double>& validationDice, bool stoppedEarly) {
  if (stoppedEarly) return {true, "Stopped because the validation Dice no longer rose."};
  if (validationDice.size() >= 8) {
    const auto split = validationDice.begin() + static_cast<std::ptrdiff_t>(validationDice.size() * 3 / 4);
    const double before = *std::max_element(validationDice.begin(), split), after = *std::max_element(split, validationDice.end());
    if (after > before + 0.01)
      return {false, "Stopped before it converged: the validation Dice still rose by " +
                         std::to_string(static_cast<int>(std::lround(1000 * (after - before)))) +
                         " thousandths over the last quarter. More steps may help."};
    return {true, "The validation Dice no longer rose over the last quarter."};
  }
  if (losses.size() < 20) return {false, "Too few steps to tell whether it converged."};
  const std::size_t tenth = std::max<std::size_t>(losses.size() / 10, 2);
  // The tenth of the steps that ends at `part` of them.
  const auto level = [&](double part) {
    const auto end = losses.begin() + static_cast<std::ptrdiff_t>(std::lround(part * static_cast<double>(losses.size())));
    return median({end - static_cast<std::ptrdiff_t>(tenth), end});
  };
  const auto fall = [&](double from, double to) { return level(from) > 0 ? (level(from) - level(to)) / level(from) : 0.0; };
  const double largest = std::max(fall(0.4, 0.7), fall(0.7, 1.0));
  if (largest > 0.1)
    return {false,
            "Stopped before it converged: the loss still fell by " + percent(largest) + " over a third of the steps. More steps may help."};
  return {true, "The loss hardly fell over the last two thirds."};
}

double tailMean(const std::vector<float>& losses) {
  if (losses.empty()) return 0;
  const std::size_t count = std::max<std::size_t>(losses.size() / 10, 1);
  return std::accumulate(losses.end() - static_cast<std::ptrdiff_t>(count), losses.end(), 0.0) / static_cast<double>(count);
}

}  // namespace roundel
