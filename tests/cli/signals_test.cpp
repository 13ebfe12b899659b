#include <signal.h>
#include <unistd.h>

#include "cli/studies.h"

namespace roundel::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

/// A run that takes long: many steps.
std::vector<std::string> longRun(const std::string& study) {
  return {"--json",  "run",   study,     "--strategy", "supervised",   "--control", "none", "--set",
          "width=4", "--set", "size=64", "--set",      "steps=200000", "--seed",    "1"};
}

/// Started, and already training.
void waitUntilTraining(const std::string& study) {
  const fs::path events = fs::path(study) / "runs" / "r0001" / "events.jsonl";
  const auto until = Clock::now() + seconds(30);
  while (Clock::now() < until) {
    if (fs::exists(events) && textOf(events).find("\"stage\":\"train\",\"type\":\"progress\"") != std::string::npos) return;
    ::usleep(20000);
  }
  FAIL() << "the run does not begin";
}

class Signals : public testing::TestWithParam<int> {};

TEST_P(Signals, IsAcknowledgedWithinASecondAndLeavesARunThatGoesOn) {
  const int number = GetParam();
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  Process process(program(longRun(study)));
  waitUntilTraining(study);
  const auto asked = Clock::now();
  process.signal(number);
  EXPECT_TRUE(process.waitForError("Stopping", milliseconds(5000)));
  EXPECT_LT(Clock::now() - asked, seconds(1));
  const Ended ended = process.wait(seconds(20));
  EXPECT_EQ(ended.code, 128 + number) << ended.err;
  EXPECT_FALSE(ended.killed) << "it ends by itself";
  const Json json = document(ended, "run");
  EXPECT_EQ(json["result"]["state"], "paused");
  EXPECT_NE(json["result"]["resume"].get<std::string>().find("--resume r0001"), std::string::npos);
  const auto events = eventsOf(textOf(study + "/runs/r0001/events.jsonl"));
  expectStagesEnded(events);
  EXPECT_EQ(events.back()["type"], "cancelled");
  EXPECT_EQ(jsonOf(study + "/runs/r0001/run.json")["state"], "paused");
  EXPECT_EQ(roundel({"--json", "run", study, "--resume", "r0001", "--stop-after", "round:0/prepare"}).code, 7) << "resumable";
}

INSTANTIATE_TEST_SUITE_P(Both, Signals, testing::Values(SIGINT, SIGTERM),
                         [](const auto& one) { return std::string(one.param == SIGINT ? "Interrupt" : "Terminate"); });

TEST(Signals, ASecondOneEndsAtOnce) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  Process process(program(longRun(study)));
  waitUntilTraining(study);
  process.signal(SIGSTOP);  // both arrive before it can stop by itself
  process.signal(SIGINT);
  process.signal(SIGTERM);
  const auto asked = Clock::now();
  process.signal(SIGCONT);
  const Ended ended = process.wait(seconds(10));
  EXPECT_TRUE(ended.code == 130 || ended.code == 143) << ended.code;
  EXPECT_LT(Clock::now() - asked, seconds(1));
  EXPECT_EQ(ended.out, "");
}

TEST(Signals, AVerbThatIsNoRunStopsToo) {
  const TempFolder folder;
  Process process(program({"--json", "--events", folder / "events", "phantom", "dental", folder / "p", "--cases", "100000"}));
  const auto until = Clock::now() + seconds(20);
  while (Clock::now() < until && !(fs::exists(folder / "p/images") && !fs::is_empty(folder / "p/images")))
    process.watchFor(milliseconds(20));
  process.signal(SIGTERM);
  const Ended ended = process.wait(seconds(20));
  errorIn({ended.code, ended.killed, ended.timedOut, ended.out, ended.err + "Stopped as asked.", ended.seconds}, "phantom", 143, "stopped");
  EXPECT_EQ(eventsOf(textOf(folder / "events")).back()["type"], "cancelled");
}

TEST(Signals, TheControlFolderPausesAndCancels) {
  for (const auto& [file, state] : {std::pair{"pause", "paused"}, std::pair{"cancel", "cancelled"}}) {
    const TempFolder folder;
    const std::string study = makeStudy(folder);
    Process process(program(longRun(study)));
    waitUntilTraining(study);
    writeText(study + "/runs/r0001/control/" + file, "");
    const Ended ended = process.wait(seconds(20));
    EXPECT_EQ(ended.code, 7) << file << ended.err;
    EXPECT_EQ(document(ended, "run")["result"]["state"], state);
  }
}

TEST(Signals, OneRunIsWorkedOnByOneProcess) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  Process process(program(longRun(study)));
  waitUntilTraining(study);
  errorOf({"run", study, "--resume", "r0001"}, 4, "run-active");
}

}  // namespace
}  // namespace roundel::test
