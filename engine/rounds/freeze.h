#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/param_spec.h"
#include "project/project.h"
#include "rounds/run_plan.h"

namespace roundel {

inline constexpr int kMostRounds = 100;

/// What a person asks of a run.
struct RunRequest {
  std::string strategy;
  int rounds = 1;
  std::string preset = "quick";
  std::uint64_t seed = 1;
  std::vector<std::string> generalists = {};  ///< empty: the strategy's own
  bool control = true;
  std::string split = "main";
  std::optional<int> labelledCount = {};  ///< only the first n of the split's labelled cases (`sweep`)
  Json set = Json::object();              ///< values of requestParams() set by hand
  std::optional<Split> proposed = {};     ///< a split that is not stored (`advise`), in place of the one that `split` names
};

/// All that a request may set: the rounds' parameters, those of training, and every generalist's as "NAME.PARAMETER".
std::vector<ParamSpec> requestParams();

/// A plan with everything that it depends on, and the label versions it names.
struct FrozenRun {
  RunPlan plan;                                                 ///< id still empty
  std::vector<std::pair<std::string, Annotation>> annotations;  ///< by hash
};

/// Whether a split's cases are volumes; one of a single slice may be among them. Throws Error(BadInput, "mixed-study") where most are
/// pictures and some are not.
bool isOfVolumes(const Project& project, const Split& split);

/// Reads the project once and freezes what a run needs. Writes nothing.
/// Throws Error(BadInput, "no-split" | "no-classes" | "no-labels" ...) and Error(Usage, ...) for unknown names and parameters.
FrozenRun freezeRun(const Project& project, const RunRequest& request);

/// Gives the run an id ("r0001", "r0002" ...) and a folder under runs/, and stores plan and labels there. Returns the folder.
std::filesystem::path createRunFolder(const Project& project, FrozenRun& frozen);

/// The run of the study with exactly this plan, finished or not; nothing where there is none. `sweep` goes on with it.
std::optional<std::filesystem::path> findRunFolder(const Project& project, const RunPlan& plan);

/// Where a run keeps a frozen label version.
std::filesystem::path frozenLabelPath(const std::filesystem::path& runFolder, const std::string& hash);

}  // namespace roundel
