#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "project/project.h"
#include "project/split.h"

namespace roundel {

/// How Provenance names the desktop as the tool.
inline constexpr const char* kDesktopTool = "roundel-studio";

/// The division of a study that a person need not think about: a fifth of the labelled cases measures while a network learns (from four
/// on), another fifth afterwards (from fifteen on), the rest teaches; what has no labels is unlabelled.
struct SplitProposal {
  Split split;
  bool drawn = false;    ///< there was none with labelled cases: all of it is new
  bool changed = false;  ///< it differs from the one that is stored
};

/// Where a split with labelled cases exists it is kept: who measures goes on measuring, and what was added since, or labelled by hand,
/// teaches, unless its patient measures. Imported labels of cases that somebody put among the unlabelled stay unseen: they were put there
/// on purpose. Where patients do not allow that anybody measures, nobody does. `byHand`: names of the cases whose newest labels a person
/// drew. Throws what drawSplit throws where even that cannot be, e.g. without any labels.
SplitProposal proposeSplit(const std::vector<SplitCandidate>& candidates, const std::optional<Split>& before,
                           const std::set<std::string>& byHand = {});
/// The same of a study.
SplitProposal proposeSplit(const Project& project);

}  // namespace roundel
