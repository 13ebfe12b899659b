#include "quality/dice_estimator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/error.h"

namespace roundel {
namespace {

constexpr double kLowest = 0.02, kHighest = 0.98;  // of a Dice before its logit
constexpr double kShrink = 5;                      // samples that weigh as much as "no difference between classes"

double logit(double dice) {
  const double p = std::clamp(dice, kLowest, kHighest);
  return std::log(p / (1 - p));
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

template <std::size_t N>
std::array<double, N> solved(std::array<std::array<double, N>, N> a, std::array<double, N> b) {
  // Gauss elimination with pivots; the matrix is positive definite through its ridge.
  for (std::size_t i = 0; i < N; ++i) {
    std::size_t pivot = i;
    for (std::size_t r = i + 1; r < N; ++r)
      if (std::abs(a[r][i]) > std::abs(a[pivot][i])) pivot = r;
    std::swap(a[i], a[pivot]);
    std::swap(b[i], b[pivot]);
    for (std::size_t r = i + 1; r < N; ++r) {
      const double factor = a[r][i] / a[i][i];
      for (std::size_t c = i; c < N; ++c) a[r][c] -= factor * a[i][c];
      b[r] -= factor * b[i];
    }
  }
  std::array<double, N> x{};
  for (std::size_t i = N; i-- > 0;) {
    double sum = b[i];
    for (std::size_t c = i + 1; c < N; ++c) sum -= a[i][c] * x[c];
    x[i] = sum / a[i][i];
  }
  return x;
}

std::array<std::optional<double>, 6> listed(const QualityFeatures& f) {
  return {f.score, f.agreement, f.entropy, f.stability, f.probability, f.logArea};
}

}  // namespace

const std::vector<std::string>& qualityFeatureNames() {
  static const std::vector<std::string> names{"score", "agreement", "entropy", "stability", "probability", "log_area"};
  return names;
}

DiceEstimator::Row DiceEstimator::standardised(const QualityFeatures& features) const {
  Row row{};
  const auto values = listed(features);
  for (std::size_t k = 0; k < kFeatures; ++k)
    if (values[k] && std::isfinite(*values[k])) row[k] = std::clamp((*values[k] - m_featureMean[k]) / m_featureDeviation[k], -4.0, 4.0);
  return row;
}

double DiceEstimator::raw(int classIndex, const QualityFeatures& features) const {
  const Row row = standardised(features);
  double x = m_intercept;
  for (std::size_t k = 0; k < kFeatures; ++k) x += m_weight[k] * row[k];
  if (classIndex >= 0 && classIndex < static_cast<int>(m_classOffset.size())) x += m_classOffset[static_cast<std::size_t>(classIndex)];
  return sigmoid(x);
}

DiceEstimator DiceEstimator::fitWith(const std::vector<QualitySample>& samples, int classCount, double ridge) {
  DiceEstimator fit;
  fit.m_samples = static_cast<int>(samples.size());
  fit.m_ridge = ridge;
  fit.m_classMean.assign(static_cast<std::size_t>(classCount), fit.m_mean);
  fit.m_classOffset.assign(static_cast<std::size_t>(classCount), 0);
  fit.m_featureDeviation.fill(1);
  if (samples.empty()) return fit;
  const double n = static_cast<double>(samples.size());
  double sum = 0, sumLogit = 0;
  for (const auto& sample : samples) sum += sample.dice, sumLogit += logit(sample.dice);
  fit.m_mean = sum / n;
  fit.m_intercept = sumLogit / n;
  std::vector<double> classSum(static_cast<std::size_t>(classCount), 0), classCountOf(static_cast<std::size_t>(classCount), 0);
  for (const auto& sample : samples) {
    classSum[static_cast<std::size_t>(sample.classIndex)] += sample.dice;
    classCountOf[static_cast<std::size_t>(sample.classIndex)] += 1;
  }
  for (std::size_t c = 0; c < classSum.size(); ++c) fit.m_classMean[c] = (classSum[c] + kShrink * fit.m_mean) / (classCountOf[c] + kShrink);

  for (std::size_t k = 0; k < kFeatures; ++k) {
    double count = 0, total = 0, squares = 0;
    for (const auto& sample : samples)
      if (const auto value = listed(sample.features)[k]; value && std::isfinite(*value)) count += 1, total += *value, squares += *value * *value;
    if (count < 2) continue;
    fit.m_featureMean[k] = total / count;
    fit.m_featureDeviation[k] = std::max(1e-6, std::sqrt(std::max(0.0, squares / count - fit.m_featureMean[k] * fit.m_featureMean[k])));
  }
  std::array<Row, kFeatures> a{};
  Row b{};
  for (const auto& sample : samples) {
    const Row row = fit.standardised(sample.features);
    const double target = logit(sample.dice) - fit.m_intercept;
    for (std::size_t i = 0; i < kFeatures; ++i) {
      b[i] += row[i] * target;
      for (std::size_t j = 0; j < kFeatures; ++j) a[i][j] += row[i] * row[j];
    }
  }
  for (std::size_t i = 0; i < kFeatures; ++i) a[i][i] += ridge;
  fit.m_weight = solved(a, b);
  std::vector<double> residual(static_cast<std::size_t>(classCount), 0);
  for (const auto& sample : samples) {
    const Row row = fit.standardised(sample.features);
    double x = fit.m_intercept;
    for (std::size_t k = 0; k < kFeatures; ++k) x += fit.m_weight[k] * row[k];
    residual[static_cast<std::size_t>(sample.classIndex)] += logit(sample.dice) - x;
  }
  for (std::size_t c = 0; c < residual.size(); ++c) fit.m_classOffset[c] = residual[c] / (classCountOf[c] + kShrink);
  return fit;
}

DiceEstimator DiceEstimator::fit(const std::vector<QualitySample>& samples, int classCount) {
  if (static_cast<int>(samples.size()) < kFewest) return fitWith(samples, classCount, 1);
  std::map<int, int> cases;
  for (const auto& sample : samples) cases.emplace(sample.caseIndex, static_cast<int>(cases.size()));
  const int folds = std::min<int>(5, static_cast<int>(cases.size()));
  double best = 3.0, bestError = std::numeric_limits<double>::infinity();
  double sx = 0, sy = 0, sxx = 0, sxy = 0;  // of the left-out estimates at the best ridge, for the line on top
  for (const double ridge : {1.0, 3.0, 10.0, 30.0, 100.0}) {
    double error = 0, x1 = 0, y1 = 0, xx = 0, xy = 0;
    for (int fold = 0; fold < folds; ++fold) {
      std::vector<QualitySample> in, out;
      for (const auto& sample : samples) (cases[sample.caseIndex] % folds == fold ? out : in).push_back(sample);
      const DiceEstimator part = fitWith(in, classCount, ridge);
      for (const auto& sample : out) {
        const double estimate = part.raw(sample.classIndex, sample.features);
        error += std::abs(estimate - sample.dice);
        x1 += estimate, y1 += sample.dice, xx += estimate * estimate, xy += estimate * sample.dice;
      }
    }
    if (error < bestError) {
      bestError = error, best = ridge;
      sx = x1, sy = y1, sxx = xx, sxy = xy;
    }
  }
  DiceEstimator fitted = fitWith(samples, classCount, best);
  const double n = static_cast<double>(samples.size());
  const double variance = sxx - sx * sx / n;
  if (folds > 1 && variance > 1e-9) {
    fitted.m_lineSlope = std::clamp((sxy - sx * sy / n) / variance, 0.0, 1.5);
    fitted.m_lineOffset = (sy - fitted.m_lineSlope * sx) / n;
  }
  return fitted;
}

double DiceEstimator::estimate(int classIndex, const QualityFeatures& features) const {
  if (m_samples < kFewest) return meanOf(classIndex);
  return std::clamp(m_lineOffset + m_lineSlope * raw(classIndex, features), 0.0, 1.0);
}

double DiceEstimator::meanOf(int classIndex) const {
  return classIndex >= 0 && classIndex < static_cast<int>(m_classMean.size()) ? m_classMean[static_cast<std::size_t>(classIndex)] : m_mean;
}

Json toJson(const DiceEstimator& e) {
  return {{"schema", "roundel.dice-estimator/1"}, {"samples", e.m_samples}, {"ridge", e.m_ridge}, {"mean", e.m_mean}, {"class_mean", e.m_classMean},
          {"class_offset", e.m_classOffset}, {"intercept", e.m_intercept}, {"features", qualityFeatureNames()}, {"weight", e.m_weight},
          {"feature_mean", e.m_featureMean}, {"feature_deviation", e.m_featureDeviation}, {"line", {e.m_lineOffset, e.m_lineSlope}}};
}

DiceEstimator diceEstimatorFromJson(const Json& json) {
  try {
    DiceEstimator e;
    e.m_samples = json.at("samples").get<int>();
    e.m_ridge = json.at("ridge").get<double>();
    e.m_mean = json.at("mean").get<double>();
    e.m_classMean = json.at("class_mean").get<std::vector<double>>();
    e.m_classOffset = json.at("class_offset").get<std::vector<double>>();
    e.m_intercept = json.at("intercept").get<double>();
    e.m_weight = json.at("weight").get<DiceEstimator::Row>();
    e.m_featureMean = json.at("feature_mean").get<DiceEstimator::Row>();
    e.m_featureDeviation = json.at("feature_deviation").get<DiceEstimator::Row>();
    e.m_lineOffset = json.at("line").at(0).get<double>();
    e.m_lineSlope = json.at("line").at(1).get<double>();
    return e;
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-document", "A stored Dice estimator is damaged.", {.remedy = "Delete the run's round-0/calibrate folder; it is made again."});
  }
}

}  // namespace roundel
