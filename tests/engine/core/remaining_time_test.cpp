#include "core/remaining_time.h"

#include <gtest/gtest.h>

namespace roundel {
namespace {

RemainingTime::Clock::time_point at(int seconds) { return RemainingTime::Clock::time_point{} + std::chrono::seconds(1000 + seconds); }

TEST(RemainingTime, FollowsTheSpeedSinceTheFirstProgress) {
  RemainingTime left;
  EXPECT_FALSE(left.after(300, 800, "training", at(0))) << "nothing is known yet; 300 steps are of an earlier run";
  EXPECT_DOUBLE_EQ(*left.after(310, 800, "training", at(5)), 245);
  EXPECT_DOUBLE_EQ(*left.after(800, 800, "training", at(250)), 0);
}

TEST(RemainingTime, BeginsAnewWithAnotherPieceInTheSameWords) {
  RemainingTime left;
  left.after(1, 635, "training", at(0));
  left.after(635, 635, "training", at(250));
  EXPECT_FALSE(left.after(1, 635, "training", at(260))) << "the control arm begins";
  EXPECT_DOUBLE_EQ(*left.after(11, 635, "training", at(264)), 249.6);
  EXPECT_FALSE(left.after(12, 635, "validating", at(265)));
  EXPECT_FALSE(left.after(13, 20, "validating", at(266)));
  EXPECT_FALSE(left.after(5, 0, "counting", at(267)));
}

}  // namespace
}  // namespace roundel
