#include "quality/case_ranking.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace roundel {
namespace {

CaseQuality quality(std::string name, double dice, double agreement, double entropy, int extraClass = 0) {
  return {.name = std::move(name),
          .classes = {{.classIndex = 0, .estimatedDice = dice, .features = {.agreement = agreement, .entropy = entropy}},
                      {.classIndex = extraClass, .estimatedDice = dice, .features = {.agreement = agreement, .entropy = entropy}}}};
}

const std::vector<CaseQuality> kCases{quality("good", 0.95, 0.97, 0.05), quality("poor", 0.4, 0.8, 0.3),
                                      quality("contested", 0.9, 0.3, 0.1), quality("unsure", 0.85, 0.9, 0.7),
                                      quality("rare", 0.94, 0.96, 0.06, 5)};

std::string first(const std::string& ranking) { return caseRankings().create(ranking)->rank(kCases).front().name; }

TEST(CaseRankings, EachPutsItsOwnKindFirst) {
  EXPECT_EQ(first("lowest-estimate"), "poor");
  EXPECT_EQ(first("disagreement"), "contested");
  EXPECT_EQ(first("entropy"), "unsure");
  EXPECT_EQ(first("rarity"), "rare");
  EXPECT_EQ(first("expected-value"), "poor");
}

TEST(CaseRankings, AllRankEveryCaseOnceWhateverTheOrderAndSayWhy) {
  auto turned = kCases;
  std::reverse(turned.begin(), turned.end());
  turned.push_back({.name = "empty"});
  auto same = kCases;
  same.push_back({.name = "empty"});
  for (const auto& entry : caseRankings().entries()) {
    const auto ranking = caseRankings().create(entry.name);
    EXPECT_EQ(ranking->name(), entry.name);
    const auto a = ranking->rank(turned), b = ranking->rank(same);
    ASSERT_EQ(a.size(), 6U);
    for (std::size_t i = 0; i < 6; ++i) {
      EXPECT_EQ(a[i].name, b[i].name);
      EXPECT_FALSE(a[i].reason.empty());
      if (i > 1) {
        EXPECT_GE(a[i - 1].value, a[i].value);
      }
    }
    EXPECT_EQ(a[0].name, "empty") << "nothing found in it: nobody vouches for it";
    EXPECT_TRUE(ranking->rank({}).empty());
  }
}

}  // namespace
}  // namespace roundel
