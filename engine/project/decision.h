#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/mask.h"
#include "core/prompt.h"

namespace roundel {

enum class Verdict { Accept, Review, Reject };

std::string toString(Verdict verdict);
/// Throws Error(BadInput, "bad-decision").
Verdict verdictFromString(const std::string& text);

/// A pseudo-label that came of prompts which a person moved; it stands in for the machine's own.
struct MovedLabel {
  Mask mask;                         ///< on the image's grid
  std::vector<Prompt> prompts = {};  ///< what the generalist was asked with, call by call
};

/// What a person said of one pseudo-label of a run.
struct Decision {
  std::string caseName;
  std::string className = {};  ///< empty: every class of the case
  Verdict verdict = Verdict::Review;
  std::string who = {};
  std::string when = {};  ///< UTC
  std::string note = {};
  std::optional<MovedLabel> label = {};  ///< of one class alone
};

Json toJson(const MovedLabel& label);
MovedLabel movedLabelFromJson(const Json& json);
Json toJson(const Decision& decision);
Decision decisionFromJson(const Json& json);

/// A list from a person: JSON [{"case", "class", "decision", "note", "label": {"mask", "prompts"}}] or CSV with the header
/// case,class,decision[,note]. Throws Error(BadInput, "bad-decisions") that names the line.
std::vector<Decision> decisionsFromText(const std::string& given);

/// The newest decision for each case and class, by case and class. One about a whole case (no class) replaces older ones about
/// its classes; a later one about a class stands beside it and counts for that class.
std::vector<Decision> newestDecisions(const std::vector<Decision>& inOrder);

/// All decisions of a run, as its folder has them (`decisions/*.json`), as newestDecisions gives them; what a run reads when a
/// round starts. Needs no database; a run without decisions has none. Throws Error(BadInput, "bad-document").
std::vector<Decision> readDecisions(const std::filesystem::path& runFolder);

}  // namespace roundel
