#include "rounds/stage_runner.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

class StageRunnerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    m_folder = std::filesystem::path(::testing::TempDir()) / ("run-" + std::to_string(::getpid()));
    std::filesystem::create_directories(m_folder);
  }
  void TearDown() override { std::filesystem::remove_all(m_folder); }

  std::string run(const std::string& input, StopAfter stop = {}) {
    StageRunner runner(m_folder, "r0001", m_job, m_events, stop);
    return runner.run(1, "refine", input, [&](StageJob&, const std::filesystem::path& folder) {
      ++m_calls;
      m_found = std::filesystem::exists(folder / "half-made");
      writeFileAtomically(folder / "half-made", "x");
      if (m_fail) throw Cancelled();
      return "output of " + input;
    });
  }

  std::filesystem::path m_folder;
  Job m_job;
  EventLog m_events;
  int m_calls = 0;
  bool m_found = false, m_fail = false;
};

TEST_F(StageRunnerTest, DoesNothingTwice) {
  EXPECT_EQ(run("a"), "output of a");
  EXPECT_EQ(run("a"), "output of a");
  EXPECT_EQ(m_calls, 1);
}

TEST_F(StageRunnerTest, GoesOnWithWhatWasBrokenOffAndForgetsWhatChanged) {
  m_fail = true;
  EXPECT_THROW(run("a"), Cancelled);
  m_fail = false;
  run("a");
  EXPECT_TRUE(m_found) << "what the stage had half-made under the same inputs is its own";
  run("b");
  EXPECT_FALSE(m_found) << "other inputs: nothing of it is used";
}

TEST_F(StageRunnerTest, StopsAfterTheStageThatWasNamed) {
  EXPECT_THROW(run("a", parseStopAfter("round:1/refine")), Cancelled);
  EXPECT_EQ(m_calls, 1);
  EXPECT_EQ(run("a"), "output of a");
  EXPECT_EQ(m_calls, 1) << "the stage was done before it stopped";
  EXPECT_THROW(parseStopAfter("refine"), Error);
  EXPECT_THROW(parseStopAfter("round:x/refine"), Error);
}

TEST_F(StageRunnerTest, ObeysTheControlFolder) {
  std::filesystem::create_directories(m_folder / "control");
  writeFileAtomically(m_folder / "control" / "pause", "");
  EXPECT_THROW(run("a"), Cancelled);
  EXPECT_EQ(m_calls, 0);
}

}  // namespace
}  // namespace roundel
