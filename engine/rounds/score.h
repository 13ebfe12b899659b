#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "project/run_record.h"

namespace roundel {

/// Which scores to average.
struct ScoreFilter {
  std::string split;
  std::string arm = "strategy";
  std::string metric = "dice";
  std::string className = {};  ///< empty: all
  std::string unit = {};       ///< of a distance, "mm" or "px"; empty: any
};

/// Mean over the classes of each case, then the mean over cases (ALGORITHMS.md 6.8), with the standard deviation over cases.
struct ScoreSummary {
  int cases = 0;
  double mean = 0;
  double deviation = 0;
};
std::optional<ScoreSummary> summarise(const std::vector<Score>& scores, const ScoreFilter& filter);

/// The units of the distances that were measured, sorted. Where cases differ in it, each unit needs a mean of its own.
std::vector<std::string> unitsOf(const std::vector<Score>& scores);

/// Case by case the mean over classes, in the order of first appearance.
std::vector<std::pair<std::string, double>> caseMeans(const std::vector<Score>& scores, const ScoreFilter& filter);

/// The scores that one stage made, as a file.
void writeScores(const std::filesystem::path& path, const std::vector<Score>& scores);
std::vector<Score> readScores(const std::filesystem::path& path);

}  // namespace roundel
