#include "quality/estimate_report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/random.h"

namespace roundel {
namespace {

constexpr int kResamples = 1000;
constexpr int kBins = 8;

std::vector<double> ranksOf(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t k = i; k < end; ++k) ranks[order[k]] = 0.5 * static_cast<double>(i + end - 1);
    i = end;
  }
  return ranks;
}

/// Bins of equal count, by the estimate.
std::vector<ReliabilityBin> reliabilityOf(std::vector<std::pair<double, double>> points) {
  std::sort(points.begin(), points.end());
  std::vector<ReliabilityBin> bins;
  const std::size_t count = std::min<std::size_t>(kBins, points.size());
  for (std::size_t bin = 0; bin < count; ++bin) {
    const std::size_t first = bin * points.size() / count, last = (bin + 1) * points.size() / count;
    ReliabilityBin one;
    for (std::size_t i = first; i < last; ++i) one.estimated += points[i].first, one.measured += points[i].second, ++one.count;
    one.estimated /= one.count, one.measured /= one.count;
    bins.push_back(one);
  }
  return bins;
}

}  // namespace

std::optional<double> rankCorrelation(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() < 3) return std::nullopt;
  const auto ra = ranksOf(a), rb = ranksOf(b);
  const double mean = 0.5 * static_cast<double>(a.size() - 1);
  double cross = 0, squaresA = 0, squaresB = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    cross += (ra[i] - mean) * (rb[i] - mean);
    squaresA += (ra[i] - mean) * (ra[i] - mean);
    squaresB += (rb[i] - mean) * (rb[i] - mean);
  }
  if (squaresA <= 0 || squaresB <= 0) return std::nullopt;
  return cross / std::sqrt(squaresA * squaresB);
}

EstimateReport reportEstimates(const std::vector<EstimatePair>& pairs, std::uint64_t seed) {
  EstimateReport report{.pairs = static_cast<int>(pairs.size())};
  if (pairs.empty()) {
    report.verdict = "not informative: nothing was measured";
    return report;
  }
  std::map<int, std::pair<double, int>> gainOfCase;  // sum of gains, count
  std::vector<double> estimated, measured;
  std::vector<std::pair<double, double>> points, baseline;
  for (const auto& pair : pairs) {
    const double error = std::abs(pair.estimated - pair.measured), other = std::abs(pair.mean - pair.measured);
    report.mae += error, report.baselineMae += other;
    auto& gain = gainOfCase[pair.caseIndex];
    gain.first += other - error, ++gain.second;
    estimated.push_back(pair.estimated), measured.push_back(pair.measured);
    points.emplace_back(pair.estimated, pair.measured), baseline.emplace_back(pair.mean, pair.measured);
  }
  report.mae /= report.pairs, report.baselineMae /= report.pairs;
  report.spearman = rankCorrelation(estimated, measured);
  report.reliability = reliabilityOf(points);
  report.baselineReliability = reliabilityOf(baseline);
  std::vector<std::pair<double, int>> gains;
  for (const auto& [index, gain] : gainOfCase) gains.push_back(gain);
  Random random(seed, "estimate-report");
  std::vector<double> resampled;
  for (int i = 0; i < kResamples; ++i) {
    double sum = 0;
    int count = 0;
    for (std::size_t k = 0; k < gains.size(); ++k) {
      const auto& gain = gains[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(gains.size())))];
      sum += gain.first, count += gain.second;
    }
    resampled.push_back(sum / count);
  }
  std::sort(resampled.begin(), resampled.end());
  report.gainLow = resampled[static_cast<std::size_t>(0.025 * kResamples)];
  report.gainHigh = resampled[static_cast<std::size_t>(0.975 * kResamples)];
  const bool enough = gains.size() >= 5;
  report.informative = enough && report.gainLow > 0 && report.spearman.value_or(0) > 0;
  report.verdict = report.informative ? "informative"
                   : !enough          ? "not informative: too few cases to tell"
                                      : "not informative: no better than always saying the mean";
  return report;
}

std::vector<std::optional<EstimateReport>> reportEstimatesByClass(const std::vector<EstimatePair>& pairs, int classCount, std::uint64_t seed) {
  std::vector<std::vector<EstimatePair>> of(static_cast<std::size_t>(classCount));
  for (const auto& pair : pairs) of[static_cast<std::size_t>(pair.classIndex)].push_back(pair);
  std::vector<std::optional<EstimateReport>> reports;
  for (const auto& one : of) reports.push_back(one.empty() ? std::nullopt : std::optional(reportEstimates(one, seed)));
  return reports;
}

Json toJson(const EstimateReport& report) {
  const auto bins = [](const std::vector<ReliabilityBin>& list) {
    Json json = Json::array();
    for (const auto& bin : list) json.push_back({{"estimated", bin.estimated}, {"measured", bin.measured}, {"count", bin.count}});
    return json;
  };
  return {{"pairs", report.pairs}, {"mae", report.mae}, {"baseline_mae", report.baselineMae}, {"gain_low", report.gainLow}, {"gain_high", report.gainHigh},
          {"spearman", report.spearman ? Json(*report.spearman) : Json(nullptr)}, {"informative", report.informative}, {"verdict", report.verdict},
          {"reliability", bins(report.reliability)}, {"baseline_reliability", bins(report.baselineReliability)}};
}

}  // namespace roundel
