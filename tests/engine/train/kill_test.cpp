// A training that is killed at any moment, in the middle of writing its state too, goes on and ends with the same bytes.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "core/random.h"
#include "weights/checkpoint.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;

pid_t startChild(const fs::path& folder, const std::string& strategy) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stdout) == nullptr) ::_exit(126);
    const std::string text = folder.string();
    ::execl(ROUNDEL_TRAIN_CHILD, ROUNDEL_TRAIN_CHILD, text.c_str(), strategy.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  return child;
}

/// Waits for its end; true where it ended by itself with success.
bool ended(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string weightsIn(const fs::path& folder) {
  return readCheckpointHeader(SafetensorsFile::open(folder / "model.safetensors")).weightsSha256();
}

bool hasState(const fs::path& folder) { return fs::exists(folder / "training-state.safetensors"); }

void killAndResume(const std::string& strategy, int kills) {
  const fs::path base = fs::path(testing::TempDir()) / ("roundel_kill_" + strategy + "_" + std::to_string(::getpid()));
  fs::remove_all(base);
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(ended(startChild(base / "whole", strategy)));
  const auto whole = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  int killed = 0, cutWrites = 0, runs = 0;
  // Each round kills once, somewhere in the time that a whole run takes; a training that got through is started afresh.
  for (; killed < kills && runs < 10 * kills; ++runs) {
    const fs::path folder = base / ("cut" + std::to_string(runs / 4));
    const pid_t child = startChild(folder, strategy);
    const double delay = whole * Random(11, "kill " + strategy, static_cast<std::uint64_t>(runs)).uniform(0.1, 0.9);
    std::this_thread::sleep_for(std::chrono::duration<double>(delay));
    if (::kill(child, SIGKILL) == 0 && !ended(child)) {
      ++killed;
      std::error_code code;
      for (const auto& entry : fs::directory_iterator(folder, code))
        if (entry.path().filename().string().find(".part-") != std::string::npos) ++cutWrites;
    }
    if (runs % 4 == 3 || killed == kills) {
      ASSERT_TRUE(ended(startChild(folder, strategy))) << "after " << killed << " kills";
      EXPECT_EQ(weightsIn(folder), weightsIn(base / "whole"));
      EXPECT_FALSE(hasState(folder));
    }
  }
  std::cout << killed << " kills, " << cutWrites << " of them in the middle of a write\n";
  EXPECT_EQ(killed, kills);
  fs::remove_all(base);
}

TEST(Kill, SupervisedTrainingEndsWithTheSameBytes) { killAndResume("supervised", 20); }
TEST(Kill, MeanTeacherEndsWithTheSameBytes) { killAndResume("mean-teacher", 5); }

}  // namespace
}  // namespace roundel
