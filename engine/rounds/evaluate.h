#pragma once
#include <span>
#include <string>
#include <vector>

#include "core/annotation.h"
#include "core/label_set.h"
#include "core/prediction.h"
#include "raster/metrics.h"
#include "rounds/score.h"

namespace roundel {

/// Every class of a prediction as a mask on another grid: probabilities are brought there linearly, then above one half is in.
std::vector<Mask> masksOf(const Prediction& prediction, Size size);

/// Which numbers compareMasks gives become scores.
struct ScoreLabels {
  std::string caseName;
  std::string split;
  std::string arm = "strategy";
  std::string suffix = {};  ///< appended to the metric's name, e.g. "_refined"
};

/// Dice, IoU, HD95 and ASSD of every annotated class. A class that is absent in the truth has no values (ALGORITHMS.md 6.8).
std::vector<Score> scoresOf(std::span<const Mask> predicted, const Annotation& truth, const Geometry& grid, const LabelSet& classes,
                            const ScoreLabels& labels, Distances distances);

}  // namespace roundel
