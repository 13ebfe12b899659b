#include "rounds/learning_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/random.h"
#include "core/shown_number.h"

namespace roundel {
namespace {

constexpr int kCurveResamples = 400;

/// Labelled cases beyond `from` at which the curve has risen by `gain` over its value there; infinity: never.
double labelsFor(const PowerLaw& curve, double from, double gain) {
  const double wanted = curve.at(from) + gain;
  if (wanted >= std::min(1.0, curve.a) || curve.b <= 0) return std::numeric_limits<double>::infinity();
  return std::pow(curve.b / (curve.a - wanted), 1.0 / curve.c) - from;
}

std::vector<std::pair<double, double>> means(const std::vector<LearningPoint>& points, const std::vector<std::size_t>& cases) {
  std::vector<std::pair<double, double>> result;
  for (const auto& point : points) {
    double sum = 0;
    for (const std::size_t index : cases) sum += point.caseDice[index];
    result.emplace_back(point.labels, sum / static_cast<double>(cases.size()));
  }
  return result;
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
}

}  // namespace

double PowerLaw::at(double labels) const { return a - b * std::pow(labels, -c); }

std::optional<PowerLaw> fitPowerLaw(const std::vector<std::pair<double, double>>& points) {
  if (points.size() < 3) return std::nullopt;
  std::optional<PowerLaw> best;
  double bestError = std::numeric_limits<double>::infinity();
  for (double c = 0.1; c <= 2.0001; c += 0.05) {
    // Linear least squares of y = a - b x with x = n^-c.
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    const double n = static_cast<double>(points.size());
    for (const auto& [labels, dice] : points) {
      const double x = std::pow(labels, -c);
      sx += x, sy += dice, sxx += x * x, sxy += x * dice;
    }
    const double determinant = n * sxx - sx * sx;
    if (determinant <= 0) return std::nullopt;
    double b = std::max(0.0, -(n * sxy - sx * sy) / determinant);
    double a = std::min(1.0, (sy + b * sx) / n);
    if (a == 1.0 && sxx > 0) b = std::max(0.0, (sx - sxy) / sxx);
    double error = 0;
    for (const auto& [labels, dice] : points) {
      const double miss = a - b * std::pow(labels, -c) - dice;
      error += miss * miss;
    }
    if (error < bestError - 1e-15) {
      bestError = error;
      best = PowerLaw{a, b, c};
    }
  }
  return best;
}

LearningForecast forecast(const std::vector<LearningPoint>& points, double gain, std::uint64_t seed) {
  LearningForecast result{.told = false, .sentence = "Cannot be told: fewer than three label counts were measured.", .gain = gain};
  const std::size_t count = points.empty() ? 0 : points.front().caseDice.size();
  if (std::any_of(points.begin(), points.end(), [&](const LearningPoint& one) { return one.caseDice.size() != count || count == 0; })) {
    result.sentence = "Cannot be told: the split has no test cases, or not the same ones were measured everywhere.";
    return result;
  }
  if (points.size() < 3) return result;
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto fit = fitPowerLaw(means(points, all));
  if (!fit) return result;
  result.curve = fit;
  const double last = points.back().labels;
  const double needed = labelsFor(*fit, last, gain);
  std::vector<double> resampled;
  Random random(seed, "learning-curve");
  for (int i = 0; i < kCurveResamples; ++i) {
    std::vector<std::size_t> cases(count);
    for (auto& index : cases) index = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(count)));
    const auto curve = fitPowerLaw(means(points, cases));
    resampled.push_back(curve ? labelsFor(*curve, last, gain) : std::numeric_limits<double>::infinity());
  }
  const double low = quantile(resampled, 0.05), high = quantile(resampled, 0.95);
  const double percent = gain * 100;
  const std::string points100 = shown(percent, std::abs(percent - std::round(percent)) < 0.05 ? 0 : 1);
  if (!std::isfinite(needed) || !std::isfinite(high) || high - low > 10 * needed) {
    result.sentence = "Cannot be told: these measurements do not say how many more labelled cases +" + points100 + " Dice would take.";
    return result;
  }
  result.told = true;
  result.moreLabels = needed, result.low = low, result.high = high;
  result.sentence = "About " + std::to_string(std::max(1L, std::lround(needed))) + " more labelled cases for +" + points100 +
                    " Dice (90 % interval " + std::to_string(std::max(1L, std::lround(low))) + " to " +
                    std::to_string(std::max(1L, std::lround(high))) + ").";
  return result;
}

Json toJson(const LearningForecast& forecast) {
  const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  const auto& curve = forecast.curve;
  return {{"told", forecast.told},
          {"sentence", forecast.sentence},
          {"curve", curve ? Json{{"a", curve->a}, {"b", curve->b}, {"c", curve->c}} : Json(nullptr)},
          {"gain", forecast.gain},
          {"more_labels", number(forecast.moreLabels)},
          {"low", number(forecast.low)},
          {"high", number(forecast.high)}};
}

}  // namespace roundel
