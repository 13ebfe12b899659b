#include "core/build_id.h"

#include <gtest/gtest.h>

namespace roundel {
namespace {

TEST(BuildId, IsWrittenByTheLinker) {
  EXPECT_GE(buildId().size(), 32U) << "the linker wrote none: trainings of two builds could not be told apart";
  EXPECT_EQ(buildId().find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(buildId(), buildId());
}

}  // namespace
}  // namespace roundel
