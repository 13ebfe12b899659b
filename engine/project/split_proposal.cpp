#include "project/split_proposal.h"

#include <algorithm>

#include "core/error.h"

namespace roundel {
namespace {

constexpr int kFewestForValidation = 4;
constexpr int kFewestForTest = 15;

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Split extended(const Split& before, const std::vector<SplitCandidate>& candidates, const std::set<std::string>& byHand) {
  Split split = before;
  std::set<std::string> measured;
  for (const auto& one : candidates)
    if (!one.patient.empty() && (holds(split.validation, one.name) || holds(split.test, one.name))) measured.insert(one.patient);
  for (const auto& one : candidates) {
    if (one.excluded || measured.count(one.patient) > 0 || holds(split.labelled, one.name) || holds(split.validation, one.name) ||
        holds(split.test, one.name))
      continue;
    if (holds(split.unlabelled, one.name) && !byHand.contains(one.name)) continue;
    std::erase(split.unlabelled, one.name);
    (one.annotated ? split.labelled : split.unlabelled).push_back(one.name);
  }
  // What was excluded since, or lost its labels, teaches nobody.
  for (const auto& one : candidates) {
    if (one.excluded)
      for (const SplitPart part : {SplitPart::Labelled, SplitPart::Unlabelled, SplitPart::Validation, SplitPart::Test})
        std::erase(split.part(part), one.name);
    else if (!one.annotated && holds(split.labelled, one.name)) {
      std::erase(split.labelled, one.name);
      split.unlabelled.push_back(one.name);
    }
  }
  return split;
}

Split drawn(const std::vector<SplitCandidate>& candidates) {
  const auto annotated = static_cast<int>(
      std::count_if(candidates.begin(), candidates.end(), [](const SplitCandidate& one) { return one.annotated && !one.excluded; }));
  if (annotated == 0) {  // nothing can be drawn yet: all of it is to be labelled
    Split bare;
    for (const auto& one : candidates)
      if (!one.excluded) bare.unlabelled.push_back(one.name);
    return bare;
  }
  int validation = annotated >= kFewestForValidation ? std::max(1, annotated / 5) : 0;
  int test = annotated >= kFewestForTest ? annotated / 5 : 0;
  for (;;) {
    SplitRequest request;
    request.seed = 1;
    request.labelled = {.kind = PartRequest::Kind::Count, .count = annotated - validation - test};
    if (validation > 0) request.validation = {.kind = PartRequest::Kind::Count, .count = validation};
    if (test > 0) request.test = {.kind = PartRequest::Kind::Count, .count = test};
    request.unlabelled = {.kind = PartRequest::Kind::Rest};
    try {
      return drawSplit(candidates, request).split;
    } catch (const Error& error) {
      // The patients do not allow so many on the side that measures.
      if (error.code() != "not-enough-cases" || validation + test == 0) throw;
      (test > 0 ? test : validation) = 0;
    }
  }
}

}  // namespace

SplitProposal proposeSplit(const std::vector<SplitCandidate>& candidates, const std::optional<Split>& before,
                           const std::set<std::string>& byHand) {
  SplitProposal proposal;
  proposal.drawn = !before || before->labelled.empty();
  proposal.split = proposal.drawn ? drawn(candidates) : extended(*before, candidates, byHand);
  proposal.changed = !before || !(proposal.split == *before);
  return proposal;
}

SplitProposal proposeSplit(const Project& project) {
  std::set<std::string> byHand;
  const auto versions = project.latestVersions();
  for (const auto& one : project.cases())
    if (const auto version = versions.find(one.id); version != versions.end() && version->second.provenance.tool == kDesktopTool)
      byHand.insert(one.name);
  return proposeSplit(project.splitCandidates(), project.split(), byHand);
}

}  // namespace roundel
