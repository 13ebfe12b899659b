#include "project/split.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/project/project_fixture.h"

namespace roundel {
namespace {

/// `patients` patients with 1 to 4 cases each; about 2 of 3 cases annotated.
std::vector<SplitCandidate> hospital(int patients, std::uint64_t seed) {
  std::vector<SplitCandidate> candidates;
  Random random(seed, "hospital");
  for (int p = 0; p < patients; ++p)
    for (std::int64_t c = 0; c <= random.below(4); ++c)
      candidates.push_back({.name = "case " + std::to_string(p) + " " + std::to_string(c),
                            .patient = "p" + std::to_string(p),
                            .annotated = random.uniform() < 0.67});
  return candidates;
}

std::vector<SplitCandidate> single(int count) {
  std::vector<SplitCandidate> candidates;
  for (int i = 0; i < count; ++i) candidates.push_back({.name = "c" + std::to_string(i), .patient = "", .annotated = true});
  return candidates;
}

PartRequest number(int count) { return {.kind = PartRequest::Kind::Count, .count = count}; }
PartRequest list(std::vector<std::string> names) { return {.kind = PartRequest::Kind::List, .names = std::move(names)}; }
PartRequest rest() { return {.kind = PartRequest::Kind::Rest}; }

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

TEST(DrawSplit, GivesEachPartItsNumberAndNoCaseTwice) {
  const auto drawn =
      drawSplit(single(210), {.labelled = number(20), .unlabelled = number(120), .validation = number(20), .test = number(50), .seed = 3});
  EXPECT_EQ(drawn.split.labelled.size(), 20U);
  EXPECT_EQ(drawn.split.unlabelled.size(), 120U);
  EXPECT_EQ(drawn.split.validation.size(), 20U);
  EXPECT_EQ(drawn.split.test.size(), 50U);
  std::set<std::string> all;
  for (const auto* part : {&drawn.split.labelled, &drawn.split.unlabelled, &drawn.split.validation, &drawn.split.test})
    all.insert(part->begin(), part->end());
  EXPECT_EQ(all.size(), 210U);
  EXPECT_TRUE(drawn.warnings.empty());
}

TEST(DrawSplit, DependsOnTheSeedAlone) {
  auto candidates = single(60);
  const SplitRequest request{.labelled = number(10), .unlabelled = rest(), .validation = number(5), .test = number(15), .seed = 1};
  const Split first = drawSplit(candidates, request).split;
  std::reverse(candidates.begin(), candidates.end());
  EXPECT_EQ(drawSplit(candidates, request).split, first) << "the order of the cases must not matter";
  SplitRequest other = request;
  other.seed = 2;
  EXPECT_NE(sorted(drawSplit(candidates, other).split.test), sorted(first.test));
}

TEST(DrawSplit, NeverPutsAPatientOnTwoSides) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto candidates = hospital(80, seed);
    const auto drawn = drawSplit(
        candidates,
        {.labelled = number(11), .unlabelled = seed % 2 ? rest() : number(30), .validation = number(9), .test = number(23), .seed = seed});
    std::map<std::string, const SplitCandidate*> byName;
    for (const auto& one : candidates) byName[one.name] = &one;
    std::map<std::string, std::set<SplitPart>> sides;
    for (const SplitPart part : {SplitPart::Labelled, SplitPart::Unlabelled, SplitPart::Validation, SplitPart::Test})
      for (const auto& name : drawn.split.part(part)) {
        sides[byName.at(name)->patient].insert(part);
        EXPECT_TRUE(part == SplitPart::Unlabelled || byName.at(name)->annotated) << name;
      }
    for (const auto& [patient, parts] : sides) EXPECT_EQ(parts.size(), 1U) << patient << " of seed " << seed;
    EXPECT_EQ(drawn.split.labelled.size(), 11U);
    EXPECT_EQ(drawn.split.validation.size(), 9U);
    EXPECT_EQ(drawn.split.test.size(), 23U);
    EXPECT_TRUE(seed % 2 == 1 || drawn.split.unlabelled.size() == 30U);
  }
}

TEST(DrawSplit, WithoutGroupingUsesEveryCase) {
  const auto candidates = hospital(40, 1);
  const auto drawn = drawSplit(
      candidates,
      {.labelled = number(5), .unlabelled = rest(), .validation = number(5), .test = number(10), .grouping = SplitGrouping::None});
  EXPECT_EQ(drawn.split.unlabelled.size(), candidates.size() - 20);
  EXPECT_TRUE(drawn.warnings.empty());
}

TEST(DrawSplit, LabelledSetsAreNestedAndTheRestStays) {
  for (const auto& candidates : {single(120), hospital(80, 7)}) {
    SplitRequest request{.labelled = number(1), .unlabelled = rest(), .validation = number(10), .test = number(20), .seed = 5};
    const Split first = drawSplit(candidates, request).split;
    std::vector<std::string> before = first.labelled;
    for (const int count : {2, 3, 5, 10, 20}) {
      request.labelled = number(count);
      const Split next = drawSplit(candidates, request).split;
      EXPECT_EQ(next.test, first.test) << count;
      EXPECT_EQ(next.validation, first.validation) << count;
      ASSERT_EQ(next.labelled.size(), static_cast<std::size_t>(count));
      EXPECT_TRUE(std::equal(before.begin(), before.end(), next.labelled.begin())) << count;
      EXPECT_EQ(labelledSubset(next, static_cast<int>(before.size())).labelled, before);
      before = next.labelled;
    }
  }
}

