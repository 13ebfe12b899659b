#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "rounds/run_context.h"

namespace roundel {

/// Whether this run fine-tunes a generalist of its own on its labelled cases before it refines: it is asked to (adapt_steps), refines, and
/// one of its generalists can learn.
bool adaptsGeneralists(const RunContext& context);

/// Fine-tunes them, each several times: on all labelled cases, for cases without labels and test cases; and once a fold of the calibration
/// on the labelled cases of the other folds, so that no labelled case is ever refined by a model that saw its labels. Writes the weights
/// and adapted.json, which says what each learnt from. Broken off, it goes on where it was.
std::string adaptStage(const RunContext& context, const std::filesystem::path& folder, Job& job);

/// How many trainings adaptStage() makes.
int adaptationCount(const RunContext& context);

/// A few steps of them, on the labelled cases `cases` alone, in `folder`, which is new: seconds a step.
double tryAdaptation(const RunContext& context, const std::vector<int>& cases, const std::filesystem::path& folder, Job& job);

/// Weights by the name of the generalist they replace: those for a fold, or for cases without labels (fold kWholeStudy,
/// train/generalist_adaptation.h).
std::map<std::string, std::filesystem::path> adaptedWeights(const RunContext& context, const std::filesystem::path& folder, int fold);

}  // namespace roundel
