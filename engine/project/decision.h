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
  std::string when = {};       ///< UTC
  std::string note = {};
};

Json toJson(const Decision& decision);
Decision decisionFromJson(const Json& json);

/// A list from a person: JSON [{"case", "class", "decision", "note"}] or CSV with the header case,class,decision[,note].
/// Throws Error(BadInput, "bad-decisions") that names the line.
std::vector<Decision> decisionsFromText(const std::string& text);

/// All decisions of a run, as its folder has them (`decisions/*.json`), the newest for each case and class; what a run reads
/// when a round starts. Needs no database. A decision about a whole case replaces older ones about its classes.
std::vector<Decision> readDecisions(const std::filesystem::path& runFolder);

}  // namespace roundel
