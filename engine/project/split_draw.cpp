#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "core/error.h"
#include "core/param_spec.h"
#include "core/random.h"
#include "project/split.h"

namespace roundel {
namespace {

/// Cases that stay together: a patient's, or one alone.
struct Group {
  std::string key;  ///< its first case's name: the same whatever the patients' keys are
  std::uint64_t rank = 0;
  std::vector<const SplitCandidate*> cases;  ///< by name
  std::optional<SplitPart> part;
};

class Draw {
 public:
  Draw(const std::vector<SplitCandidate>& candidates, const SplitRequest& request) : m_request(request) {
    m_split.name = request.name;
    m_split.seed = request.seed;
    m_split.grouping = request.grouping;
    makeGroups(candidates);
  }

  void takeList(SplitPart part, const PartRequest& wanted);
  void takeWhole(SplitPart part, int count);
  void takeBeginning(SplitPart part, int count);
  void takeUnlabelled(const PartRequest& wanted);
  DrawnSplit finished();

 private:
  void makeGroups(const std::vector<SplitCandidate>& candidates);
  void assign(Group& group, const SplitCandidate& one, SplitPart part);
  std::vector<const SplitCandidate*> labelledCases(const Group& group) const;
  [[noreturn]] void failTooFew(SplitPart part, int count, int found) const;