TEST(DrawSplit, KeepsUnlabelledCasesWhileLabelledOnesGrow) {
  SplitRequest request{.labelled = number(5), .unlabelled = number(50), .validation = number(5), .test = number(20), .seed = 5};
  const Split few = drawSplit(single(120), request).split;
  request.labelled = number(40);
  EXPECT_EQ(drawSplit(single(120), request).split.unlabelled, few.unlabelled);
}

TEST(DrawSplit, TakesListsInTheirOrder) {
  const auto drawn =
      drawSplit(single(20), {.labelled = list({"c7", "c3"}), .unlabelled = rest(), .validation = list({"c1"}), .test = number(4)});
  EXPECT_EQ(drawn.split.labelled, (std::vector<std::string>{"c7", "c3"}));
  EXPECT_EQ(drawn.split.validation, std::vector<std::string>{"c1"});
  EXPECT_EQ(drawn.split.unlabelled.size(), 13U);
}

TEST(DrawSplit, RefusesWhatCannotBe) {
  auto candidates = single(10);
  candidates[9].annotated = false;
  candidates[8].excluded = true;
  candidates[0].patient = candidates[1].patient = "p";
  const auto draw = [&](SplitRequest request) { return codeOf([&] { drawSplit(candidates, request); }); };
  EXPECT_EQ(draw({.labelled = number(4), .test = number(6)}), "not-enough-cases");
  EXPECT_EQ(draw({.labelled = number(9)}), "not-enough-cases");
  EXPECT_EQ(draw({.labelled = number(8)}), "none");
  EXPECT_EQ(draw({.labelled = number(2), .unlabelled = number(9)}), "not-enough-cases");
  EXPECT_EQ(draw({.labelled = list({"c2"}), .test = list({"c2"})}), "case-twice");
  EXPECT_EQ(draw({.labelled = list({"c2", "c2"})}), "case-twice");
  EXPECT_EQ(draw({.labelled = list({"c0"}), .test = list({"c1"})}), "patient-twice");
  EXPECT_EQ(draw({.labelled = list({"c0"}), .test = list({"c1"}), .grouping = SplitGrouping::None}), "none");
  EXPECT_EQ(draw({.labelled = list({"c9"})}), "not-annotated");
  EXPECT_EQ(draw({.labelled = list({"c2"}), .test = list({"c9"})}), "not-annotated");
  EXPECT_EQ(draw({.labelled = list({"c2"}), .unlabelled = list({"c9"})}), "none");
  EXPECT_EQ(draw({.labelled = list({"c8"})}), "excluded-case");
  EXPECT_EQ(draw({.labelled = list({"nobody"})}), "unknown-case");
  EXPECT_EQ(draw({.labelled = rest()}), "bad-split");
  EXPECT_EQ(draw({.labelled = number(0)}), "bad-split");
  EXPECT_EQ(draw({.labelled = number(1), .test = number(-1)}), "bad-split");
  EXPECT_EQ(draw({}), "bad-split");
}

TEST(DrawSplit, SaysWhatItLeavesOut) {
  auto candidates = single(12);
  for (int i = 0; i < 3; ++i) candidates[static_cast<std::size_t>(i)].patient = "p";
  const auto drawn = drawSplit(candidates, {.labelled = list({"c0"}), .unlabelled = rest(), .test = number(2)});
  ASSERT_EQ(drawn.warnings.size(), 1U);
  EXPECT_EQ(drawn.warnings[0].code, "left-out");
  EXPECT_NE(drawn.warnings[0].message.find("2 cases"), std::string::npos);
  const auto noTest = drawSplit(candidates, {.labelled = number(2), .unlabelled = rest()});
  EXPECT_EQ(noTest.warnings.back().code, "no-test");
}

TEST(SplitText, ListsAreReadLineByLine) {
  EXPECT_EQ(caseListFromText("\xEF\xBB\xBF"
                             "a.png\r\n\r\n  # remark\n b c \nlast"),
            (std::vector<std::string>{"a.png", "b c", "last"}));
  EXPECT_TRUE(caseListFromText("").empty());
}

TEST(SplitText, SurvivesJson) {
  const Split split{.name = "pilot", .seed = 0xFFFFFFFFFFFFFFFFu, .grouping = SplitGrouping::None, .labelled = {"a"}, .test = {"b", "c"}};
  EXPECT_EQ(splitFromJson(Json::parse(toJson(split).dump())), split);
  EXPECT_EQ(codeOf([] { splitFromJson({{"labelled", 3}}); }), "bad-document");
}

TEST_F(ProjectTest, SavesSplitsAsTheyAre) {
  Project project = Project::create(folder());
  project.addCases({caseNamed("a"), caseNamed("b"), caseNamed("c"), caseNamed("d")});
  const Split split{.seed = 0xFFFFFFFFFFFFFFFFu, .labelled = {"d", "a"}, .unlabelled = {"c"}, .test = {"b"}};
  project.saveSplit({.name = "other", .labelled = {"a"}});
  project.saveSplit({.labelled = {"a", "b", "c"}});
  project.saveSplit(split);
  EXPECT_EQ(project.split(), split);
  EXPECT_EQ(project.splits().size(), 2U);
  EXPECT_FALSE(project.split("none").has_value());
  EXPECT_EQ(codeOf([&] { project.saveSplit({.labelled = {"a"}, .test = {"a"}}); }), "case-twice");
  EXPECT_EQ(codeOf([&] { project.saveSplit({.labelled = {"z"}}); }), "unknown-case");
  EXPECT_EQ(project.split(), split) << "a refused split leaves the old one";
}

}  // namespace
}  // namespace roundel
