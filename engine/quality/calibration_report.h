#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/label_set.h"

namespace roundel {

/// One pseudo-label whose truth is known: what was estimated, what the two mean predictors say, and what was measured.
struct EstimatedAndMeasured {
  std::string caseName;
  int classIndex = 0;
  double estimate = 0;
  double globalMean = 0;  ///< of the samples that the estimator was fitted on
  double classMean = 0;   ///< of those of the same class
  double measured = 0;
};

struct ReliabilityBin {
  double meanEstimate = 0, meanMeasured = 0;
  int count = 0;
};

/// How good an estimate is beside always saying the mean.
struct CalibrationPart {
  int count = 0;
  double meanAbsoluteError = 0, globalMeanError = 0, classMeanError = 0;
  /// Of a rival that nobody can have: the mean of these very measurements, said of all of them. The other two means come from the
  /// folds' specialists, which may be worse than the one that is judged; this one cannot be off in the mean.
  double ownMeanError = 0;
  /// Spearman's rank correlation with the measured Dice; none where one side has no spread.
  std::optional<double> rankCorrelation = {}, classMeanRankCorrelation = {};
  std::vector<ReliabilityBin> reliability = {};           ///< by estimate, equally many each
  std::vector<ReliabilityBin> classMeanReliability = {};  ///< the same for the class-mean predictor
  /// 95 % bootstrap interval, over cases, of the estimate's error minus the best mean predictor's, the unfair one too; below 0: the
  /// estimate is better.
  double differenceLow = 0, differenceHigh = 0;
  bool informative = false;  ///< differenceHigh < 0 and at least kLeastCases cases
};

/// Fewer cases than this cannot show that an estimate is informative.
inline constexpr int kLeastCases = 8;

struct CalibrationReport {
  CalibrationPart overall;
  std::vector<CalibrationPart> classes;  ///< one a class, in order; count 0 where nothing is known
};

/// Draws whole cases, because classes of one case err together. `resamples` of them, from `seed`.
CalibrationReport calibrationReport(std::span<const EstimatedAndMeasured> samples, int classCount, int bins = 10, std::uint64_t seed = 42,
                                    int resamples = 1000);

/// "informative" or "not informative".
std::string verdict(const CalibrationPart& part);
Json toJson(const CalibrationReport& report, const LabelSet& classes);

/// Spearman's rank correlation with mean ranks for ties; none for fewer than three pairs or a side without spread.
std::optional<double> rankCorrelation(std::span<const double> a, std::span<const double> b);

}  // namespace roundel
