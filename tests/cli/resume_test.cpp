#include <signal.h>

#include <random>

#include "cli/studies.h"

namespace roundel::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Checkpoints after every step, so that a kill may also fall into a write.
std::vector<std::string> planOf(const std::string& study) {
  return tinyRun({"run", study, "--strategy", "sam-carries-the-burden", "--rounds", "1", "--set", "checkpoint_seconds=0"});
}

TEST(Resume, StoppedAfterAStageAndGoneOnWithIsTheUninterruptedRun) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const Json whole = identity(study + "/runs/r0001");
  auto arguments = tinyRun({"--json", "run", study, "--strategy", "sam-carries-the-burden", "--rounds", "1", "--stop-after", "round:1/refine"});
  const Ended stopped = roundel(arguments, seconds(120));
  EXPECT_EQ(stopped.code, 7) << stopped.err;
  const Json result = document(stopped, "run")["result"];
  EXPECT_EQ(result["state"], "paused");
  const Json stages = result["rounds"].back()["stages"];
  EXPECT_EQ(stages.back()["name"], "refine");
  EXPECT_EQ(stages.back()["state"], "done");
  EXPECT_FALSE(fs::exists(study + "/runs/r0002/round-1/train"));
  EXPECT_EQ(resultOf({"run", study, "--resume", "r0002"})["state"], "finished");
  EXPECT_EQ(identity(study + "/runs/r0002"), whole);
}

TEST(Resume, AFinishedRunIsAnsweredAtOnceAndUnchanged) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const Json whole = identity(study + "/runs/r0001");
  EXPECT_EQ(resultOf({"run", study, "--resume", "last"})["state"], "finished");
  EXPECT_EQ(identity(study + "/runs/r0001"), whole);
}

TEST(Resume, KilledAtRandomMomentsItEndsAsTheUninterruptedRun) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  Process reference(program(planOf(study)));
  const Ended whole = reference.wait(seconds(120));
  ASSERT_EQ(whole.code, 0) << whole.err;

  ASSERT_EQ(roundel({"run", study, "--dry-run"}).code, 0);
  std::mt19937 random(7);
  std::uniform_int_distribution<int> moment(150, std::max(400, static_cast<int>(whole.seconds * 600)));
  int kills = 0;
  Process first(program(planOf(study)));
  first.watchFor(milliseconds(moment(random)));
  first.signal(SIGKILL);
  kills += first.wait().killed ? 1 : 0;
  if (!fs::exists(study + "/runs/r0002/plan.json")) {  // killed before there was a run: nothing to go on with
    fs::remove_all(study + "/runs/r0002");
    ASSERT_EQ(roundel(planOf(study), seconds(120)).code, 0);
  }
  Ended last;
  for (int attempt = 0; attempt < 40; ++attempt) {
    Process process(program({"run", study, "--resume", "r0002"}));
    if (attempt < 5) {
      process.watchFor(milliseconds(moment(random)));
      process.signal(SIGKILL);
    }
    last = process.wait(seconds(120));
    if (last.killed) ++kills;
    else break;
  }
  EXPECT_EQ(last.code, 0) << last.err;
  EXPECT_GE(kills, 2) << "the kills came too late to show anything";
  EXPECT_EQ(identity(study + "/runs/r0002"), identity(study + "/runs/r0001"));
}

TEST(Resume, ARunThatIsNotThereIsSaid) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  errorOf({"run", study, "--resume", "r0009"}, 3, "unknown-run");
  errorOf({"run", study, "--resume", "last"}, 3, "no-run");
  errorOf({"run", study, "--resume", "../../etc"}, 3, "unknown-run");
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
