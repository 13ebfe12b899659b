#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"

namespace roundel {

/// One number about one class of one case, with everything needed to read it (reference/CLI.md, "A run's result").
struct Score {
  std::string caseName;
  std::string className;
  std::string split;                ///< labelled | unlabelled | validation | test
  std::string arm = "strategy";     ///< strategy | control
  std::string metric;               ///< dice, iou, hd95, assd, estimated_dice, agreement, entropy, stability, dice_refined ...
  std::optional<double> value;      ///< empty: there is none (an absent class, an empty prediction)
  std::string unit = "1";           ///< 1, mm, px
  bool estimated = false;           ///< true: made without looking at the truth
};

Json toJson(const Score& score);
Score scoreFromJson(const Json& json);

/// Which scores to average.
struct ScoreFilter {
  std::string split;
  std::string arm;
  std::string metric;
  std::string className = {};  ///< empty: all
};

/// Mean over the classes of each case, then the mean over cases (ALGORITHMS.md 6.8), with the standard deviation over cases.
struct ScoreSummary {
  int cases = 0;
  double mean = 0;
  double deviation = 0;
};
std::optional<ScoreSummary> summarise(const std::vector<Score>& scores, const ScoreFilter& filter);

/// Case by case the mean over classes, in the order of first appearance.
std::vector<std::pair<std::string, double>> caseMeans(const std::vector<Score>& scores, const ScoreFilter& filter);

}  // namespace roundel
