#include <signal.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iterator>
#include <random>

#include "cli/studies.h"

namespace roundel::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Checkpoints after every step, so that a kill may also fall into a write.
std::vector<std::string> planOf(const std::string& study) {
  return tinyRun({"run", study, "--strategy", "sam-carries-the-burden", "--rounds", "1", "--anew", "--set", "checkpoint_seconds=0"});
}

std::int64_t linesIn(const fs::path& file) {
  std::ifstream stream(file);
  return std::count(std::istreambuf_iterator<char>(stream), {}, '\n');
}

TEST(Resume, StoppedAfterAStageAndGoneOnWithIsTheUninterruptedRun) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const Json whole = identity(study + "/runs/r0001");
  auto arguments = tinyRun(
      {"--json", "run", study, "--strategy", "sam-carries-the-burden", "--rounds", "1", "--anew", "--stop-after", "round:1/refine"});
  const Ended stopped = roundel(arguments, seconds(120));
  EXPECT_EQ(stopped.code, 7) << stopped.err;
  const Json result = document(stopped, "run")["result"];
  EXPECT_EQ(result["state"], "paused");
  const Json stages = result["rounds"].back()["stages"];
  EXPECT_EQ(stages.back()["name"], "refine");
  EXPECT_EQ(stages.back()["state"], "done");
  EXPECT_FALSE(fs::exists(study + "/runs/r0002/round-1/train"));
  EXPECT_EQ(resultOf({"run", study, "--anew", "--resume", "r0002"})["state"], "finished");
  EXPECT_EQ(identity(study + "/runs/r0002"), whole);
}

TEST(Resume, PausedAtATimeOfDayAndGoneOnWithIsTheUninterruptedRun) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder), run = study + "/runs/r0002";
  const Json whole = identity(study + "/runs/r0001");
  errorOf({"run", study, "--stop-at", "25:00"}, 2, "bad-stop-at");
  // The time that a clock shows is rarely near: the run is told by the file that --stop-at writes, as the desktop tells it.
  Process process(
      program(tinyRun({"--json", "run", study, "--strategy", "sam-carries-the-burden", "--rounds", "1", "--anew", "--stop-at", "07:00"})));
  for (int wait = 0; wait < 10'000 && !fs::exists(run + "/control/pause-at"); ++wait) process.watchFor(milliseconds(2));
  const std::int64_t at = std::stoll(textOf(run + "/control/pause-at")), now = std::time(nullptr);
  EXPECT_GT(at, now - 60);
  EXPECT_LE(at, now + 25 * 3600);
  for (int wait = 0; wait < 10'000 && linesIn(run + "/events.jsonl") < 4; ++wait) process.watchFor(milliseconds(2));
  writeText(run + "/control/pause-at", std::to_string(now - 1) + "\n");
  const Ended paused = process.wait(seconds(60));
  EXPECT_EQ(paused.code, 7) << paused.err;
  EXPECT_EQ(document(paused, "run")["result"]["state"], "paused");
  // Its time has come: it holds nobody up who goes on.
  EXPECT_EQ(resultOf({"run", study, "--anew", "--resume", "r0002"})["state"], "finished");
  EXPECT_FALSE(fs::exists(run + "/control/pause-at"));
  EXPECT_EQ(identity(run), whole);
}

TEST(Resume, AFinishedRunIsAnsweredAtOnceAndUnchanged) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const Json whole = identity(study + "/runs/r0001");
  EXPECT_EQ(resultOf({"run", study, "--resume", "last"})["state"], "finished");
  EXPECT_EQ(identity(study + "/runs/r0001"), whole);
}

/// Ends the process without warning once the run has told so many more events than now; the machine's speed has no say in it.
Ended killedAfter(const std::vector<std::string>& arguments, const fs::path& events, std::int64_t more) {
  const std::int64_t until = linesIn(events) + more;
  Process process(program(arguments));
  for (int wait = 0; wait < 30'000 && !process.ended() && linesIn(events) < until; ++wait) process.watchFor(milliseconds(2));
  process.signal(SIGKILL);
  return process.wait(seconds(120));
}

TEST(Resume, KilledAtRandomMomentsItEndsAsTheUninterruptedRun) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  ASSERT_EQ(roundel(planOf(study), seconds(120)).code, 0);
  const fs::path events = study + "/runs/r0002/events.jsonl";
  const std::int64_t lines = linesIn(study + "/runs/r0001/events.jsonl");
  std::mt19937 random(7);
  std::uniform_int_distribution<std::int64_t> moment(1, lines / 8);
  int kills = killedAfter(planOf(study), events, moment(random)).killed ? 1 : 0;
  ASSERT_TRUE(fs::exists(study + "/runs/r0002/plan.json"));
  Ended last;
  for (int attempt = 0; attempt < 6; ++attempt) {
    last = attempt < 5 ? killedAfter({"run", study, "--anew", "--resume", "r0002"}, events, moment(random))
                       : roundel({"run", study, "--anew", "--resume", "r0002"}, seconds(120));
    kills += last.killed ? 1 : 0;
  }
  EXPECT_EQ(last.code, 0) << last.err;
  EXPECT_EQ(kills, 6);
  EXPECT_EQ(identity(study + "/runs/r0002"), identity(study + "/runs/r0001"));
}

TEST(Resume, ASecondRunTakesTrainingsFromTheFirstAndHasItsNumbers) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const Ended ended = roundel(tinyRun({"run", study, "--strategy", "sam-carries-the-burden", "--rounds", "1"}), seconds(120));
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.err.find("The same training was done before"), std::string::npos) << ended.err;
  EXPECT_EQ(identity(study + "/runs/r0002"), identity(study + "/runs/r0001"));
}

TEST(Resume, ARunGoesOnUnderItsOwnPlan) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder), before = fingerprint(study + "/runs");
  for (const std::vector<std::string>& other : {std::vector<std::string>{"--seed", "2"},
                                                {"--rounds", "7"},
                                                {"--strategy", "supervised"},
                                                {"--set", "width=64"},
                                                {"--control", "none"}}) {
    std::vector<std::string> arguments{"run", study, "--resume", "r0001"};
    arguments.insert(arguments.end(), other.begin(), other.end());
    errorOf(arguments, 2, "other-plan");
  }
  EXPECT_EQ(resultOf({"run", study, "--resume", "r0001", "--dry-run", "--seed", "1"})["plan"]["id"], "r0001");
  EXPECT_EQ(fingerprint(study + "/runs"), before) << "nothing was computed";
}

TEST(Resume, ARunThatIsNotThereIsSaid) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  errorOf({"run", study, "--resume", "r0009"}, 3, "unknown-run");
  errorOf({"run", study, "--resume", "last"}, 3, "no-run");
  errorOf({"run", study, "--resume", "../../etc"}, 3, "unknown-run");
  errorOf({"report", folder / "elsewhere", "--run", "last", "--out", folder / "report"}, 3, "no-project");
}

TEST(Resume, ADamagedStageIsSaidNotACrash) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  writeText(study + "/runs/r0001/round-1/refine/stage.json", "{\"round\": 1, \"name\"");
  const Ended ended = roundel({"--json", "run", study, "--resume", "r0001"}, seconds(120));
  if (ended.code != 0) errorIn(ended, "run", 3);
}

}  // namespace
}  // namespace roundel::test
