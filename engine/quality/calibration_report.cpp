#include "quality/calibration_report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/random.h"

namespace roundel {

namespace {

std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b] || (values[a] == values[b] && a < b); });
  std::vector<double> out(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t k = i; k < end; ++k) out[order[k]] = 0.5 * static_cast<double>(i + end - 1);
    i = end;
  }
  return out;
}

using Samples = std::vector<EstimatedAndMeasured>;

std::vector<double> column(const Samples& samples, double EstimatedAndMeasured::*member) {
  std::vector<double> out;
  for (const auto& sample : samples) out.push_back(sample.*member);
  return out;
}

double error(const Samples& samples, double EstimatedAndMeasured::*member) {
  double sum = 0;
  for (const auto& sample : samples) sum += std::abs(sample.*member - sample.measured);
  return samples.empty() ? 0 : sum / static_cast<double>(samples.size());
}

std::vector<ReliabilityBin> reliability(const Samples& samples, double EstimatedAndMeasured::*member, int bins) {
  auto sorted = samples;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) { return a.*member < b.*member; });
  const auto used = std::min<std::size_t>(static_cast<std::size_t>(std::max(1, bins)), sorted.size());
  std::vector<ReliabilityBin> out(used);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    auto& bin = out[i * used / sorted.size()];
    bin.meanEstimate += sorted[i].*member, bin.meanMeasured += sorted[i].measured, ++bin.count;
  }
  for (auto& bin : out) bin.meanEstimate /= bin.count, bin.meanMeasured /= bin.count;
  return out;
}

/// Sums of absolute errors of one case.
struct CaseErrors {
  double estimate = 0, globalMean = 0, classMean = 0, ownMean = 0;
  int count = 0;
};

/// Quantiles 0.025 and 0.975 of the error difference to whichever mean predictor is better in the draw.
std::pair<double, double> interval(const Samples& samples, double ownMean, std::uint64_t seed, std::uint64_t part, int resamples) {
  std::map<std::string, CaseErrors> byCase;
  for (const auto& sample : samples) {
    auto& errors = byCase[sample.caseName];
    errors.estimate += std::abs(sample.estimate - sample.measured);
    errors.globalMean += std::abs(sample.globalMean - sample.measured);
    errors.classMean += std::abs(sample.classMean - sample.measured);
    errors.ownMean += std::abs(ownMean - sample.measured);
    ++errors.count;
  }
  std::vector<CaseErrors> cases;
  for (const auto& [name, errors] : byCase) cases.push_back(errors);
  std::vector<double> differences;
  for (int draw = 0; draw < resamples; ++draw) {
    Random random(seed, "calibration-bootstrap", part, static_cast<std::uint64_t>(draw));
    CaseErrors sum;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const auto& one = cases[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(cases.size())))];
      sum.estimate += one.estimate, sum.globalMean += one.globalMean, sum.classMean += one.classMean, sum.ownMean += one.ownMean,
          sum.count += one.count;
    }
    differences.push_back((sum.estimate - std::min({sum.globalMean, sum.classMean, sum.ownMean})) / sum.count);
  }
  std::sort(differences.begin(), differences.end());
  const auto at = [&](double share) { return differences[static_cast<std::size_t>(share * static_cast<double>(differences.size() - 1))]; };
  return {at(0.025), at(0.975)};
}