  const SplitRequest& m_request;
  std::vector<Group> m_groups;                       ///< in the seed's order
  std::map<std::string, std::size_t> m_groupOfCase;  ///< index into m_groups
  std::map<std::string, const SplitCandidate*> m_cases;
  std::map<std::string, SplitPart> m_partOfCase;
  Split m_split;
};

void Draw::makeGroups(const std::vector<SplitCandidate>& candidates) {
  std::map<std::string, Group> groups;
  for (const auto& one : candidates) {
    m_cases[one.name] = &one;
    if (one.excluded) continue;
    const bool together = m_request.grouping == SplitGrouping::ByPatient && !one.patient.empty();
    groups[(together ? "p/" + one.patient : "c/" + one.name)].cases.push_back(&one);
  }
  for (auto& [ignored, group] : groups) {
    std::sort(group.cases.begin(), group.cases.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
    group.key = group.cases.front()->name;
    group.rank = Random(m_request.seed, "split", fnv1a(group.key)).next();
    m_groups.push_back(std::move(group));
  }
  std::sort(m_groups.begin(), m_groups.end(),
            [](const Group& a, const Group& b) { return std::tie(a.rank, a.key) < std::tie(b.rank, b.key); });
  for (std::size_t i = 0; i < m_groups.size(); ++i)
    for (const auto* one : m_groups[i].cases) m_groupOfCase[one->name] = i;
}

void Draw::assign(Group& group, const SplitCandidate& one, SplitPart part) {
  group.part = part;
  m_partOfCase[one.name] = part;
  m_split.part(part).push_back(one.name);
}

std::vector<const SplitCandidate*> Draw::labelledCases(const Group& group) const {
  std::vector<const SplitCandidate*> cases;
  if (!group.part)
    for (const auto* one : group.cases)
      if (one->annotated) cases.push_back(one);
  return cases;
}

void Draw::takeList(SplitPart part, const PartRequest& wanted) {
  for (const auto& name : wanted.names) {
    const auto fail = [&](const char* code, const std::string& message, const std::string& remedy) {
      throw Error(ErrorKind::BadInput, code, message, {.caseName = name, .remedy = remedy});
    };
    const auto found = m_cases.find(name);
    if (found == m_cases.end()) fail("unknown-case", "The list of " + toString(part) + " cases names " + name + ", which is no case.", "");
    const SplitCandidate& one = *found->second;
    if (one.excluded)
      fail("excluded-case", "The case " + name + " is excluded from the study.", "Take it off the list of " + toString(part) + " cases.");
    if (const auto twice = m_partOfCase.find(name); twice != m_partOfCase.end())
      fail("case-twice",
           twice->second == part ? "The case " + name + " is twice in the list of " + toString(part) + " cases."
                                 : "The case " + name + " is in two lists: " + toString(twice->second) + " and " + toString(part) + ".",
           "Leave it in one.");
    if (part != SplitPart::Unlabelled && !one.annotated)
      fail("not-annotated", "The case " + name + " is in the list of " + toString(part) + " cases, but has no labels.",
           part == SplitPart::Labelled ? "Label it first, or put it among the unlabelled ones."
                                       : "Only cases with labels can be measured on.");
    Group& group = m_groups[m_groupOfCase.at(name)];
    if (group.part && *group.part != part)
      fail("patient-twice",
           "The case " + name + " is in the list of " + toString(part) + " cases, but another case of its patient is " +
               toString(*group.part) + ".",
           "Put all cases of a patient on one side, or say --group none.");
    assign(group, one, part);
  }
}

void Draw::failTooFew(SplitPart part, int count, int found) const {
  int annotated = 0, usable = 0, tied = 0;
  for (const auto& group : m_groups)
    for (const auto* one : group.cases) {
      ++usable;
      annotated += one->annotated;
      tied += group.part && !m_partOfCase.contains(one->name);
    }
  const std::string ofPatients = tied == 0 ? "" : ", and " + std::to_string(tied) + " tied to those because they are of the same patients";
  throw Error(ErrorKind::BadInput, "not-enough-cases",
              "The split asks for " + std::to_string(count) + " " + toString(part) + " cases" +
                  (part == SplitPart::Unlabelled ? "" : ", which need labels") + ", but only " + std::to_string(found) +
                  " are left for it (" + std::to_string(usable) + " cases, " + std::to_string(annotated) + " of them with labels, " +
                  std::to_string(m_partOfCase.size() - m_split.part(part).size()) + " in other parts" + ofPatients + ").",
              {.remedy = tied == 0 ? "Ask for fewer, or import or label more."
                                   : "Ask for fewer, import or label more, or say --group none: then a patient may be on several sides."});
}

/// Patients that fit whole; one is cut only where the number cannot be reached otherwise.
void Draw::takeWhole(SplitPart part, int count) {
  int left = count;
  for (auto& group : m_groups) {
    const auto cases = labelledCases(group);
    if (cases.empty() || static_cast<int>(cases.size()) > left) continue;
    for (const auto* one : cases) assign(group, *one, part);
    left -= static_cast<int>(cases.size());
  }
  if (left > 0) {
    const int before = count - left;
    const auto cut = std::find_if(m_groups.begin(), m_groups.end(), [&](const Group& group) { return !labelledCases(group).empty(); });
    if (cut == m_groups.end()) failTooFew(part, count, before);
    const auto cases = labelledCases(*cut);  // more than are left to take, or it would have been taken whole
    for (int i = 0; i < left; ++i) assign(*cut, *cases[static_cast<std::size_t>(i)], part);
  }
}

/// Exactly the first `count` in the seed's order, so that a smaller number takes the beginning of what a larger one takes.
void Draw::takeBeginning(SplitPart part, int count) {
  int left = count;
  for (auto& group : m_groups)
    for (const auto* one : labelledCases(group)) {
      if (left == 0) return;
      assign(group, *one, part);
      --left;
    }
  if (left > 0) failTooFew(part, count, count - left);
}

/// From the end of the order, so that more labelled cases take as few as possible of the unlabelled ones away.
void Draw::takeUnlabelled(const PartRequest& wanted) {
  const bool rest = wanted.kind == PartRequest::Kind::Rest;
  int left = wanted.count;
  for (auto group = m_groups.rbegin(); group != m_groups.rend(); ++group) {
    if (group->part) continue;
    for (const auto* one : group->cases) {
      if (!rest && left == 0) return;
      assign(*group, *one, SplitPart::Unlabelled);
      --left;
    }
  }
  if (!rest && left > 0) failTooFew(SplitPart::Unlabelled, wanted.count, wanted.count - left);
}

DrawnSplit Draw::finished() {
  DrawnSplit drawn{.split = std::move(m_split), .warnings = {}};
  std::size_t leftOut = 0;
  for (const auto& group : m_groups)
    if (group.part)
      for (const auto* one : group.cases) leftOut += !m_partOfCase.contains(one->name);
  if (leftOut > 0)
    drawn.warnings.push_back({"left-out", "",
                              std::to_string(leftOut) + (leftOut == 1 ? " case is" : " cases are") +
                                  " in no part, because another case of the same patient is in one."});
  if (drawn.split.test.empty())
    drawn.warnings.push_back({"no-test", "", "The split has no test cases: nothing tells how good the model is on cases it has not seen."});
  return drawn;
}

void requireSensible(const SplitRequest& request) {
  const auto fail = [](const std::string& message, const std::string& remedy) {
    throw Error(ErrorKind::Usage, "bad-split", message, {.remedy = remedy});
  };
  using Kind = PartRequest::Kind;
  for (const auto& [part, wanted] :
       {std::pair(SplitPart::Labelled, &request.labelled), std::pair(SplitPart::Unlabelled, &request.unlabelled),
        std::pair(SplitPart::Validation, &request.validation), std::pair(SplitPart::Test, &request.test)}) {
    if (wanted->kind == Kind::Count && wanted->count < 0) fail("A number of " + toString(part) + " cases below zero makes no sense.", "");
    if (wanted->kind == Kind::Rest && part != SplitPart::Unlabelled)
      fail("Only the unlabelled cases can be the rest.", "Give a number or a list for the " + toString(part) + " cases.");
  }
  const PartRequest& labelled = request.labelled;
  if (labelled.kind == Kind::None || (labelled.kind == Kind::Count && labelled.count == 0) ||
      (labelled.kind == Kind::List && labelled.names.empty()))
    fail("A split needs at least one labelled case.", "Say --labelled with a number above 0, or with a file that names cases.");
}

}  // namespace

DrawnSplit drawSplit(const std::vector<SplitCandidate>& candidates, const SplitRequest& request) {
  requireSensible(request);
  Draw draw(candidates, request);
  using Kind = PartRequest::Kind;
  // Lists first: whoever names cases means these. Then numbers, those that must not depend on the labelled ones first.
  draw.takeList(SplitPart::Test, request.test);
  draw.takeList(SplitPart::Validation, request.validation);
  draw.takeList(SplitPart::Labelled, request.labelled);
  draw.takeList(SplitPart::Unlabelled, request.unlabelled);
  if (request.test.kind == Kind::Count) draw.takeWhole(SplitPart::Test, request.test.count);
  if (request.validation.kind == Kind::Count) draw.takeWhole(SplitPart::Validation, request.validation.count);
  if (request.labelled.kind == Kind::Count) draw.takeBeginning(SplitPart::Labelled, request.labelled.count);
  if (request.unlabelled.kind == Kind::Count || request.unlabelled.kind == Kind::Rest) draw.takeUnlabelled(request.unlabelled);
  return draw.finished();
}

}  // namespace roundel
