#include "core/shown_number.h"

#include <gtest/gtest.h>

#include <limits>

namespace roundel {
namespace {

TEST(ShownNumber, AbsentOnesAreADash) {
  EXPECT_EQ(shown(0.12345), "0.123");
  EXPECT_EQ(shown(std::nullopt), "–");
  EXPECT_EQ(shown(std::numeric_limits<double>::quiet_NaN()), "–");
}

TEST(ShownNumber, HugeOnesFit) { EXPECT_EQ(shown(-std::numeric_limits<double>::max()).size(), 314u); }

}  // namespace
}  // namespace roundel