CalibrationPart partOf(const Samples& samples, int bins, std::uint64_t seed, std::uint64_t part, int resamples) {
  CalibrationPart out{.count = static_cast<int>(samples.size())};
  if (samples.empty()) return out;
  out.meanAbsoluteError = error(samples, &EstimatedAndMeasured::estimate);
  out.globalMeanError = error(samples, &EstimatedAndMeasured::globalMean);
  out.classMeanError = error(samples, &EstimatedAndMeasured::classMean);
  const auto measured = column(samples, &EstimatedAndMeasured::measured);
  const double ownMean = std::accumulate(measured.begin(), measured.end(), 0.0) / static_cast<double>(measured.size());
  for (const double one : measured) out.ownMeanError += std::abs(one - ownMean) / static_cast<double>(measured.size());
  out.rankCorrelation = rankCorrelation(column(samples, &EstimatedAndMeasured::estimate), measured);
  out.classMeanRankCorrelation = rankCorrelation(column(samples, &EstimatedAndMeasured::classMean), measured);
  out.reliability = reliability(samples, &EstimatedAndMeasured::estimate, bins);
  out.classMeanReliability = reliability(samples, &EstimatedAndMeasured::classMean, bins);
  std::tie(out.differenceLow, out.differenceHigh) = interval(samples, ownMean, seed, part, std::max(resamples, 1));
  std::map<std::string, int> cases;
  for (const auto& sample : samples) cases[sample.caseName] = 1;
  out.informative = static_cast<int>(cases.size()) >= kLeastCases && out.differenceHigh < 0;
  return out;
}

Json toJson(const std::vector<ReliabilityBin>& bins) {
  Json json = Json::array();
  for (const auto& bin : bins) json.push_back({{"estimate", bin.meanEstimate}, {"measured", bin.meanMeasured}, {"count", bin.count}});
  return json;
}

Json toJson(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json partToJson(const CalibrationPart& part) {
  if (part.count == 0) return {{"count", 0}, {"verdict", nullptr}};
  return {{"count", part.count},
          {"mean_absolute_error", part.meanAbsoluteError},
          {"global_mean_error", part.globalMeanError},
          {"class_mean_error", part.classMeanError},
          {"own_mean_error", part.ownMeanError},
          {"error_difference", {part.differenceLow, part.differenceHigh}},
          {"rank_correlation", toJson(part.rankCorrelation)},
          {"class_mean_rank_correlation", toJson(part.classMeanRankCorrelation)},
          {"reliability", toJson(part.reliability)},
          {"class_mean_reliability", toJson(part.classMeanReliability)},
          {"verdict", verdict(part)}};
}

}  // namespace

std::optional<double> rankCorrelation(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size() || a.size() < 3) return std::nullopt;
  const auto ra = ranks(a), rb = ranks(b);
  const double mean = 0.5 * static_cast<double>(a.size() - 1);
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < ra.size(); ++i)
    ab += (ra[i] - mean) * (rb[i] - mean), aa += (ra[i] - mean) * (ra[i] - mean), bb += (rb[i] - mean) * (rb[i] - mean);
  if (aa <= 0 || bb <= 0) return std::nullopt;
  return ab / std::sqrt(aa * bb);
}

CalibrationReport calibrationReport(std::span<const EstimatedAndMeasured> samples, int classCount, int bins, std::uint64_t seed,
                                    int resamples) {
  const Samples all(samples.begin(), samples.end());
  CalibrationReport report{.overall = partOf(all, bins, seed, 0, resamples)};
  for (int c = 0; c < classCount; ++c) {
    Samples own;
    std::copy_if(all.begin(), all.end(), std::back_inserter(own), [&](const auto& sample) { return sample.classIndex == c; });
    report.classes.push_back(partOf(own, bins, seed, static_cast<std::uint64_t>(c) + 1, resamples));
  }
  return report;
}

std::string verdict(const CalibrationPart& part) { return part.informative ? "informative" : "not informative"; }

Json toJson(const CalibrationReport& report, const LabelSet& classes) {
  Json list = Json::array();
  for (std::size_t c = 0; c < report.classes.size(); ++c) {
    Json entry = {{"class", static_cast<int>(c) < classes.size() ? Json(classes[static_cast<int>(c)].name) : Json(c)}};
    const Json part = partToJson(report.classes[c]);
    entry.update(part);
    list.push_back(std::move(entry));
  }
  return {{"overall", partToJson(report.overall)}, {"classes", std::move(list)}};
}

}  // namespace roundel
