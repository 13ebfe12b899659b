#include "project/split_proposal.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"

namespace roundel {
namespace {

std::vector<SplitCandidate> study(int annotated, int bare, const std::string& patient = {}) {
  std::vector<SplitCandidate> candidates;
  for (int i = 0; i < annotated + bare; ++i)
    candidates.push_back({.name = "c" + std::to_string(i), .patient = patient, .annotated = i < annotated});
  return candidates;
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

TEST(ProposeSplit, AFifthMeasuresAndTheRestTeaches) {
  const SplitProposal five = proposeSplit(study(5, 20), std::nullopt);
  EXPECT_TRUE(five.drawn && five.changed);
  EXPECT_EQ(five.split.labelled.size(), 4U);
  EXPECT_EQ(five.split.validation.size(), 1U);
  EXPECT_TRUE(five.split.test.empty());
  EXPECT_EQ(five.split.unlabelled.size(), 20U);
  const SplitProposal twenty = proposeSplit(study(20, 0), std::nullopt);
  EXPECT_EQ(twenty.split.labelled.size(), 12U);
  EXPECT_EQ(twenty.split.validation.size(), 4U);
  EXPECT_EQ(twenty.split.test.size(), 4U);
}

TEST(ProposeSplit, OnePatientsCasesAllTeach) {
  // Every labelled case is of the same patient: none of them may measure what the others teach.
  const SplitProposal one = proposeSplit(study(6, 0, "p"), std::nullopt);
  EXPECT_EQ(one.split.labelled.size(), 6U);
  EXPECT_TRUE(one.split.validation.empty());
}

TEST(ProposeSplit, WhatWasLabelledSinceTeachesAndWhoMeasuresStays) {
  auto cases = study(5, 3);
  const Split before = proposeSplit(cases, std::nullopt).split;
  EXPECT_FALSE(proposeSplit(cases, before).changed);
  cases[6].annotated = true;                                              // c6 was labelled
  cases.push_back({.name = "new", .patient = "", .annotated = false});    // and an image came
  EXPECT_FALSE(holds(proposeSplit(cases, before).split.labelled, "c6"));  // imported: somebody put it among the unlabelled on purpose
  const SplitProposal after = proposeSplit(cases, before, {"c6"});
  EXPECT_TRUE(after.changed);
  EXPECT_FALSE(after.drawn);
  EXPECT_TRUE(holds(after.split.labelled, "c6"));
  EXPECT_FALSE(holds(after.split.unlabelled, "c6"));
  EXPECT_TRUE(holds(after.split.unlabelled, "new"));
  EXPECT_EQ(after.split.validation, before.validation);
}

TEST(ProposeSplit, WhatWasExcludedOrLostItsLabelsTeachesNoMore) {
  auto cases = study(5, 3);
  const Split before = proposeSplit(cases, std::nullopt).split;
  const std::string first = before.labelled[0], second = before.labelled[1];
  for (auto& one : cases) {
    if (one.name == first) one.excluded = true;
    if (one.name == second) one.annotated = false;
  }
  const Split after = proposeSplit(cases, before).split;
  EXPECT_FALSE(holds(after.labelled, first) || holds(after.unlabelled, first));
  EXPECT_FALSE(holds(after.labelled, second));
  EXPECT_TRUE(holds(after.unlabelled, second));
}

TEST(ProposeSplit, WithoutLabelsThereIsNothingToPropose) {
  const SplitProposal none = proposeSplit(study(0, 4), std::nullopt);
  EXPECT_TRUE(none.split.labelled.empty());
}

}  // namespace
}  // namespace roundel
