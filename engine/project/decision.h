#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/json.h"

namespace roundel {

enum class Verdict { Accept, Review, Reject };

std::string toString(Verdict verdict);
/// Throws Error(BadInput, "bad-decision").
Verdict verdictFromString(const std::string& text);

/// What a person said of one pseudo-label of a run.
struct Decision {
  std::string caseName;
  std::string className = {};  ///< empty: every class of the case
  Verdict verdict = Verdict::Review;
  std::string who = {};
  std::string when = {};  ///< UTC
  std::string note = {};
};

Json toJson(const Decision& decision);
Decision decisionFromJson(const Json& json);

/// A list from a person: JSON [{"case", "class", "decision", "note"}] or CSV with the header case,class,decision[,note].
/// Throws Error(BadInput, "bad-decisions") that names the line.
std::vector<Decision> decisionsFromText(const std::string& given);

/// The newest decision for each case and class, by case and class. One about a whole case (no class) replaces older ones about
/// its classes; a later one about a class stands beside it and counts for that class.
std::vector<Decision> newestDecisions(const std::vector<Decision>& inOrder);

/// All decisions of a run, as its folder has them (`decisions/*.json`), as newestDecisions gives them; what a run reads when a
/// round starts. Needs no database; a run without decisions has none. Throws Error(BadInput, "bad-document").
std::vector<Decision> readDecisions(const std::filesystem::path& runFolder);

}  // namespace roundel
