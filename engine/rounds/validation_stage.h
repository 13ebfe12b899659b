#pragma once
#include <filesystem>
#include <vector>

#include "models/specialist.h"
#include "rounds/run_context.h"
#include "rounds/score.h"

namespace roundel {

/// Predicts every case of these parts that has labels and measures it on the image's own grid. Distances are measured on test
/// cases alone, because they take the time. `keep`: a folder for the masks of test cases that are volumes, one case file each, for reports
/// and export; empty: nowhere.
std::vector<Score> validateSpecialist(const RunContext& context, const std::filesystem::path& checkpoint, Arm arm,
                                      const std::vector<SplitPart>& parts, const std::filesystem::path& keep, Job& job);

/// Predictions of a specialist for these cases, in order, handed one by one to `use` (from one thread).
void predictCases(const RunContext& context, const Specialist& specialist, const std::vector<int>& cases, const std::string& phase,
                  Job& job, const std::function<void(int caseIndex, const Prediction&)>& use);

/// How two arms compare on the same cases: mean difference of the case means, its 95 % interval by resampling cases, and a verdict
/// in words ("helped", "did no harm and no good that can be told", "harmed").
struct ArmComparison {
  int cases = 0;
  double difference = 0, low = 0, high = 0;
  std::string verdict;
};
std::optional<ArmComparison> compareArms(const std::vector<Score>& scores, const ScoreFilter& first, const ScoreFilter& second,
                                         std::uint64_t seed);
Json toJson(const ArmComparison& comparison);

}  // namespace roundel
