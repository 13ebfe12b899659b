#include "rounds/advisor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "rounds/run_strategy.h"

namespace roundel {
namespace {

TEST(Advice, FollowsWhatTheStudyHas) {
  EXPECT_EQ(adviseRun({.labelled = 20, .unlabelled = 0}).strategy, "supervised");
  EXPECT_EQ(adviseRun({.labelled = 20, .unlabelled = 100}).strategy, "pseudo-labels");
  const RunAdvice learnt = adviseRun({.labelled = 20, .unlabelled = 100, .learntGeneralists = {"sam-b"}});
  EXPECT_EQ(learnt.strategy, "sam-carries-the-burden");
  EXPECT_EQ(learnt.generalists, std::vector<std::string>{"sam-b"});
  EXPECT_EQ(adviseRun({.labelled = 20, .unlabelled = 1, .gpu = true}).preset, "standard");
  EXPECT_EQ(adviseRun({.labelled = 20, .unlabelled = 1}).preset, "quick");
}

TEST(Advice, NamesAStrategyThatThereIsAndGivesReasonsWithoutNumbers) {
  for (const int unlabelled : {0, 5})
    for (const bool gpu : {false, true})
      for (const int validation : {0, 2})
        for (const auto& generalists : {std::vector<std::string>{}, std::vector<std::string>{"sam-b"}}) {
          const RunAdvice advice =
              adviseRun({.labelled = 3, .unlabelled = unlabelled, .validation = validation, .gpu = gpu, .learntGeneralists = generalists});
          EXPECT_NO_THROW(findRunStrategy(advice.strategy));
          EXPECT_GE(advice.rounds, 1);
          EXPECT_FALSE(advice.reasons.empty());
          for (const auto& reason : advice.reasons)  // a translation is found by the whole sentence
            EXPECT_TRUE(std::none_of(reason.begin(), reason.end(), [](unsigned char c) { return std::isdigit(c); })) << reason;
        }
}

}  // namespace
}  // namespace roundel
