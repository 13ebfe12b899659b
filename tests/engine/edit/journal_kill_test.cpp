// Somebody labels and is killed at any moment: everything up to the last finished stroke is there, and the labels are those of an
// undisturbed session.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <thread>

#include "engine/edit/stroke_script.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

struct Child {
  pid_t process = -1;
  int output = -1;
};

Child startChild(const std::filesystem::path& folder) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return {};
  const pid_t process = ::fork();
  if (process == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    ::execl(ROUNDEL_STROKE_CHILD, ROUNDEL_STROKE_CHILD, folder.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(ends[1]);
  return {process, ends[0]};
}

/// What the child said before it went: the number of steps that it knew to be on the disk.
std::int64_t lastNumberSaid(const Child& child) {
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t count = 0; (count = ::read(child.output, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(count));
  ::close(child.output);
  const auto end = text.rfind('\n');
  if (end == std::string::npos) return 0;
  const auto begin = text.rfind('\n', end - 1);
  return std::stoll(text.substr(begin == std::string::npos ? 0 : begin + 1));
}

TEST(StrokeJournalKill, EverythingUpToTheLastFinishedStrokeIsThere) {
  const test::TemporaryFolder folder;
  EditSession undisturbed(test::scriptLabels(), test::scriptGeometry());
  std::int64_t steps = 0, said = 0, torn = 0, killed = 0;
  for (int round = 0; round < 25; ++round) {
    const Child child = startChild(folder.path());
    ASSERT_GT(child.process, 0);
    const double delay = Random(5, "kill", static_cast<std::uint64_t>(round)).uniform(0.005, 0.15);
    std::this_thread::sleep_for(std::chrono::duration<double>(delay));
    ::kill(child.process, SIGKILL);
    int status = 0;
    ::waitpid(child.process, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself with " << WEXITSTATUS(status);
    ++killed;
    said = std::max(said, lastNumberSaid(child));

    StrokeJournal journal(folder.path(), test::scriptSubject());
    if (!journal.notice().empty()) ++torn;
    const Replayed found = replay(journal.contents(), test::scriptLabels(), "", test::scriptSubject().classIds);
    ASSERT_GE(found.edits, said) << "a finished stroke is lost";
    for (; steps < found.edits; ++steps) test::scriptStep(undisturbed, steps);
    ASSERT_EQ(found.annotation, undisturbed.annotation()) << "after " << steps << " steps";
    ASSERT_EQ(found.history.pack(), undisturbed.history().pack());
  }
  std::cout << killed << " kills, " << steps << " steps, " << torn << " torn ends\n";
  EXPECT_GT(steps, 5);
}

}  // namespace
}  // namespace roundel
