// A training that is killed at any moment, in the middle of writing its state too, goes on and ends with the same bytes.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
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

/// How a child ended, in words for the log.
struct End {
  int status = 0;
  bool finished() const { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }
  bool killed() const { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }
  std::string text() const {
    return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status)) : "exit status " + std::to_string(WEXITSTATUS(status));
  }
};

End endOf(pid_t child) {
  End end;
  while (::waitpid(child, &end.status, 0) < 0 && errno == EINTR) continue;
  return end;
}

std::string weightsIn(const fs::path& folder) {
  return readCheckpointHeader(SafetensorsFile::open(folder / "model.safetensors")).weightsSha256();
}

std::vector<std::string> filesIn(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder, code)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// Trainings that are killed up to four times each, then run to their end and compared with one that nothing happened to.
void killAndResume(const std::string& strategy, int kills) {
  const fs::path base = fs::path(testing::TempDir()) / ("roundel_kill_" + strategy + "_" + std::to_string(::getpid()));
  fs::remove_all(base);
  const auto begin = std::chrono::steady_clock::now();
  const End first = endOf(startChild(base / "whole", strategy));
  ASSERT_TRUE(first.finished()) << "the training alone ended with " << first.text();
  // The kill falls somewhere in the time that a training takes. A busy machine changes that time, so it follows: a training that
  // got through took less, one that was killed perhaps more.
  double span = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  int killed = 0, cutWrites = 0, folders = 0;
  std::string history;
  for (int runs = 0, here = 0; killed < kills && runs < 10 * kills; ++runs) {
    const fs::path folder = base / ("cut" + std::to_string(folders));
    const pid_t child = startChild(folder, strategy);
    const double delay = span * Random(11, "kill " + strategy, static_cast<std::uint64_t>(runs)).uniform(0.1, 1.0);
    std::this_thread::sleep_for(std::chrono::duration<double>(delay));
    ::kill(child, SIGKILL);
    const End end = endOf(child);
    history += folder.filename().string() + ": " + end.text() + " after at most " + std::to_string(delay) + " s, leaving " +
               testing::PrintToString(filesIn(folder)) + "\n";
    ASSERT_TRUE(end.finished() || end.killed()) << history;
    if (end.killed()) {
      ++killed, ++here;
      span *= 1.1;
      for (const auto& name : filesIn(folder)) cutWrites += name.find(".part-") != std::string::npos;
    } else {
      span *= 0.7;
    }
    if (end.killed() && here < 4 && killed < kills) continue;
    if (end.killed()) {
      const End last = endOf(startChild(folder, strategy));
      ASSERT_TRUE(last.finished()) << "going on ended with " << last.text() << "\n" << history;
    }
    EXPECT_EQ(weightsIn(folder), weightsIn(base / "whole")) << history;
    EXPECT_EQ(filesIn(folder), filesIn(base / "whole")) << history;
    ++folders, here = 0;
  }
  std::cout << killed << " kills of " << folders << " trainings, " << cutWrites << " of them in the middle of a write\n";
  EXPECT_EQ(killed, kills) << history;
  fs::remove_all(base);
}

TEST(Kill, SupervisedTrainingEndsWithTheSameBytes) { killAndResume("supervised", 20); }
TEST(Kill, MeanTeacherEndsWithTheSameBytes) { killAndResume("mean-teacher", 5); }

}  // namespace
}  // namespace roundel
