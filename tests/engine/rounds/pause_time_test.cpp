#include "rounds/pause_time.h"

#include <gtest/gtest.h>

#include <ctime>

#include "core/error.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

/// Clocks here at that moment, as "HH:MM".
std::string shownAt(std::int64_t moment) {
  const auto time = static_cast<std::time_t>(moment);
  std::tm clock{};
  localtime_r(&time, &clock);
  char text[8];
  std::strftime(text, sizeof text, "%H:%M", &clock);
  return text;
}

TEST(PauseTime, IsTheNextTimeThatClocksShowIt) {
  const std::int64_t now = 1'790'000'000;
  for (const char* time : {"07:00", "00:00", "23:59", "12:30"}) {
    const auto then = nextTimeOfDay(time, now);
    EXPECT_EQ(shownAt(then), time);
    EXPECT_GT(then, now);
    EXPECT_LE(then, now + 25 * 3600) << time;  // 25 hours where clocks are put back
  }
  EXPECT_EQ(nextTimeOfDay("7:05", now), nextTimeOfDay("07:05", now));
  // A time that is just there is tomorrow's.
  const auto then = nextTimeOfDay("07:00", now);
  EXPECT_GT(nextTimeOfDay("07:00", then), then);
}

TEST(PauseTime, WhatIsNoTimeIsRefused) {
  for (const char* bad : {"", "7", "24:00", "12:60", "12:5", "a:00", "07:00:00", "-1:00", " 7:00", "1234:00"}) try {
      nextTimeOfDay(bad, 0);
      ADD_FAILURE() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "bad-stop-at") << bad;
    }
}

TEST(PauseTime, AWishWhoseTimeHasComeIsForgottenByWhoeverGoesOn) {
  const test::TemporaryFolder folder;
  const auto control = folder.path() / "control";
  EXPECT_FALSE(readPauseTime(control).has_value());
  writePauseTime(control, 1000);
  EXPECT_EQ(readPauseTime(control), 1000);
  forgetPastPauseTime(control, 999);
  EXPECT_EQ(readPauseTime(control), 1000);
  forgetPastPauseTime(control, 1000);
  EXPECT_FALSE(readPauseTime(control).has_value());
}

}  // namespace
}  // namespace roundel
