#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"

namespace roundel {

/// An estimate and what was measured afterwards.
struct EstimatePair {
  int caseIndex = 0;
  int classIndex = 0;
  double estimated = 0;
  double mean = 0;      ///< what a predictor that always says the mean said
  double measured = 0;
};

/// One bin of a reliability curve: the mean of the estimates in it against the mean of what was measured.
struct ReliabilityBin {
  double estimated = 0;
  double measured = 0;
  int count = 0;
};

/// How good estimates of quality are, beside a predictor that always says the mean.
struct EstimateReport {
  int pairs = 0;
  double mae = 0;                            ///< mean absolute error of the estimate
  double baselineMae = 0;                    ///< the same of the mean
  double gainLow = 0, gainHigh = 0;          ///< 95 % interval of baselineMae - mae, by resampling cases
  std::optional<double> spearman = {};       ///< rank correlation; none where one side is constant
  std::vector<ReliabilityBin> reliability = {}, baselineReliability = {};
  bool informative = false;                  ///< gainLow > 0 and the rank correlation is positive
  std::string verdict;                       ///< "informative" or "not informative", with the reason
};

EstimateReport reportEstimates(const std::vector<EstimatePair>& pairs, std::uint64_t seed);
/// The same for each class; classes with no pair have none.
std::vector<std::optional<EstimateReport>> reportEstimatesByClass(const std::vector<EstimatePair>& pairs, int classCount, std::uint64_t seed);

/// Spearman's rank correlation with mean ranks for ties.
std::optional<double> rankCorrelation(const std::vector<double>& a, const std::vector<double>& b);

Json toJson(const EstimateReport& report);

}  // namespace roundel
