#pragma once
#include <filesystem>
#include <set>
#include <string>

#include "rounds/freeze.h"

namespace roundel::cli {

/// Puts into a request what a plan file says: {"strategy", "rounds", "preset", "seed", "generalists", "control", "split", "set"}, any of
/// them left out, or the plan.json of an earlier run. Entries in `saidByFlag` keep the request's value, and so does every parameter
/// that was set by hand.
/// Throws Error(BadInput, "bad-plan") with the nearest known name where it holds another entry, or one of another kind.
void applyPlanFile(const std::filesystem::path& file, const std::set<std::string>& saidByFlag, RunRequest& request);

/// A run goes on under its own plan: throws Error(Usage, "other-plan") where a flag, an entry in `saidByFlag` of the request or one of its
/// parameters, asks for something else.
void requireSamePlan(const RunPlan& plan, const std::set<std::string>& saidByFlag, const RunRequest& request);

}  // namespace roundel::cli
