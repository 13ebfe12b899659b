#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rounds/labeller.h"
#include "rounds/run_context.h"
#include "rounds/score.h"

namespace roundel {

/// Parts that the labelled cases are cross-fitted in, labelled case i in part i % parts; below 2: no calibration.
int calibrationFolds(const RunContext& context);

/// Gives the labeller that may refine the labelled cases of a fold: none of its generalists saw their labels.
using FoldLabeller = std::function<std::shared_ptr<const Labeller>(int fold)>;

/// Learns to estimate the Dice of a pseudo-label from what is known without its truth. Cross-fitted: every labelled case is
/// predicted by a specialist that has not seen it (half the steps of the first one), labelled as an unlabelled case would be, and
/// held against its truth. No case outside the labelled part is looked at. Writes estimator.json.
std::string calibrateStage(const RunContext& context, const FoldLabeller& labellerOf, const std::filesystem::path& folder, Job& job);

/// What an estimate is made of, as files: the estimator of the calibration, and the shift of the specialist that is judged.
struct EstimateFiles {
  std::filesystem::path estimator;
  std::filesystem::path shift = {};  ///< empty or not there: none
};

/// Learns from the validation cases how far the estimates are off for this specialist, which may be better than those of the folds
/// (DiceShift); writes `files.shift`. Nothing without an estimator, or where the plan does not ask for it.
void shiftEstimates(const RunContext& context, const Labeller& labeller, const std::filesystem::path& checkpoint,
                    const EstimateFiles& files, Job& job);

/// Sorts pseudo-labels into accepted, to review and rejected by their estimated Dice; a person's decisions win. Writes the case
/// files with estimates and verdicts, and scores.json: the estimates, and where the unlabelled cases do have labels, the truth.
std::string gateStage(const RunContext& context, const EstimateFiles& estimates, const std::filesystem::path& refined,
                      const std::filesystem::path& folder, Job& job);

/// Refines and estimates the test cases as if they were unlabelled, then measures: metrics with the suffix "_refined", and
/// "estimated_dice". Writes one case file each.
std::vector<Score> refineTestCases(const RunContext& context, const Labeller& labeller, const std::filesystem::path& checkpoint,
                                   const EstimateFiles& estimates, const std::filesystem::path& folder, Job& job);

/// What the round's report says: means, the comparison of the arms, how good the estimates were.
Json roundSummary(const RunContext& context, int round, const std::vector<Score>& scores);

/// SHA-256 over the decisions that people left for the run.
std::string decisionsHash(const RunContext& context);

}  // namespace roundel
