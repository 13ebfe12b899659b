#include "quality/dice_estimator.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/error.h"
#include "core/random.h"

namespace roundel {

namespace {

constexpr std::size_t kFeatures = kQualityFeatureCount;
constexpr int kBackfittings = 20;
constexpr int kCurveFolds = 5;

double logit(double p) {
  const double bounded = std::clamp(p, 0.02, 0.98);
  return std::log(bounded / (1 - bounded));
}
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// Features on scales where a step means the same everywhere: shares near 1 are spread, sizes count by how odd they are.
std::array<std::optional<double>, kFeatures> regressors(const QualityFeatures& features) {
  auto out = values(features);
  for (auto& value : out)
    if (value && !std::isfinite(*value)) value.reset();
  const auto spread = [](std::optional<double>& share) {
    if (share) share = -std::log(1.02 - std::clamp(*share, 0.0, 1.0));
  };
  spread(out[0]), spread(out[1]), spread(out[2]), spread(out[4]);
  if (out[5]) out[5] = std::min(6.0, std::abs(*out[5]));
  return out;
}

/// Solves the symmetric positive definite system in place by Cholesky; it is as small as there are features.
std::array<double, kFeatures> solve(std::array<std::array<double, kFeatures>, kFeatures> a, std::array<double, kFeatures> b) {
  for (std::size_t j = 0; j < kFeatures; ++j) {
    for (std::size_t k = 0; k < j; ++k) a[j][j] -= a[j][k] * a[j][k];
    a[j][j] = std::sqrt(std::max(a[j][j], 1e-12));
    for (std::size_t i = j + 1; i < kFeatures; ++i) {
      for (std::size_t k = 0; k < j; ++k) a[i][j] -= a[i][k] * a[j][k];
      a[i][j] /= a[j][j];
    }
  }
  for (std::size_t i = 0; i < kFeatures; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (std::size_t i = kFeatures; i-- > 0;) {
    for (std::size_t k = i + 1; k < kFeatures; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

/// Fold of every sample: cases in the order of a hash of their names are dealt round, so that folds have equally many.
std::vector<int> foldsOf(std::span<const DiceSample> samples, int folds) {
  std::map<std::pair<std::uint64_t, std::string>, int> order;
  for (const auto& sample : samples) order[{splitmix(fnv1a(sample.caseName)), sample.caseName}] = 0;
  int next = 0;
  for (auto& [key, fold] : order) fold = next++ % folds;
  std::vector<int> out;
  for (const auto& sample : samples) out.push_back(order[{splitmix(fnv1a(sample.caseName)), sample.caseName}]);
  return out;
}

int caseCount(std::span<const DiceSample> samples) {
  std::map<std::string, int> names;
  for (const auto& sample : samples) names[sample.caseName] = 1;
  return static_cast<int>(names.size());
}

/// Calls `visit(others, indices)` once a fold with the samples outside it and the numbers of those inside.
template <class Visit>
void forFolds(std::span<const DiceSample> samples, int folds, Visit visit) {
  const auto fold = foldsOf(samples, folds);
  for (int f = 0; f < folds; ++f) {
    std::vector<DiceSample> others;
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (fold[i] == f) indices.push_back(i);
      else others.push_back(samples[i]);
    }
    if (!indices.empty()) visit(others, indices);
  }
}

struct Block {
  double at = 0, dice = 0, weight = 0;
};

/// Pool adjacent violators: the best non-decreasing curve. Points in the order of their abscissa.
std::vector<Block> isotonic(const std::vector<std::pair<double, double>>& points) {
  std::vector<Block> blocks;
  for (const auto& [at, dice] : points) {
    blocks.push_back({at, dice, 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].dice >= blocks.back().dice) {
      const Block last = blocks.back();
      blocks.pop_back();
      auto& before = blocks.back();
      const double weight = before.weight + last.weight;
      before = {(before.at * before.weight + last.at * last.weight) / weight,
                (before.dice * before.weight + last.dice * last.weight) / weight, weight};
    }
  }
  return blocks;
}

double interpolated(const std::vector<double>& at, const std::vector<double>& value, double x) {
  const auto upper = std::upper_bound(at.begin(), at.end(), x);
  if (upper == at.begin()) return value.front();
  if (upper == at.end()) return value.back();
  const auto i = static_cast<std::size_t>(upper - at.begin());
  const double t = (x - at[i - 1]) / (at[i] - at[i - 1]);
  return value[i - 1] + t * (value[i] - value[i - 1]);
}

}  // namespace

DiceEstimator DiceEstimator::fit(std::span<const DiceSample> samples, const DiceEstimatorSettings& settings) {
  if (samples.empty())
    throw Error(ErrorKind::BadInput, "no-samples", "There is no labelled case to calibrate the estimate on.",
                {.remedy = "Label at least one case."});
  DiceEstimator estimator;
  estimator.fitRegression(samples, settings);
  estimator.fitCurve(samples, settings);
  return estimator;
}

void DiceEstimator::fitRegression(std::span<const DiceSample> samples, const DiceEstimatorSettings& settings) {
  m_count = static_cast<int>(samples.size());
  m_classPull = settings.classPull;
  std::size_t classes = 0;
  for (const auto& sample : samples) {
    if (!(sample.measuredDice >= 0 && sample.measuredDice <= 1) || sample.classIndex < 0)
      throw Error(ErrorKind::Defect, "bad-sample", "A measured Dice lies outside 0 and 1.", {.caseName = sample.caseName});
    classes = std::max(classes, static_cast<std::size_t>(sample.classIndex) + 1);
    m_globalMean += sample.measuredDice / m_count;
  }
  m_classSums.assign(classes, 0), m_classCounts.assign(classes, 0), m_offsets.assign(classes, 0);
  for (const auto& sample : samples)
    m_classSums[static_cast<std::size_t>(sample.classIndex)] += sample.measuredDice,
        m_classCounts[static_cast<std::size_t>(sample.classIndex)] += 1;
  m_regression = m_count >= settings.leastSamples;
  if (!m_regression) return;

  std::vector<std::array<double, kFeatures>> rows(samples.size());
  for (std::size_t f = 0; f < kFeatures; ++f) {
    double sum = 0, square = 0, count = 0;
    for (const auto& sample : samples)
      if (const auto value = regressors(sample.features)[f]) sum += *value, square += *value * *value, count += 1;
    m_means[f] = count > 0 ? sum / count : 0;
    m_deviations[f] = count > 1 ? std::sqrt(std::max(0.0, square / count - m_means[f] * m_means[f])) : 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const auto value = regressors(samples[i].features)[f];
      rows[i][f] = value && m_deviations[f] > 1e-9 ? (*value - m_means[f]) / m_deviations[f] : 0;
    }
  }
  for (const auto& sample : samples) m_intercept += logit(sample.measuredDice) / m_count;
  std::array<std::array<double, kFeatures>, kFeatures> normal{};
  for (std::size_t a = 0; a < kFeatures; ++a) {
    for (std::size_t b = 0; b < kFeatures; ++b)
      for (const auto& row : rows) normal[a][b] += row[a] * row[b];
    normal[a][a] += settings.ridge;
  }
  for (int round = 0; round < kBackfittings; ++round) {
    std::array<double, kFeatures> right{};
    std::vector<double> residualSums(classes, 0);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double rest = logit(samples[i].measuredDice) - m_intercept - m_offsets[static_cast<std::size_t>(samples[i].classIndex)];
      for (std::size_t f = 0; f < kFeatures; ++f) right[f] += rows[i][f] * rest;
    }
    m_weights = solve(normal, right);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double fitted = std::inner_product(rows[i].begin(), rows[i].end(), m_weights.begin(), m_intercept);
      residualSums[static_cast<std::size_t>(samples[i].classIndex)] += logit(samples[i].measuredDice) - fitted;
    }
    for (std::size_t c = 0; c < classes; ++c) m_offsets[c] = residualSums[c] / (m_classCounts[c] + settings.classPull);
  }
}

void DiceEstimator::fitCurve(std::span<const DiceSample> samples, const DiceEstimatorSettings& settings) {
  const int folds = std::min(kCurveFolds, caseCount(samples));
  if (!m_regression || folds < 2) return;
  // Values of regressions that did not see the sample: on their own samples they spread too far.
  std::vector<std::pair<double, double>> points;
  forFolds(samples, folds, [&](const std::vector<DiceSample>& others, const std::vector<std::size_t>& indices) {
    DiceEstimator partial;
    partial.fitRegression(others, settings);
    if (!partial.m_regression) return;
    for (const auto i : indices) points.emplace_back(partial.linear(samples[i].features, samples[i].classIndex), samples[i].measuredDice);
  });
  if (points.empty()) return;
  std::sort(points.begin(), points.end());
  for (const auto& block : isotonic(points)) {
    if (!m_curveAt.empty() && block.at <= m_curveAt.back()) continue;
    m_curveAt.push_back(block.at), m_curveDice.push_back(block.dice);
  }
  const auto n = static_cast<double>(points.size());
  m_curveShare = n / (n + settings.isotonicPull);
}

double DiceEstimator::linear(const QualityFeatures& features, int classIndex) const {
  double sum = m_intercept;
  if (classIndex >= 0 && static_cast<std::size_t>(classIndex) < m_offsets.size()) sum += m_offsets[static_cast<std::size_t>(classIndex)];
  const auto row = regressors(features);
  for (std::size_t f = 0; f < kFeatures; ++f)
    if (row[f] && m_deviations[f] > 1e-9) sum += m_weights[f] * std::clamp((*row[f] - m_means[f]) / m_deviations[f], -5.0, 5.0);
  return sum;
}

double DiceEstimator::estimate(const QualityFeatures& features, int classIndex) const {
  if (!m_regression) {
    const auto c = static_cast<std::size_t>(std::max(0, classIndex));
    if (classIndex < 0 || c >= m_classSums.size()) return m_globalMean;
    return (m_classSums[c] + m_classPull * m_globalMean) / (m_classCounts[c] + m_classPull);
  }
  const double value = linear(features, classIndex);
  const double curve = m_curveAt.empty() ? 0 : interpolated(m_curveAt, m_curveDice, value);
  return std::clamp((1 - m_curveShare) * sigmoid(value) + m_curveShare * curve, 0.0, 1.0);
}

double DiceEstimator::classMean(int classIndex) const {
  const auto c = static_cast<std::size_t>(std::max(0, classIndex));
  if (classIndex < 0 || c >= m_classCounts.size() || m_classCounts[c] == 0) return m_globalMean;
  return m_classSums[c] / m_classCounts[c];
}

Json DiceEstimator::toJson() const {
  return {{"samples", m_count},        {"global_mean", m_globalMean}, {"class_sums", m_classSums},  {"class_counts", m_classCounts},
          {"class_pull", m_classPull}, {"regression", m_regression},  {"intercept", m_intercept},   {"features", qualityFeatureNames()},
          {"means", m_means},          {"deviations", m_deviations},  {"weights", m_weights},       {"class_offsets", m_offsets},
          {"curve_at", m_curveAt},     {"curve_dice", m_curveDice},   {"curve_share", m_curveShare}};
}

DiceEstimator DiceEstimator::fromJson(const Json& json) {
  DiceEstimator out;
  try {
    json.at("samples").get_to(out.m_count), json.at("global_mean").get_to(out.m_globalMean), json.at("class_sums").get_to(out.m_classSums);
    json.at("class_counts").get_to(out.m_classCounts), json.at("class_pull").get_to(out.m_classPull),
        json.at("regression").get_to(out.m_regression);
    json.at("intercept").get_to(out.m_intercept), json.at("means").get_to(out.m_means), json.at("deviations").get_to(out.m_deviations);
    json.at("weights").get_to(out.m_weights), json.at("class_offsets").get_to(out.m_offsets), json.at("curve_at").get_to(out.m_curveAt);
    json.at("curve_dice").get_to(out.m_curveDice), json.at("curve_share").get_to(out.m_curveShare);
  } catch (const Json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-document", "The document holds no Dice estimator.");
  }
  if (out.m_curveAt.size() != out.m_curveDice.size() || out.m_classSums.size() != out.m_classCounts.size() ||
      !std::is_sorted(out.m_curveAt.begin(), out.m_curveAt.end()))
    throw Error(ErrorKind::BadInput, "bad-document", "The Dice estimator's parts do not fit each other.");
  return out;
}

CrossFitted crossFitted(std::span<const DiceSample> samples, int folds, const DiceEstimatorSettings& settings) {
  CrossFitted out;
  out.estimates.resize(samples.size()), out.globalMeans.resize(samples.size()), out.classMeans.resize(samples.size());
  const int used = std::clamp(caseCount(samples), 1, std::max(2, folds));
  forFolds(samples, used, [&](const std::vector<DiceSample>& others, const std::vector<std::size_t>& indices) {
    const auto estimator = DiceEstimator::fit(others.empty() ? samples : std::span<const DiceSample>(others), settings);
    for (const auto i : indices) {
      out.globalMeans[i] = estimator.globalMean();
      out.classMeans[i] = estimator.classMean(samples[i].classIndex);
      out.estimates[i] = others.empty() ? out.globalMeans[i] : estimator.estimate(samples[i].features, samples[i].classIndex);
    }
  });
  return out;
}

}  // namespace roundel
